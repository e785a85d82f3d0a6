import type { PodTemplateSpec } from '../../api/types/generated/core-v1.ts';
import { isJsonObject, type DeepReadonly } from '../../machinery/json.ts';
import { safeEncode } from './safe-encode.ts';

/** A short name for a template; `collisions` gives another one when the first is taken. */
export function templateHash(template: DeepReadonly<PodTemplateSpec> | undefined, collisions: number | undefined): string {
  const text = canonical(template) + (collisions === undefined ? '' : `#${collisions}`);
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return safeEncode(String(hash));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isJsonObject(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part));
}

import type { PodTemplateSpec } from '../../api/types/generated/core-v1.ts';
import { equalJson, isJsonObject, type DeepReadonly } from '../../machinery/json.ts';
import { safeEncode } from '../history/safe-encode.ts';

export const HASH_LABEL = 'pod-template-hash';

/** A short name for a template; `collisions` gives another one when the first is taken. */
export function templateHash(template: DeepReadonly<PodTemplateSpec> | undefined, collisions: number | undefined): string {
  const text = canonical(template) + (collisions === undefined ? '' : `#${collisions}`);
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return safeEncode(String(hash));
}

/** The same template, whatever its hash label says. */
export function sameTemplate(a: DeepReadonly<PodTemplateSpec> | undefined, b: DeepReadonly<PodTemplateSpec> | undefined): boolean {
  return equalJson(withoutHash(a), withoutHash(b));
}

function withoutHash(template: DeepReadonly<PodTemplateSpec> | undefined): object {
  const { labels = {}, ...metadata } = template?.metadata ?? {};
  const kept = Object.fromEntries(Object.entries(labels).filter(([key]) => key !== HASH_LABEL));
  return { ...template, metadata: { ...metadata, labels: kept } };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isJsonObject(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part));
}

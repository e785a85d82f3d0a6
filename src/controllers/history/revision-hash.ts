import type { JsonObject } from '../../machinery/json.ts';
import { formatGoJson } from './go-json.ts';
import { safeEncode } from './safe-encode.ts';

/** What tells a revision's data from others in its name, as Kubernetes makes it: FNV-1 of the data and the collisions so far. */
export function revisionHash(data: JsonObject, collisions: number): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(formatGoJson(data) + String(collisions))) hash = (Math.imul(hash, 0x01000193) ^ byte) >>> 0;
  return safeEncode(String(hash));
}

import { readFileSync } from 'node:fs';
import { formatTime } from '../../machinery/clock.ts';
import { prefixRange, type Operation, type Store } from '../../store/store.ts';

/** Stand for what differs from cluster to cluster in the seed's texts. */
export const UID_PLACEHOLDER = '<uid>';
export const TIME_PLACEHOLDER = '<time>';

/** A line of the seed: where an object is stored and the text it is stored as. */
export interface SeedLine {
  readonly key: string;
  readonly value: string;
}

/** Operations of one transaction: within the store's bound. */
const CHUNK = 100;

/**
 * Puts into an empty store, in two or three commits, what every new cluster holds and what needs no decision: the
 * objects of `seed.jsonl`, which `scripts/bootstrap/generate-seed.ts` took from a cluster that was bootstrapped by
 * requests. Making them one by one costs a hundred milliseconds, this a few. Returns the keys that are there now; none
 * when the store was not empty.
 */
export async function seedEmptyStore(store: Store, options: { readonly nowMs: number; readonly uuid: () => string }): Promise<ReadonlySet<string>> {
  const { count } = await store.list(prefixRange('/registry/'), { limit: 1 });
  if (count > 0) return new Set();
  const lines = readSeed();
  const time = formatTime(options.nowMs);
  const keys = new Set<string>();
  for (let at = 0; at < lines.length; at += CHUNK) {
    const chunk = lines.slice(at, at + CHUNK);
    const operations = chunk.map(({ key, value }): Operation => ({ type: 'put', key, value: Buffer.from(value.replace(UID_PLACEHOLDER, options.uuid()).replaceAll(TIME_PLACEHOLDER, time)) }));
    // Another server may be starting on the same store: whoever is first makes the object.
    const result = await store.commit({ compares: chunk.map(({ key }) => ({ key, modRevision: 0 })), operations });
    if (!result.ok) return keys;
    for (const { key } of chunk) keys.add(key);
  }
  return keys;
}

export function readSeed(): SeedLine[] {
  return readFileSync(new URL('seed.jsonl', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SeedLine);
}


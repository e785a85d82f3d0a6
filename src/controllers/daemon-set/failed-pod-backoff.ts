import { BoundedCache } from '../../runtime/bounded-cache.ts';

const BASE_MS = 1000;
const MAX_MS = 900_000;
const MAX_ENTRIES = 10_000;

interface Entry {
  readonly backoffMs: number;
  readonly sinceMs: number;
}

/** A kubelet that refuses a daemon refuses the next one, too: each is deleted only after a wait, twice as long as the last. */
export class FailedPodBackoff {
  readonly #entries = new BoundedCache<string, Entry>(MAX_ENTRIES);

  /** How long a failed pod of the key must stay still; when 0, it is counted as deleted now. */
  take(key: string, nowMs: number): number {
    const known = this.#entries.get(key);
    const entry = known && nowMs - known.sinceMs <= 2 * MAX_MS ? known : undefined;
    if (entry && nowMs - entry.sinceMs < entry.backoffMs) return entry.sinceMs + entry.backoffMs - nowMs;
    this.#entries.set(key, { backoffMs: entry ? Math.min(entry.backoffMs * 2, MAX_MS) : BASE_MS, sinceMs: nowMs });
    return 0;
  }
}

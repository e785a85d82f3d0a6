import type { Clock } from '../machinery/clock.ts';
import { TokenBucket, type TokenBucketOptions } from './token-bucket.ts';

/** How long a key that failed waits before it is tried again. */
export interface RateLimiter {
  /** The wait for one more failure of the key. */
  delayMs(key: string): number;
  /** The key is done, for good or for bad. */
  forget(key: string): void;
  /** Failures in a row. */
  failures(key: string): number;
}

export interface RateLimiterOptions {
  /** Wait after a key's first failure; default 5 ms. */
  readonly baseMs?: number;
  /** Longest wait of a key; default 1000 s. */
  readonly maxMs?: number;
  /** For all keys together; default 10 a second, with a burst of 100. */
  readonly overall?: TokenBucketOptions | 'unlimited';
}

/** client-go's default for controllers: twice as long after each failure of a key, and a rate for all keys together. */
export class ControllerRateLimiter implements RateLimiter {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #overall: TokenBucket | undefined;
  readonly #failures = new Map<string, number>();

  constructor(clock: Clock, { baseMs = 5, maxMs = 1_000_000, overall = { perSecond: 10, burst: 100 } }: RateLimiterOptions = {}) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
    this.#overall = overall === 'unlimited' ? undefined : new TokenBucket(clock, overall);
  }

  delayMs(key: string): number {
    const failures = this.failures(key);
    this.#failures.set(key, failures + 1);
    return Math.max(Math.min(this.#baseMs * 2 ** failures, this.#maxMs), this.#overall?.reserve() ?? 0);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }
}

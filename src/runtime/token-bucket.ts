import type { Clock } from '../machinery/clock.ts';

export interface TokenBucketOptions {
  readonly perSecond: number;
  /** Tokens that a full bucket holds; it is full at first. */
  readonly burst: number;
}

/** A rate over time that allows bursts. Keeps no timer: it says how long to wait. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #options: TokenBucketOptions;
  #tokens: number;
  #filledMs: number;

  constructor(clock: Clock, options: TokenBucketOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#tokens = options.burst;
    this.#filledMs = clock.now();
  }

  /** Takes a token, from the future if there is none now: the milliseconds until it is due. */
  reserve(): number {
    this.#fill();
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#options.perSecond) * 1000;
  }

  /** Takes a token if there is one. */
  tryTake(): boolean {
    this.#fill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #fill(): void {
    const { perSecond, burst } = this.#options;
    const now = this.#clock.now();
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#filledMs) / 1000) * perSecond);
    this.#filledMs = now;
  }
}

import type { Clock } from '../machinery/clock.ts';

export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Default 2. */
  readonly factor?: number;
  /** Each wait is lengthened by up to this share of itself; default 1. */
  readonly jitter?: number;
  /** After so long without a failure the next wait is the first again; default 2 min. */
  readonly resetAfterMs?: number;
}

/** Ever longer waits for one thing that fails again and again. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  #nextMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, random: () => number, options: BackoffOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#options = options;
    this.#nextMs = options.baseMs;
  }

  /** How long to wait now. */
  next(): number {
    const { maxMs, factor = 2, jitter = 1, resetAfterMs = 120_000 } = this.#options;
    const now = this.#clock.now();
    if (now - this.#lastMs > resetAfterMs) this.reset();
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(maxMs, waitMs * factor);
    const jittered = waitMs * (1 + jitter * this.#random());
    this.#lastMs = now + jittered;
    return jittered;
  }

  reset(): void {
    this.#nextMs = this.#options.baseMs;
  }
}

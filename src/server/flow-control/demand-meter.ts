import type { Clock } from '../../machinery/clock.ts';

/** How slowly the smoothed demand sinks, per period. */
const DECAY = 0.977;

/** Follows how many seats were wanted at once over a period. */
export class DemandMeter {
  readonly #clock: Clock;
  #now = 0;
  #sinceMs: number;
  #periodStartMs: number;
  #sum = 0;
  #sumOfSquares = 0;
  #high = 0;
  #smoothed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = this.#periodStartMs = clock.now();
  }

  note(seats: number): void {
    this.#account();
    this.#now = seats;
    if (seats > this.#high) this.#high = seats;
  }

  /** Of the period that ends now: the most at once, and the mean plus one deviation, which rises at once and sinks slowly. */
  take(): { readonly highWatermark: number; readonly smoothed: number } {
    this.#account();
    const lastedMs = this.#sinceMs - this.#periodStartMs;
    const mean = lastedMs === 0 ? this.#now : this.#sum / lastedMs;
    const variance = lastedMs === 0 ? 0 : Math.max(0, this.#sumOfSquares / lastedMs - mean * mean);
    const envelope = Math.min(this.#high, mean + Math.sqrt(variance));
    this.#smoothed = Math.max(envelope, DECAY * this.#smoothed + (1 - DECAY) * envelope);
    const highWatermark = this.#high;
    this.#sum = this.#sumOfSquares = 0;
    this.#high = this.#now;
    this.#periodStartMs = this.#sinceMs;
    return { highWatermark, smoothed: this.#smoothed };
  }

  #account(): void {
    const nowMs = this.#clock.now();
    const passedMs = nowMs - this.#sinceMs;
    if (passedMs <= 0) return;
    this.#sum += this.#now * passedMs;
    this.#sumOfSquares += this.#now * this.#now * passedMs;
    this.#sinceMs = nowMs;
  }
}

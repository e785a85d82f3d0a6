import type { Clock, Timer } from '../../machinery/clock.ts';
import { timeout } from '../../machinery/status-error.ts';

interface Pending {
  readonly deadlineMs: number;
  readonly fail: (error: Error) => void;
}

/** How late a deadline may be noticed. */
const LOOK_EVERY_MS = 500;

/**
 * Ends the waiting for answers that do not come in time. What was begun goes on, and its outcome is dropped. One timer
 * looks after all requests: most end before a timer of their own would have paid.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #pending = new Set<Pending>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** As the promise, or failed as a Timeout after `limitMs`, or at most half a second later. */
  within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const pending: Pending = { deadlineMs: this.#clock.now() + limitMs, fail: reject };
      this.#pending.add(pending);
      this.#look();
      promise.then(
        (value) => {
          this.#settled(pending);
          resolve(value);
        },
        (error: unknown) => {
          this.#settled(pending);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  #settled(pending: Pending): void {
    this.#pending.delete(pending);
    if (this.#pending.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer ??= this.#clock.setTimer(LOOK_EVERY_MS, () => {
      this.#timer = undefined;
      const nowMs = this.#clock.now();
      for (const pending of this.#pending) {
        if (pending.deadlineMs > nowMs) continue;
        this.#pending.delete(pending);
        pending.fail(timeout('request did not complete within the allotted timeout'));
      }
      if (this.#pending.size > 0) this.#look();
    });
  }
}

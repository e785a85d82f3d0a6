import type { Clock, Timer } from '../machinery/clock.ts';

interface Waiter {
  readonly condition: () => boolean;
  readonly finish: (met: boolean) => void;
}

/** Those who wait for a condition that only changes when `check` is called. */
export class VersionWaiters {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True as soon as the condition holds; false when `timeoutMs` passed first, or after `close`. */
  wait(condition: () => boolean, timeoutMs?: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const waiter: Waiter = {
        condition,
        finish: (met) => {
          timer?.cancel();
          this.#waiters.delete(waiter);
          resolve(met);
        },
      };
      this.#waiters.add(waiter);
      if (timeoutMs !== undefined) timer = this.#clock.setTimer(timeoutMs, () => waiter.finish(false));
    });
  }

  check(): void {
    for (const waiter of this.#waiters) if (waiter.condition()) waiter.finish(true);
  }

  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.finish(false);
  }
}

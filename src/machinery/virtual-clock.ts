import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly dueMs: number;
  readonly sequence: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is advanced. Timers fire in the order of their due time, then of their making;
 * between two timers every promise that became ready runs, so that code awaiting one timer can set the next.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #sequence = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const pending: Pending = { dueMs: this.#nowMs + Math.max(0, delayMs), sequence: this.#sequence++, callback };
    this.#pending.add(pending);
    return { cancel: () => this.#pending.delete(pending) };
  }

  /** How many timers wait; a stopped cluster leaves none. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Milliseconds until the next timer; undefined when none waits. */
  get nextDelayMs(): number | undefined {
    const next = this.#next();
    return next && next.dueMs - this.#nowMs;
  }

  /** Moves time on by `ms`, firing what falls due on the way. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(); next && next.dueMs <= untilMs; next = this.#next()) {
      this.#fire(next);
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
    await settle();
  }

  /** Advances from timer to timer until `condition` holds; throws when `limitMs` of virtual time pass without it. */
  async advanceUntil(condition: () => boolean | Promise<boolean>, limitMs = 3_600_000): Promise<void> {
    const untilMs = this.#nowMs + limitMs;
    for (;;) {
      await settle();
      if (await condition()) return;
      const next = this.#next();
      if (!next || next.dueMs > untilMs) throw new Error(`condition still false after ${limitMs} ms of virtual time`);
      this.#fire(next);
    }
  }

  #fire(pending: Pending): void {
    this.#pending.delete(pending);
    this.#nowMs = Math.max(this.#nowMs, pending.dueMs);
    pending.callback();
  }

  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const p of this.#pending) {
      if (!first || p.dueMs < first.dueMs || (p.dueMs === first.dueMs && p.sequence < first.sequence)) first = p;
    }
    return first;
  }
}

/** Lets ready promises and immediates run: several rounds, since work started by one often needs the next. */
export async function settle(rounds = 4): Promise<void> {
  for (let i = 0; i < rounds; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

import type { Clock, Timer } from '../machinery/clock.ts';

interface Due {
  readonly key: string;
  readonly dueMs: number;
}

/** Keys that become due later, each once, at the earliest time asked for. One timer, whatever their number. */
export class DelayedKeys {
  readonly #clock: Clock;
  readonly #onDue: (key: string) => void;
  readonly #dueMs = new Map<string, number>();
  /** A binary heap; entries that the map no longer agrees with are void. */
  #heap: Due[] = [];
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, onDue: (key: string) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#dueMs.size;
  }

  add(key: string, delayMs: number): void {
    const dueMs = this.#clock.now() + delayMs;
    const known = this.#dueMs.get(key);
    if (known !== undefined && known <= dueMs) return;
    this.#dueMs.set(key, dueMs);
    this.#push({ key, dueMs });
    this.#arm();
  }

  /** Nothing becomes due any more. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    this.#dueMs.clear();
    this.#heap = [];
  }

  #arm(): void {
    const next = this.#heap[0];
    if (next === undefined || next.dueMs >= this.#timerDueMs) return;
    this.#timer?.cancel();
    this.#timerDueMs = next.dueMs;
    this.#timer = this.#clock.setTimer(Math.max(0, next.dueMs - this.#clock.now()), () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    const due: string[] = [];
    for (let next = this.#heap[0]; next !== undefined && next.dueMs <= now; next = this.#heap[0]) {
      this.#pop();
      if (this.#dueMs.get(next.key) !== next.dueMs) continue;
      this.#dueMs.delete(next.key);
      due.push(next.key);
    }
    this.#arm();
    for (const key of due) this.#onDue(key);
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.dueMs <= due.dueMs) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const a = heap[left];
      if (a === undefined) break;
      const b = heap[left + 1];
      const child = b !== undefined && b.dueMs < a.dueMs ? left + 1 : left;
      const below = child === left ? a : (b ?? a);
      if (below.dueMs >= last.dueMs) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

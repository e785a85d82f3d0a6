import { BTree } from '../machinery/b-tree.ts';

interface Due {
  readonly dueMs: number;
  readonly key: string;
}

/** When which key vanishes. Holds one due time per key; cloning is immediate. */
export class ExpiryQueue {
  readonly #byKey: BTree<string, number>;
  readonly #byTime: BTree<Due, true>;

  constructor(from?: ExpiryQueue) {
    this.#byKey = from ? from.#byKey.clone() : new BTree<string, number>(undefined, compareText);
    this.#byTime = from ? from.#byTime.clone() : new BTree<Due, true>(undefined, compareDue);
  }

  get isEmpty(): boolean {
    return this.#byKey.isEmpty;
  }

  /** The earliest due time, in milliseconds since 1970. */
  get nextDueMs(): number | undefined {
    return this.#byTime.minKey()?.dueMs;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  set(key: string, dueMs: number): void {
    this.delete(key);
    this.#byKey.set(key, dueMs);
    this.#byTime.set({ dueMs, key }, true);
  }

  delete(key: string): void {
    const dueMs = this.#byKey.get(key);
    if (dueMs === undefined) return;
    this.#byKey.delete(key);
    this.#byTime.delete({ dueMs, key });
  }

  /** Up to `limit` keys that are due, the earliest first. They stay queued until deleted or set anew. */
  due(nowMs: number, limit: number): string[] {
    const keys: string[] = [];
    for (const { dueMs, key } of this.#byTime.keys()) {
      if (dueMs > nowMs || keys.length >= limit) break;
      keys.push(key);
    }
    return keys;
  }

  clone(): ExpiryQueue {
    return new ExpiryQueue(this);
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareDue(a: Due, b: Due): number {
  return a.dueMs - b.dueMs || compareText(a.key, b.key);
}

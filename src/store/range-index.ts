import { BTree } from '../machinery/b-tree.ts';
import { compareSortKeys, sortKey } from './key-order.ts';
import type { SortKey } from './key-order.ts';
import type { KeyRange } from './store.ts';

/** A range with whatever its owner keeps by it. */
export interface IndexedRange {
  readonly range: KeyRange;
}

/**
 * Finds the ranges a key lies in, at a cost that grows with their number only by its logarithm. The line of keys is cut
 * at every start and end; each piece, named by where it begins, lists the ranges that cover it.
 */
export class RangeIndex<T extends IndexedRange> {
  readonly #pieces = new BTree<SortKey, readonly T[]>(undefined, compareSortKeys);
  /** Reused by every lookup, so that finding allocates nothing. */
  readonly #found: [SortKey, readonly T[]] = ['', []];

  /** The ranges that hold the key. */
  find(key: string): readonly T[] {
    return this.#pieces.getPairOrNextLower(sortKey(key), this.#found)?.[1] ?? [];
  }

  add(item: T): void {
    const start = sortKey(item.range.start);
    const end = sortKey(item.range.end);
    if (start >= end) return;
    this.#cut(start);
    this.#cut(end);
    this.#replace(start, end, (items) => [...items, item]);
  }

  remove(item: T): void {
    const start = sortKey(item.range.start);
    const end = sortKey(item.range.end);
    if (start >= end) return;
    this.#replace(start, end, (items) => items.filter((other) => other !== item));
    this.#join(start);
    this.#join(end);
  }

  /** How many pieces the line is cut into; none when nothing is indexed. */
  get pieces(): number {
    return this.#pieces.size;
  }

  #cut(at: SortKey): void {
    if (this.#pieces.has(at)) return;
    this.#pieces.set(at, this.#pieces.getPairOrNextLower(at)?.[1] ?? []);
  }

  /** Drops the cut when both sides of it list the same ranges. */
  #join(at: SortKey): void {
    const right = this.#pieces.get(at);
    const left = this.#pieces.nextLowerPair(at)?.[1] ?? [];
    if (right && sameItems(left, right)) this.#pieces.delete(at);
  }

  #replace(start: SortKey, end: SortKey, change: (items: readonly T[]) => readonly T[]): void {
    this.#pieces.editRange(start, end, false, (_key, items) => ({ value: change(items) }));
  }
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}

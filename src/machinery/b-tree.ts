import sortedBTree from 'sorted-btree';

/** An ordered map whose `clone()` is immediate: both copies share what neither has changed since. */
export type BTree<K, V> = sortedBTree.default<K, V>;

type Exports = typeof sortedBTree;

/** The package is CommonJS: Node hands its whole `exports` over as the default import, bundlers and vitest the class in it. */
export const BTree = typeof sortedBTree === 'function' ? (sortedBTree as unknown as Exports['default']) : sortedBTree.default;

/** The order of keys as the store keeps them; keys are ASCII, so code units and bytes agree. */
export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

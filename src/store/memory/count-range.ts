import type { SortKey } from '../key-order.ts';
import type { EntryTree } from './snapshots.ts';

/** What `sorted-btree` keeps in its nodes; only branches have children, and a branch knows how many entries lie below. */
interface Node {
  readonly keys: readonly SortKey[];
  readonly children?: readonly Node[];
  size(): number;
}

/**
 * How many keys lie in [start, end), at the cost of two walks down the tree. The package's own counting visits every
 * leaf of the range, and its sizes are not in its public types: an unfamiliar shape is counted the slow way.
 */
export function countRange(tree: EntryTree, start: SortKey, end: SortKey): number {
  if (start >= end) return 0;
  const root = (tree as unknown as { readonly _root?: Node })._root;
  const below = root && rank(root, end);
  const before = root && rank(root, start);
  return below === undefined || before === undefined ? tree.forRange(start, end, false) : below - before;
}

/** How many keys are smaller. */
function rank(root: Node, key: SortKey): number | undefined {
  let smaller = 0;
  let node = root;
  for (;;) {
    const at = firstNotBelow(node.keys, key);
    const { children } = node;
    if (!children) return smaller + at;
    for (let i = 0; i < at; i++) {
      const size = children[i]?.size();
      if (typeof size !== 'number') return undefined;
      smaller += size;
    }
    // A branch's keys are the greatest of each child, so past the last of them everything is smaller.
    const next = children[at];
    if (!next) return smaller;
    node = next;
  }
}

function firstNotBelow(keys: readonly SortKey[], key: SortKey): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

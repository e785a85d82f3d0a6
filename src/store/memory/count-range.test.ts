import { expect, test } from 'vitest';
import { BTree } from '../../machinery/b-tree.ts';
import { compareSortKeys } from '../key-order.ts';
import type { Entry } from '../store.ts';
import { countRange } from './count-range.ts';
import type { EntryTree } from './snapshots.ts';

const entry: Entry = { key: '', value: new Uint8Array(), createRevision: 1, modRevision: 1 };

test.each([0, 1, 31, 33, 1000, 40_000])('counts what lies between two keys in a tree of %i', (size) => {
  const tree: EntryTree = new BTree<string, Entry>(undefined, compareSortKeys);
  const key = (i: number): string => `/k/${String(i).padStart(6, '0')}`;
  for (let i = 0; i < size; i++) tree.set(key((i * 7919) % size), entry);
  const clone = tree.clone();
  for (let i = 0; i < size; i += 3) clone.delete(key(i));
  for (const [low, high] of [[0, size], [5, 17], [17, 5], [size / 2, size * 2], [size, size + 5], [0, 1]] as const) {
    const range = [key(Math.floor(low)), key(Math.floor(high))] as const;
    expect(countRange(tree, ...range)).toBe(low < high ? tree.forRange(range[0], range[1], false) : 0);
    expect(countRange(clone, ...range)).toBe(low < high ? clone.forRange(range[0], range[1], false) : 0);
  }
});

test('the sizes that make counting cheap are where they are expected', () => {
  const tree: EntryTree = new BTree<string, Entry>(undefined, compareSortKeys);
  for (let i = 0; i < 5000; i++) tree.set(`/k/${i}`, entry);
  let visited = 0;
  const walked = Object.create(tree, { forRange: { value: () => ++visited } }) as EntryTree;
  expect(countRange(walked, '/k/', '/k0')).toBe(5000);
  expect(visited).toBe(0);
});

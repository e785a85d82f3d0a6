import { expect, test } from 'vitest';
import { IndexSet } from './index-set.ts';

test.each<[number[], string]>([
  [[], ''],
  [[3], '3'],
  [[1, 0], '0,1'],
  [[0, 1, 2], '0-2'],
  [[9, 0, 1, 3, 4, 5, 7, 8], '0,1,3-5,7-9'],
])('the indexes %j are written %j, and read back', (indexes, text) => {
  const set = IndexSet.of(indexes);
  expect(set.toString()).toBe(text);
  expect(IndexSet.parse(text, 10).toString()).toBe(text);
  expect(set.size).toBe(indexes.length);
  expect(Array.from({ length: 11 }, (_, i) => i).filter((i) => set.has(i))).toEqual(indexes.toSorted((a, b) => a - b));
});

test('indexes that a job lost when it shrank are left out', () => {
  expect(IndexSet.parse('0,2-6,8', 5).toString()).toBe('0,2-4');
});

test.each<[string, string, string, number]>([
  ['0-3', '2-5', '0-5', 2],
  ['0,1', '2', '0-2', 0],
  ['1,3,5', '1-5', '1-5', 3],
  ['', '1', '1', 0],
])('%j with %j gives %j, and they share %d', (a, b, union, common) => {
  const [left, right] = [IndexSet.parse(a, 10), IndexSet.parse(b, 10)];
  expect(left.union(right).toString()).toBe(union);
  expect(left.commonWith(right)).toBe(common);
});

test.each<[string, number, number, number[]]>([
  ['', 2, 5, [0, 1]],
  ['0,2,3', 2, 6, [1, 4]],
  ['0-4', 3, 5, []],
  ['1-3', 9, 5, [0, 4]],
])('of %j the first %d missing below %d are %j', (text, count, completions, missing) => {
  expect(IndexSet.parse(text, completions).firstMissing(count, completions)).toEqual(missing);
});

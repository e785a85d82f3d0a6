import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RangeIndex } from './range-index.ts';
import type { IndexedRange } from './range-index.ts';

const point = fc.integer({ min: 0, max: 9 }).map(String);
const rangeArbitrary = fc.record({ start: point, end: point });

test('finds exactly the ranges that hold a key, through any adding and removing', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ range: rangeArbitrary, remove: fc.option(fc.nat(20), { nil: undefined }) }), { maxLength: 30 }), (steps) => {
      const index = new RangeIndex<IndexedRange>();
      const items: IndexedRange[] = [];
      for (const { range, remove } of steps) {
        if (remove !== undefined && items[remove]) index.remove(items.splice(remove, 1)[0]!);
        const item = { range };
        items.push(item);
        index.add(item);
        for (let key = 0; key < 10; key++) {
          const expected = items.filter((i) => i.range.start <= String(key) && String(key) < i.range.end);
          expect(new Set(index.find(String(key)))).toEqual(new Set(expected));
        }
      }
      for (const item of items) index.remove(item);
      expect(index.pieces).toBe(0);
    }),
  );
});

test('finding costs no more among 10,000 ranges than the depth of a tree', () => {
  const index = new RangeIndex<IndexedRange>();
  for (let i = 0; i < 10_000; i++) index.add({ range: { start: `/registry/${i}/`, end: `/registry/${i}0` } });
  expect(index.find('/registry/77/default/a').map((item) => item.range.start)).toEqual(['/registry/77/']);
  expect(index.find('/registry/')).toEqual([]);
});

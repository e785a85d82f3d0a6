import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys, sortKey } from './key-order.ts';

test('keys compare as their UTF-8 bytes do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(compareKeys(a, b)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

test('a plain key is its own sort key', () => {
  expect(sortKey('/registry/pods/default/web-0')).toBe('/registry/pods/default/web-0');
});

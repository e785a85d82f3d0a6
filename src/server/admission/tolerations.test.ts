import { describe, expect, test } from 'vitest';
import { areAllCovered, covers, mergeTolerations } from './tolerations.ts';

const any = { operator: 'Exists' } as const;
const key = { key: 'a', operator: 'Exists' } as const;
const value = { key: 'a', operator: 'Equal', value: 'v', effect: 'NoSchedule' } as const;
const brief = { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 } as const;

describe('a toleration covers another', () => {
  test.each([
    [any, value, true],
    [key, value, true],
    [value, key, false],
    [brief, { ...brief, tolerationSeconds: 3 }, true],
    [brief, { ...brief, tolerationSeconds: 9 }, false],
    [brief, { key: 'a', operator: 'Exists', effect: 'NoExecute' } as const, false],
    [key, { key: 'b', operator: 'Exists' } as const, false],
    [value, { ...value, value: 'w' }, false],
    [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' } as const, key, false],
    [{ ...value, operator: 'Gt' } as never, value, false],
  ])('%j %j: %s', (wide, narrow, expected) => expect(covers(wide, narrow)).toBe(expected));
});

test('merging leaves out what is covered, wherever it stands, and keeps the order', () => {
  expect(mergeTolerations([value, { key: 'b', operator: 'Exists' }], [key, { key: 'b', operator: 'Exists' }])).toEqual([{ key: 'b', operator: 'Exists' }, key]);
  expect(mergeTolerations([any], [key, value])).toEqual([any]);
});

test('an empty list of what is allowed allows everything', () => {
  expect(areAllCovered([value], [])).toBe(true);
  expect(areAllCovered([value, brief], [key])).toBe(true);
  expect(areAllCovered([value, { key: 'b', operator: 'Exists' }], [key])).toBe(false);
});

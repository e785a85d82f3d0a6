import { describe, expect, test } from 'vitest';
import { chooseFreeSlot, type TakenSlots } from './free-slot.ts';

const RANGE = { first: 1n, last: 100n, preferredFrom: 17n };

function taken(slots: Iterable<bigint>): TakenSlots & { scans: number } {
  const set = new Set(slots);
  return {
    scans: 0,
    has: (slot) => Promise.resolve(set.has(slot)),
    all() {
      this.scans++;
      return Promise.resolve(set);
    },
  };
}

const span = (from: number, to: number): bigint[] => Array.from({ length: to - from + 1 }, (_, i) => BigInt(from + i));

describe('a free slot', () => {
  test.each([
    [0, 17n],
    [0.5, 59n],
    [0.999999, 100n],
  ])('is chosen at random among those that nobody need ask for: %d gives %s', async (random, slot) => {
    expect(await chooseFreeSlot(RANGE, taken([]), () => random)).toBe(slot);
  });

  test('is found without reading all that is taken while there is room', async () => {
    let n = 0;
    const slots = taken(span(17, 60));
    expect(await chooseFreeSlot(RANGE, slots, () => (n++ % 10) / 10)).toBeGreaterThan(60n);
    expect(slots.scans).toBe(0);
  });

  test('is the next one where chance finds none', async () => {
    expect(await chooseFreeSlot(RANGE, taken(span(17, 80)), () => 0)).toBe(81n);
    expect(await chooseFreeSlot(RANGE, taken(span(30, 100)), () => 0.9)).toBe(17n);
  });

  test('comes from the reserved part last', async () => {
    expect(await chooseFreeSlot(RANGE, taken(span(17, 100)), () => 0.5)).toBe(1n);
  });

  test('is not there when the range is full, or empty', async () => {
    expect(await chooseFreeSlot(RANGE, taken(span(1, 100)), () => 0.5)).toBeUndefined();
    expect(await chooseFreeSlot({ first: 5n, last: 4n, preferredFrom: 5n }, taken([]), () => 0.5)).toBeUndefined();
  });
});

import { expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { PacedChanges } from './paced-changes.ts';

test('a key waits as long as its last run had objects to look at, and a second at most', async () => {
  const clock = new VirtualClock();
  const paced = new PacedChanges(clock);
  expect(paced.waitMs('a')).toBe(0);
  paced.ran('a', 300);
  paced.ran('b', 5000);
  expect([paced.waitMs('a'), paced.waitMs('b'), paced.waitMs('c')]).toEqual([300, 1000, 0]);
  await clock.advance(200);
  expect([paced.waitMs('a'), paced.waitMs('b')]).toEqual([100, 800]);
  await clock.advance(200);
  expect(paced.waitMs('a')).toBe(0);
  paced.forget('b');
  expect(paced.waitMs('b')).toBe(0);
});

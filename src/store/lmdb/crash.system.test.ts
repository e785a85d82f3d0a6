import { expect, test } from 'vitest';
import { crashRounds } from './crash-rounds.fixture.ts';

test('50 kills lose nothing acknowledged', async () => {
  const { acknowledged, broken } = await crashRounds(50, 2);
  expect(broken).toEqual([]);
  expect(acknowledged).toBeGreaterThan(2_500);
}, 300_000);

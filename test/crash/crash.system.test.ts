import { expect, test } from 'vitest';
import { crashRounds } from './crash-rounds.fixture.ts';

test('50 kills of the server lose nothing acknowledged', async () => {
  const { acknowledged, broken } = await crashRounds(50, 2);
  expect(broken).toEqual([]);
  expect(acknowledged).toBeGreaterThan(2_000);
}, 600_000);

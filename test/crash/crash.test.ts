import { expect, test } from 'vitest';
import { crashRounds } from './crash-rounds.fixture.ts';

test('a killed server loses nothing it acknowledged, shows nothing half-written, and resumed watches miss nothing', async () => {
  const { acknowledged, broken } = await crashRounds(5, 1);
  expect(broken).toEqual([]);
  expect(acknowledged).toBeGreaterThan(100);
}, 120_000);

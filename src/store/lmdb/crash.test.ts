import { expect, test } from 'vitest';
import { crashRounds } from './crash-rounds.fixture.ts';

test('a killed writer loses nothing it acknowledged, leaves nothing half-written, and its revisions are not given out again', async () => {
  const { acknowledged, broken } = await crashRounds(10, 1);
  expect(broken).toEqual([]);
  expect(acknowledged).toBeGreaterThan(500);
}, 60_000);

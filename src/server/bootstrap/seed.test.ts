import { expect, test } from 'vitest';
import { commonSeedLines } from '../../../scripts/bootstrap/generate-seed.ts';
import { readSeed } from './seed-empty-store.ts';

test('the seed is what a cluster that is bootstrapped by requests holds', async () => {
  // If this fails after a change to the rules of a kind: node scripts/bootstrap/generate-seed.ts
  expect(readSeed()).toEqual(await commonSeedLines());
});

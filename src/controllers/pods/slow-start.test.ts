import { expect, test } from 'vitest';
import { slowStart } from './slow-start.ts';

test.each([
  [0, 99, 0, 0],
  [1, 99, 1, 1],
  [10, 99, 10, 10],
  [10, 0, 1, 0],
  [10, 2, 3, 2],
  [500, 5, 7, 5],
])('of %d creations, when the first %d succeed, %d are tried and %d made', async (count, good, tried, made) => {
  let calls = 0;
  const { created, error } = await slowStart(count, async () => {
    if (++calls > good) throw new Error('quota');
  });
  expect([calls, created, error instanceof Error]).toEqual([tried, made, made < count]);
});

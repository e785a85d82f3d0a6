import { expect, test } from 'vitest';
import { nextStep } from './ttl-controller.ts';

test.each([
  [0, 100, 0],
  [0, 101, 1],
  [0, 600, 2],
  [1, 95, 1],
  [1, 89, 0],
  [3, 950, 3],
  [3, 10, 0],
  [0, 5000, 4],
])('after step %d, %d nodes make step %d', (step, nodes, next) => {
  expect(nextStep(step, nodes)).toBe(next);
});

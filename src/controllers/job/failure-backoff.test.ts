import { expect, test } from 'vitest';
import type { SharedPod } from '../pods/pod-state.ts';
import { backoffLeftMs, NO_FAILURES, withEnded } from './failure-backoff.ts';

/** A pod whose container ended so many seconds after the epoch. */
const ended = (seconds: number): SharedPod => ({ metadata: {}, status: { containerStatuses: [{ state: { terminated: { finishedAt: new Date(seconds * 1000).toISOString() } } }] } }) as unknown as SharedPod;

test.each<[string, number[], number[], object]>([
  ['one failure more', [], [9], { failures: 3, lastFailureMs: 9000 }],
  ['a success', [9], [], { failures: 0 }],
  ['a success after a failure', [9], [8], { failures: 0 }],
  ['failures after and before a success', [9], [8, 10, 11], { failures: 2, lastFailureMs: 11_000 }],
  ['nothing', [], [], { failures: 2, lastFailureMs: 5000 }],
])('after two failures and %s the record is right', (_, succeeded, failed, expected) => {
  expect(withEnded({ failures: 2, lastFailureMs: 5000 }, succeeded.map(ended), failed.map(ended))).toEqual(expected);
});

test.each([
  [1, 10_000],
  [2, 20_000],
  [6, 320_000],
  [7, 600_000],
  [200, 600_000],
])('after %d failures no pod is made for %d ms', (failures, leftMs) => {
  expect(backoffLeftMs({ failures, lastFailureMs: 0 }, 0)).toBe(leftMs);
  expect(backoffLeftMs({ failures, lastFailureMs: 0 }, leftMs)).toBe(0);
  expect(backoffLeftMs(NO_FAILURES, 0)).toBe(0);
});

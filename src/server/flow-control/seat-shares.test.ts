import { expect, test } from 'vitest';
import type { PriorityLevelConfiguration } from '../../api/types/generated/flowcontrol-v1.ts';
import { computeCurrentSeats, computeSeatBounds } from './seat-shares.ts';

function level(name: string, nominalConcurrencyShares: number, more: { lendablePercent?: number; borrowingLimitPercent?: number } = {}): PriorityLevelConfiguration {
  return { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: 'PriorityLevelConfiguration', metadata: { name }, spec: { type: 'Limited', limited: { nominalConcurrencyShares, limitResponse: { type: 'Reject' }, ...more } } };
}

test('each level has its share of the seats, and lends and borrows within its bounds', () => {
  expect(Object.fromEntries(computeSeatBounds([level('a', 30, { lendablePercent: 50 }), level('b', 10, { borrowingLimitPercent: 100 })], 100))).toEqual({
    a: { nominal: 75, lower: 37, upper: 100 },
    b: { nominal: 25, lower: 25, upper: 50 },
  });
});

const bounds = { a: { nominal: 75, lower: 37, upper: 100 }, b: { nominal: 25, lower: 25, upper: 50 } };

test.each([
  ['nobody wants any', [0, 0], [60, 40]],
  ['one wants more than it has and the other lends', [0, 200], [50, 50]],
  ['both want more than there is', [200, 200], [75, 25]],
  ['one needs what it would lend', [60, 100], [60, 40]],
])('when %s', (_case, [a = 0, b = 0], [seatsA, seatsB]) => {
  const demands = new Map([
    ['a', { bounds: bounds.a, highWatermark: a, smoothed: a }],
    ['b', { bounds: bounds.b, highWatermark: b, smoothed: b }],
  ]);
  const seats = computeCurrentSeats(demands, 100);
  expect([seats.get('a'), seats.get('b')]).toEqual([seatsA, seatsB]);
});

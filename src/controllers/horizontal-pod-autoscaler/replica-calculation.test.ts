import { describe, expect, test } from 'vitest';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import type { PodMetric } from './metrics-source.ts';
import { averageReplicas, ratioReplicas, sharedReplicas, utilizationReplicas, type PodObservation } from './replica-calculation.ts';

const NOW = Date.UTC(2026, 0, 1);
const TOLERANCES = { up: 0.1, down: 0.1 };

interface Shape {
  /** Of the CPU, in thousandths; absent: nothing is known. */
  readonly uses?: number;
  readonly phase?: 'Running' | 'Pending' | 'Failed';
  readonly ready?: boolean;
  readonly startedSecondsAgo?: number;
  readonly deleted?: boolean;
}

/** Each pod asks for 100m. */
function observe(shapes: readonly Shape[]): PodObservation {
  const metrics = new Map<string, PodMetric>();
  const pods = shapes.map(({ uses, phase = 'Running', ready = true, startedSecondsAgo = 3600, deleted = false }, i): Pod => {
    const started = new Date(NOW - startedSecondsAgo * 1000).toISOString();
    if (uses !== undefined) metrics.set(`p${i}`, { value: uses, timestampMs: NOW, windowMs: 30_000 });
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${i}`, ...(deleted && { deletionTimestamp: started }) },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }] },
      status: { phase, startTime: started, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: started }] },
    };
  });
  return { pods, metrics, currentReplicas: shapes.length, tolerances: TOLERANCES, nowMs: NOW };
}

const all = (count: number, shape: Shape): Shape[] => Array.from({ length: count }, () => shape);
const cpu = (targetPercent = 50) => ({ resource: 'cpu', targetPercent });

describe('of pods that are to use half of what they ask for', () => {
  test.each<[string, Shape[], number]>([
    ['twice that needs twice as many', all(3, { uses: 100 }), 6],
    ['half of that needs half as many', all(4, { uses: 25 }), 2],
    ['about that needs no other number', all(3, { uses: 54 }), 3],
    ['pods that nothing is known of use nothing when it grows', [...all(2, { uses: 100 }), {}], 4],
    ['and all they ask for when it shrinks', [...all(3, { uses: 10 }), {}], 3],
    ['which may be too much to shrink', [{ uses: 20 }, {}], 2],
    ['pods that start use nothing when it grows', [...all(2, { uses: 100 }), { uses: 100, ready: false, startedSecondsAgo: 60 }], 4],
    ['and are left out when it shrinks', [...all(2, { uses: 25 }), { uses: 500, ready: false, startedSecondsAgo: 60 }], 1],
    ['pods that wait count as such that start', [...all(2, { uses: 100 }), { phase: 'Pending' }], 4],
    ['pods that fail or go count as none', [...all(2, { uses: 100 }), { uses: 1, phase: 'Failed' }, { uses: 1, deleted: true }], 4],
    ['pods that became unready later count', all(2, { uses: 100, ready: false, startedSecondsAgo: 3600 }).map((shape) => ({ ...shape, ready: true })), 4],
  ])('%s', (_, shapes, replicas) => expect(utilizationReplicas(observe(shapes), cpu()).replicas).toBe(replicas));

  test('what was measured is told in percent and per pod', () => {
    expect(utilizationReplicas(observe([{ uses: 30 }, { uses: 50 }]), cpu())).toEqual({ replicas: 2, averageMilli: 40, utilization: 40 });
  });

  test.each<[string, PodObservation, string]>([
    ['no pods', observe([]), 'No pods returned by selector while calculating replica count'],
    ['none that is ready', observe([{ uses: 9, ready: false, startedSecondsAgo: 9 }]), 'did not receive metrics for targeted pods (pods might be unready)'],
    ['one that asks for nothing', { ...observe([{ uses: 9 }]), pods: [{ ...observe([{}]).pods[0], spec: { containers: [{ name: 'c' }] } } as Pod] }, 'missing request for cpu in container c of Pod p0'],
  ])('%s cannot be judged', (_, observation, message) => expect(() => utilizationReplicas(observation, cpu())).toThrow(message));
});

test.each<[number, number]>([[200, 4], [100, 2], [50, 1]])('of pods that are to have 100 each, %d each makes %d', (uses, replicas) => {
  expect(averageReplicas(observe(all(2, { uses })), { resource: '', targetMilli: 100 })).toEqual({ replicas, averageMilli: uses });
});

test.each<[number, number, number]>([[2, 2, 4], [1.05, 2, 2], [0.5, 2, 1], [3, 0, 3]])('a whole that is %d of its target makes of %d replicas %d', (ratio, currentReplicas, replicas) => {
  expect(ratioReplicas({ ...observe(all(2, { uses: 1 })), currentReplicas }, ratio)).toBe(replicas);
});

test('a whole that is shared makes as many as have their share', () => {
  expect(sharedReplicas({ statusReplicas: 2, tolerances: TOLERANCES }, { totalMilli: 1000, targetMilli: 100 })).toEqual({ replicas: 10, averageMilli: 500 });
  expect(sharedReplicas({ statusReplicas: 2, tolerances: TOLERANCES }, { totalMilli: 205, targetMilli: 100 })).toEqual({ replicas: 2, averageMilli: 103 });
});

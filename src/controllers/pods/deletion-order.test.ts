import { describe, expect, test } from 'vitest';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { inDeletionOrder, podsToDelete } from './deletion-order.ts';

const NOW = Date.UTC(2026, 0, 2);
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

interface Traits {
  node?: string;
  phase?: string;
  readyFor?: number;
  age?: number;
  cost?: string;
  restarts?: number;
}

function pod(name: string, { node = 'n', phase = 'Running', readyFor = 100, age = 1000, cost, restarts = 0 }: Traits = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, uid: name, creationTimestamp: ago(age), ...(cost !== undefined && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }) },
    spec: { containers: [], nodeName: node },
    status: {
      phase: phase as 'Running',
      conditions: readyFor < 0 ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: ago(readyFor) }],
      containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: true, restartCount: restarts }],
    },
  };
}

describe('the pods that go first', () => {
  test.each<[string, Traits, Traits]>([
    ['have no node', { node: '' }, {}],
    ['do not run', { phase: 'Pending' }, { phase: 'Unknown' }],
    ['run less surely', { phase: 'Unknown' }, {}],
    ['are not ready', { readyFor: -1 }, {}],
    ['cost less', { cost: '-10' }, {}],
    ['cost nothing that could be read', { cost: '1e3' }, { cost: '5' }],
    ['share their node with more', { node: 'crowded' }, {}],
    ['are ready for less long', { readyFor: 10 }, { readyFor: 1000 }],
    ['were restarted more often', { restarts: 3 }, {}],
    ['are younger', { age: 10, readyFor: -1 }, { age: 100_000, readyFor: -1 }],
  ])('%s', (_, first, second) => {
    const pods = [pod('b', second), pod('a', first)];
    const related = [...pods, pod('x', { node: 'crowded' })];
    expect(podsToDelete(pods, related, { count: 1, nowMs: NOW }).map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  test('are those with the lesser uid when their ages are alike', () => {
    const pods = [pod('b', { readyFor: 100 }), pod('a', { readyFor: 101 })];
    expect(podsToDelete(pods, pods, { count: 1, nowMs: NOW }).map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  test('are all when none is to stay', () => {
    expect(podsToDelete([pod('a')], [], { count: 3, nowMs: NOW })).toHaveLength(1);
  });
});

test('without costs and neighbours, any difference of ages counts', () => {
  const ordered = [
    pod('unbound', { node: '' }),
    pod('pending', { phase: 'Pending', readyFor: -1 }),
    pod('unready', { readyFor: -1 }),
    pod('just-ready', { readyFor: 100 }),
    pod('restarted', { readyFor: 101, restarts: 2 }),
    pod('younger', { readyFor: 101, age: 999 }),
    pod('cheap', { readyFor: 101, cost: '-10' }),
  ];
  expect(inDeletionOrder(ordered.toReversed()).map(({ metadata }) => metadata.name)).toEqual(ordered.map(({ metadata }) => metadata.name));
});

import { describe, expect, test } from 'vitest';
import type { Node, Pod, Taint, Toleration } from '../../api/types/generated/core-v1.ts';
import { CycleState } from '../framework/cycle-state.ts';
import { NodeInfo } from '../framework/node-info.ts';
import { NodeTerms } from '../framework/node-selector.ts';
import { PodInfo } from '../framework/pod-info.ts';
import { feasibleNodesWanted } from '../cycle/find-nodes.ts';
import { balancedAllocation } from './balanced-allocation.ts';
import { nodeResourcesFit, type NodeResourcesFitArgs } from './node-resources-fit.ts';
import { normalizeScores } from './normalize-scores.ts';
import { toleratesTaint } from '../../api/placement/tolerations.ts';

const CPU = { name: 'cpu', weight: 1 };

function podInfo(requests: Record<string, string>): PodInfo {
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n', uid: 'u' }, spec: { containers: [{ name: 'c', resources: { requests } }] } };
  return new PodInfo(pod);
}

function nodeInfo(allocatable: Record<string, string>, used: Record<string, string> = {}): NodeInfo {
  const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { allocatable: { pods: '10', ...allocatable } } };
  const info = new NodeInfo('n');
  info.setNode(node);
  if (Object.keys(used).length > 0) info.addPod(podInfo(used));
  return info;
}

describe('NodeResourcesFit scores a node that would be', () => {
  const ratio = { type: 'RequestedToCapacityRatio', resources: [CPU], shape: [{ utilization: 0, score: 0 }, { utilization: 100, score: 10 }] } as const;
  test.each<[string, NodeResourcesFitArgs, number]>([
    ['a quarter full by what is left', {}, 75],
    ['a quarter full by what is used', { scoringStrategy: { type: 'MostAllocated', resources: [CPU] } }, 25],
    ['a quarter full by a shape', { scoringStrategy: ratio }, 25],
    ['a quarter full by a shape that falls', { scoringStrategy: { ...ratio, shape: [{ utilization: 0, score: 10 }, { utilization: 50, score: 0 }] } }, 50],
    ['a quarter full by weights', { scoringStrategy: { type: 'LeastAllocated', resources: [CPU, { name: 'memory', weight: 3 }] } }, 75],
  ])('%s', (_, args, score) => {
    const plugin = nodeResourcesFit(args);
    expect(plugin.score?.(new CycleState(), podInfo({ cpu: '500m', memory: '1Gi' }), nodeInfo({ cpu: '4', memory: '8Gi' }, { cpu: '500m', memory: '1Gi' }))).toBe(score);
  });

  test('not by an extended resource that the pod does not ask for', () => {
    const plugin = nodeResourcesFit({ scoringStrategy: { type: 'MostAllocated', resources: [CPU, { name: 'example.com/gpu', weight: 100 }] } });
    expect(plugin.score?.(new CycleState(), podInfo({ cpu: '1' }), nodeInfo({ cpu: '2', 'example.com/gpu': '4' }))).toBe(50);
  });
});

test.each<[string, Record<string, string>, number]>([
  ['brings into balance', { cpu: '2', memory: '0' }, 87],
  ['leaves as it is', { cpu: '1', memory: '1Gi' }, 75],
  ['brings out of balance', { cpu: '0', memory: '2Gi' }, 62],
])('BalancedAllocation prefers a node that the pod %s', (_, requests, score) => {
  const node = nodeInfo({ cpu: '4', memory: '4Gi' }, { cpu: '0', memory: '2Gi' });
  expect(balancedAllocation().score?.(new CycleState(), podInfo(requests), node)).toBe(score);
});

test.each([
  [[1, 5, 10], false, [10, 50, 100]],
  [[1, 5, 10], true, [90, 50, 0]],
  [[0, 0], false, [0, 0]],
  [[0, 0], true, [100, 100]],
  [[1, 3], false, [33, 100]],
])('scores %j (reversed: %j) become %j', (scores, reversed, expected) => {
  const array = Float64Array.from(scores);
  normalizeScores(array, { reversed });
  expect([...array]).toEqual(expected);
});

const TAINT: Taint = { key: 'k', value: 'v', effect: 'NoSchedule' };
test.each<[Toleration, boolean]>([
  [{ key: 'k', value: 'v', effect: 'NoSchedule' }, true],
  [{ key: 'k', operator: 'Equal', value: 'v' }, true],
  [{ key: 'k', operator: 'Exists' }, true],
  [{ operator: 'Exists' }, true],
  [{ key: 'k', value: 'w' }, false],
  [{ key: 'l', operator: 'Exists' }, false],
  [{ operator: 'Exists', effect: 'NoExecute' }, false],
])('%j tolerates a taint: %j', (toleration, expected) => {
  expect(toleratesTaint(toleration, TAINT)).toBe(expected);
});

const GENERATION = { key: 'generation', values: ['5'] };
test.each<[ConstructorParameters<typeof NodeTerms>[0], boolean]>([
  [[], false],
  [[{}], false],
  [[{ matchExpressions: [{ ...GENERATION, operator: 'In' }] }], false],
  [[{ matchExpressions: [{ ...GENERATION, operator: 'Gt' }] }], true],
  [[{ matchExpressions: [{ ...GENERATION, operator: 'Lt' }] }], false],
  [[{ matchExpressions: [{ key: 'generation', operator: 'Gt', values: ['many'] }] }], false],
  [[{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }], true],
  [[{ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n'] }] }], false],
  [[{ matchExpressions: [{ key: 'absent', operator: 'Exists' }] }, { matchExpressions: [{ key: 'absent', operator: 'DoesNotExist' }] }], true],
])('node selector terms %j match a node: %j', (terms, expected) => {
  expect(new NodeTerms(terms).matches({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { generation: '6' } } })).toBe(expected);
});

test.each([
  [10, 0, 10],
  [100, 0, 100],
  [1000, 0, 420],
  [6000, 0, 300],
  [1000, 30, 300],
  [1000, 5, 100],
  [1000, 100, 1000],
])('of %i nodes with %i percent to score, %i feasible ones are enough', (nodes, percentage, wanted) => {
  expect(feasibleNodesWanted(nodes, percentage)).toBe(wanted);
});

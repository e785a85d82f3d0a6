import { afterEach, describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';
import { computeGarbage } from './compute-garbage.ts';

interface Traits {
  node?: string;
  phase?: string;
  reason?: string;
  deleted?: boolean;
  age?: number;
}

const NOW = Date.UTC(2026, 0, 2);
const makePod = (name: string, { node = 'n', phase = 'Running', reason, deleted = false, age = 0 }: Traits): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, creationTimestamp: new Date(NOW - 1000 * age).toISOString(), ...(deleted && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
  spec: { containers: [], nodeName: node },
  status: { phase: phase as 'Running', ...(reason !== undefined && { reason }) },
});
const makeNode = (name: string, ready: string, taint?: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: { ...(taint !== undefined && { taints: [{ key: taint, effect: 'NoExecute' }] }) },
  status: { conditions: [{ type: 'Ready', status: ready }] },
});

describe('garbage', () => {
  const nodes = new Map([makeNode('n', 'True'), makeNode('off', 'Unknown', 'node.kubernetes.io/out-of-service'), makeNode('back', 'True', 'node.kubernetes.io/out-of-service'), makeNode('silent', 'Unknown')].map((node) => [node.metadata.name ?? '', node]));

  test.each<[string, Traits, string | undefined]>([
    ['that runs', {}, undefined],
    ['that is deleted and ends by itself', { deleted: true }, undefined],
    ['of a node that is gone', { node: 'gone' }, 'orphaned'],
    ['of a node that may be gone', { node: 'missing' }, undefined],
    ['that is deleted before it had a node', { node: '', deleted: true }, 'unscheduled'],
    ['that waits for a node', { node: '' }, undefined],
    ['that is deleted on a node out of service', { node: 'off', deleted: true }, 'out-of-service'],
    ['on a node out of service', { node: 'off' }, undefined],
    ['that is deleted on a node that is heard of after all', { node: 'back', deleted: true }, undefined],
    ['that is deleted on a silent node', { node: 'silent', deleted: true }, undefined],
  ])('a pod %s', (_, traits, expected) => {
    const pod = makePod('p', traits);
    expect(computeGarbage([pod], { nodes, goneNodes: new Set(['gone']), terminatedPods: 0 }).get(pod)).toBe(expected);
  });

  test('the oldest pods of too many that ended, evicted ones first', () => {
    const pods = [makePod('young', { phase: 'Failed', age: 1 }), makePod('old', { phase: 'Succeeded', age: 9 }), makePod('middle', { phase: 'Failed', age: 5 }), makePod('evicted', { phase: 'Failed', reason: 'Evicted' }), makePod('runs', { age: 100 })];
    const chosen = (terminatedPods: number): (string | undefined)[] => [...computeGarbage(pods, { nodes, goneNodes: new Set(), terminatedPods }).keys()].map(({ metadata }) => metadata.name);
    expect(chosen(0)).toEqual([]);
    expect(chosen(4)).toEqual([]);
    expect(chosen(3)).toEqual(['evicted']);
    expect(chosen(1)).toEqual(['evicted', 'old', 'middle']);
  });
});

describe('the collector', () => {
  const PODS = '/api/v1/namespaces/default/pods';
  let loops: LoopCluster;
  afterEach(async () => {
    expect(loops.log).toEqual([]);
    await loops.close();
  });
  const open = async (terminatedPods?: number): Promise<void> => {
    loops = await LoopCluster.open(['pod-garbage-collector-controller', 'serviceaccount-controller'], { nodes: { ...(terminatedPods !== undefined && { terminatedPods }) } });
  };
  const create = (name: string, nodeName?: string, finalizers?: string[]): Promise<unknown> =>
    loops.create(PODS, { metadata: { name, ...(finalizers && { finalizers }) }, spec: { ...(nodeName !== undefined && { nodeName }), automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }] } });

  test('deletes pods of a node that is gone for 40 s, and says why', async () => {
    await open();
    await create('orphan', 'gone', ['example.com/look']);
    await loops.settle(39_000);
    expect((await loops.get<Pod>(`${PODS}/orphan`))?.metadata.deletionTimestamp).toBeUndefined();
    await loops.settle(25_000);
    const orphan = await loops.get<Pod>(`${PODS}/orphan`);
    expect(orphan?.metadata.deletionGracePeriodSeconds).toBe(0);
    expect(orphan?.status).toMatchObject({ phase: 'Failed' });
    expect(orphan?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' });
  });

  test('leaves pods alone whose node comes in time', async () => {
    await open();
    await create('early', 'late');
    await loops.settle(39_000);
    await loops.create('/api/v1/nodes', { metadata: { name: 'late' } });
    await loops.settle(120_000);
    expect(await loops.names(PODS)).toEqual(['early']);
  });

  test('keeps so many pods that ended, and no more', async () => {
    await open(2);
    await loops.create('/api/v1/nodes', { metadata: { name: 'n' } });
    for (const name of ['a', 'b', 'c', 'd']) {
      await create(name, 'n');
      await loops.merge(`${PODS}/${name}/status`, { status: { phase: 'Succeeded' } });
      await loops.settle(2_000);
    }
    await loops.settle(20_000);
    expect(await loops.names(PODS)).toEqual(['c', 'd']);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event, Pod, Taint, Toleration } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';
import { computeEviction } from './compute-eviction.ts';

const a: Taint = { key: 'a', effect: 'NoExecute' };
const b: Taint = { key: 'b', effect: 'NoExecute' };
const bears = (key: string, tolerationSeconds?: number): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', ...(tolerationSeconds !== undefined && { tolerationSeconds }) });

describe('a pod', () => {
  test.each<[string, Taint[], Toleration[], number | undefined]>([
    ['on a node without taints', [], [], undefined],
    ['on a node that only keeps new pods away', [{ key: 'a', effect: 'NoSchedule' }], [], undefined],
    ['that does not bear a taint', [a], [], 0],
    ['that bears one of two', [a, b], [bears('a')], 0],
    ['that bears both for ever', [a, b], [bears('a'), bears('b')], undefined],
    ['that bears one for some time', [a, b], [bears('a'), bears('b', 60)], 60_000],
    ['that bears both for some time', [a, b], [bears('a', 30), bears('b', 60)], 30_000],
    ['whose time for another taint is shorter', [a], [bears('a', 60), bears('b', 10)], 60_000],
    ['whose time is less than nothing', [a], [bears('a', -5)], 0],
  ])('%s', (_, taints, tolerations, afterMs) => {
    const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [], tolerations } };
    expect(computeEviction(pod, taints)).toEqual(afterMs === undefined ? { type: 'stays' } : { type: 'leaves', afterMs });
  });
});

describe('taints', () => {
  const PODS = '/api/v1/namespaces/default/pods';
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['taint-eviction-controller', 'serviceaccount-controller']);
    await loops.create('/api/v1/nodes', { metadata: { name: 'n' } });
    await loops.merge('/api/v1/nodes/n', { spec: { taints: null } });
  });
  afterEach(async () => {
    expect(loops.log).toEqual([]);
    await loops.close();
  });

  const run = (name: string, tolerations: Toleration[] = []): Promise<unknown> => loops.create(PODS, { metadata: { name }, spec: { nodeName: 'n', tolerations, terminationGracePeriodSeconds: 0, automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }] } });
  const taint = (...taints: Taint[]): Promise<unknown> => loops.merge('/api/v1/nodes/n', { spec: { taints } });

  test('drive out pods that do not bear them, others when their time has come', async () => {
    await run('plain');
    await run('patient', [bears('a', 60)]);
    await run('hardy', [bears('a')]);
    await taint(a);
    await loops.settle();
    expect(await loops.names(PODS)).toEqual(['hardy', 'patient']);
    await loops.settle(58_000);
    expect(await loops.names(PODS)).toEqual(['hardy', 'patient']);
    await loops.settle(3_000);
    expect(await loops.names(PODS)).toEqual(['hardy']);
  });

  test('that are gone in time drive nothing out, and start anew when they come again', async () => {
    await run('patient', [bears('a', 60)]);
    await taint(a);
    await loops.settle(50_000);
    await taint();
    await loops.settle(30_000);
    await taint(a);
    await loops.settle(50_000);
    expect(await loops.names(PODS)).toEqual(['patient']);
    const { items } = (await loops.get<{ items: Event[] }>('/api/v1/namespaces/default/events')) ?? { items: [] };
    expect(items.map(({ message }) => message)).toEqual(['Cancelling deletion of Pod default/patient']);
    await loops.settle(15_000);
    expect(await loops.names(PODS)).toEqual([]);
  });

  test('drive out pods that come to the node later', async () => {
    await taint(a);
    await run('late', [bears('a', 10)]);
    await loops.settle(5_000);
    expect(await loops.names(PODS)).toEqual(['late']);
    await loops.settle(6_000);
    expect(await loops.names(PODS)).toEqual([]);
  });
});

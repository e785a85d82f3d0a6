import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReplicaSet } from '../../api/types/generated/apps-v1.ts';
import type { Event, Pod } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const PODS = '/api/v1/namespaces/default/pods';
const SETS = '/apis/apps/v1/namespaces/default/replicasets';
const POD_SPEC = { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i' }] };

describe('a replica set', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['replicaset-controller', 'serviceaccount-controller', 'garbage-collector-controller']);
  });
  afterEach(() => loops.close());

  const create = async (replicas: number, more: object = {}): Promise<void> => {
    await loops.create(SETS, { metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web', tier: 'a' } }, spec: POD_SPEC }, ...more } });
    await loops.settle();
  };
  const pods = async (): Promise<Pod[]> => (await loops.get<{ items: Pod[] }>(PODS))?.items ?? [];
  const status = async (): Promise<ReplicaSet['status']> => (await loops.get<ReplicaSet>(`${SETS}/web`))?.status;
  const scale = async (replicas: number): Promise<void> => {
    await loops.merge(`${SETS}/web`, { spec: { replicas } });
    await loops.settle();
  };
  const ready = async (pod: Pod | undefined, since: string): Promise<void> => {
    await loops.merge(`${PODS}/${pod?.metadata.name}/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }] } });
    await loops.settle();
  };
  const events = async (reason: string): Promise<string[]> => {
    const list = await loops.get<{ items: Event[] }>(`/api/v1/namespaces/default/events?fieldSelector=reason%3D${reason}`);
    return (list?.items ?? []).map(({ type, message, source }) => `${type} ${source?.component}: ${message}`);
  };

  test('makes pods by its template, owned by it, and says so', async () => {
    await create(3);
    const made = await pods();
    expect(made).toHaveLength(3);
    expect(made[0]?.metadata).toMatchObject({
      generateName: 'web-',
      labels: { app: 'web', tier: 'a' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', controller: true, blockOwnerDeletion: true }],
    });
    expect(await status()).toEqual({ replicas: 3, fullyLabeledReplicas: 3, terminatingReplicas: 0, observedGeneration: 1 });
    expect((await events('SuccessfulCreate')).toSorted()).toEqual(made.map(({ metadata }) => `Normal replicaset-controller: Created pod: ${metadata.name}`).toSorted());
  });

  test('replaces pods that go or end, and deletes those too much, unready ones first', async () => {
    await create(2);
    const [first, second] = await pods();
    await ready(second, '2020-01-01T00:00:00Z');
    await loops.delete(`${PODS}/${first?.metadata.name}`);
    await loops.settle();
    expect(await pods()).toHaveLength(2);
    await scale(1);
    expect((await pods()).map(({ metadata }) => metadata.name)).toEqual([second?.metadata.name]);
    expect(await events('SuccessfulDelete')).toHaveLength(1);
    await loops.merge(`${PODS}/${second?.metadata.name}/status`, { status: { phase: 'Failed' } });
    await loops.settle();
    expect((await pods()).filter(({ status: s }) => s?.phase !== 'Failed')).toHaveLength(1);
    await scale(0);
    expect(await status()).toMatchObject({ replicas: 0, observedGeneration: 3 });
  });

  test('adopts pods that it selects, and lets go those that it does no longer', async () => {
    await loops.create(PODS, { metadata: { name: 'own', labels: { app: 'web' } }, spec: POD_SPEC });
    await create(1);
    expect((await pods()).map(({ metadata }) => [metadata.name, metadata.ownerReferences?.[0]?.name])).toEqual([['own', 'web']]);
    expect(await status()).toEqual({ replicas: 1, terminatingReplicas: 0, observedGeneration: 1 });
    await loops.merge(`${PODS}/own`, { metadata: { labels: { app: 'other' } } });
    await loops.settle();
    expect((await loops.get(`${PODS}/own`))?.metadata.ownerReferences).toBeUndefined();
    expect(await pods()).toHaveLength(2);
  });

  test('counts a pod as available once it is ready for long enough', async () => {
    await create(1, { minReadySeconds: 600 });
    await ready((await pods())[0], new Date(loops.clock.now()).toISOString().replace(/\.\d+/, ''));
    expect(await status()).toMatchObject({ readyReplicas: 1 });
    expect((await status())?.availableReplicas).toBeUndefined();
    await loops.settle(600_000);
    expect(await status()).toMatchObject({ readyReplicas: 1, availableReplicas: 1 });
  });

  test('says why pods cannot be made, and no longer when they can', async () => {
    await loops.create('/api/v1/namespaces/default/resourcequotas', { metadata: { name: 'q' }, spec: { hard: { pods: '1' } } });
    await loops.merge('/api/v1/namespaces/default/resourcequotas/q/status', { status: { hard: { pods: '1' }, used: { pods: '1' } } });
    await create(2);
    const message = 'pods "web-';
    expect(await status()).toMatchObject({ replicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: expect.stringContaining(message) as string }] });
    expect((await events('FailedCreate'))[0]).toContain('Warning replicaset-controller: Error creating: pods "web-');
    await loops.delete('/api/v1/namespaces/default/resourcequotas/q');
    await loops.settle(60_000);
    expect(await status()).toEqual({ replicas: 2, fullyLabeledReplicas: 2, terminatingReplicas: 0, observedGeneration: 1 });
  });

  test('takes its pods along when it is deleted', async () => {
    await create(2);
    await loops.delete(`${SETS}/web`);
    await loops.settle();
    expect(await pods()).toEqual([]);
    expect(loops.log).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event, Pod, ReplicationController } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const PODS = '/api/v1/namespaces/default/pods';
const OWNERS = '/api/v1/namespaces/default/replicationcontrollers';

describe('a replication controller', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['replicationcontroller-controller', 'replicaset-controller', 'serviceaccount-controller']);
  });
  afterEach(async () => {
    expect(loops.log).toEqual([]);
    await loops.close();
  });

  const create = async (spec: object): Promise<void> => {
    await loops.create(OWNERS, { metadata: { name: 'web' }, spec: { template: { metadata: { labels: { app: 'web' } }, spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i' }] } }, ...spec } });
    await loops.settle();
  };
  const pods = async (): Promise<Pod[]> => (await loops.get<{ items: Pod[] }>(PODS))?.items ?? [];
  const status = async (): Promise<ReplicationController['status']> => (await loops.get<ReplicationController>(`${OWNERS}/web`))?.status;

  test('makes and deletes pods as it is scaled, and tells of it in its own name', async () => {
    await create({ replicas: 2 });
    expect((await pods())[0]?.metadata).toMatchObject({ generateName: 'web-', ownerReferences: [{ apiVersion: 'v1', kind: 'ReplicationController', name: 'web', controller: true, blockOwnerDeletion: true }] });
    expect(await status()).toEqual({ replicas: 2, fullyLabeledReplicas: 2, observedGeneration: 1 });
    await loops.merge(`${OWNERS}/web`, { spec: { replicas: 1 } });
    await loops.settle();
    expect(await pods()).toHaveLength(1);
    expect(await status()).toEqual({ replicas: 1, fullyLabeledReplicas: 1, observedGeneration: 2 });
    const { items = [] } = (await loops.get<{ items: Event[] }>('/api/v1/namespaces/default/events')) ?? {};
    expect(items.map(({ reason, source }) => `${source?.component} ${reason}`).toSorted()).toEqual(['replication-controller SuccessfulCreate', 'replication-controller SuccessfulCreate', 'replication-controller SuccessfulDelete']);
  });

  test('adopts pods with the labels that it selects, and replaces one that is relabelled', async () => {
    await loops.create(PODS, { metadata: { name: 'own', labels: { app: 'web' } }, spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }] } });
    await create({ replicas: 1, selector: { app: 'web' } });
    expect((await pods()).map(({ metadata }) => [metadata.name, metadata.ownerReferences?.[0]?.kind])).toEqual([['own', 'ReplicationController']]);
    await loops.merge(`${PODS}/own`, { metadata: { labels: { app: 'other' } } });
    await loops.settle();
    expect((await loops.get(`${PODS}/own`))?.metadata.ownerReferences).toBeUndefined();
    expect(await pods()).toHaveLength(2);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ControllerRevision, StatefulSet } from '../../api/types/generated/apps-v1.ts';
import type { Event, PersistentVolumeClaim, Pod } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const PODS = '/api/v1/namespaces/default/pods';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const REVISIONS = '/apis/apps/v1/namespaces/default/controllerrevisions';
const SETS = '/apis/apps/v1/namespaces/default/statefulsets';
const SET = `${SETS}/db`;
const LOOPS = ['statefulset-controller', 'serviceaccount-controller', 'garbage-collector-controller'];
const CLAIM_TEMPLATES = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }];

describe('a stateful set', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(LOOPS);
  });
  afterEach(async () => {
    expect(loops.log).toEqual([]);
    await loops.close();
  });

  const create = async (spec: object = {}): Promise<void> => {
    await loops.create(SETS, {
      metadata: { name: 'db' },
      spec: {
        replicas: 3,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        template: { metadata: { labels: { app: 'db', v: '1' } }, spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i' }] } },
        ...spec,
      },
    });
    await loops.settle();
  };
  const merge = async (spec: object): Promise<void> => {
    await loops.merge(SET, { spec });
    await loops.settle();
  };
  const setVersion = (v: string): Promise<void> => merge({ template: { metadata: { labels: { v } } } });
  const pods = async (): Promise<Pod[]> => ((await loops.get<{ items: Pod[] }>(PODS))?.items ?? []).toSorted((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  /** `number: version`, with `+` when it is ready. */
  const shape = async (): Promise<string[]> => (await pods()).map(({ metadata, status }) => `${metadata.name?.slice(3)}: ${metadata.labels?.['v']}${status?.phase === 'Running' ? '+' : ''}`);
  const ready = async (...numbers: number[]): Promise<void> => {
    for (const number of numbers) {
      await loops.merge(`${PODS}/db-${number}/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: formatTime(loops.clock.now()) }] } });
      await loops.settle();
    }
  };
  const status = async (): Promise<StatefulSet['status']> => (await loops.get<StatefulSet>(SET))?.status;
  const revisions = async (): Promise<ControllerRevision[]> => ((await loops.get<{ items: ControllerRevision[] }>(REVISIONS))?.items ?? []).toSorted((a, b) => a.revision - b.revision);
  const events = async (): Promise<string[]> => {
    const list = await loops.get<{ items: Event[] }>('/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DStatefulSet');
    return (list?.items ?? []).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  };
  const claims = async (): Promise<string[]> => {
    const list = await loops.get<{ items: PersistentVolumeClaim[] }>(CLAIMS);
    return (list?.items ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => `${metadata.name} ${metadata.ownerReferences?.map(({ kind, name }) => `${kind} ${name}`).join() ?? 'nobody'}`);
  };

  test('makes one pod after the other, each with its own name, once those before are ready', async () => {
    await create();
    expect(await shape()).toEqual(['0: 1']);
    const { currentRevision = '', ...rest } = (await status()) ?? {};
    expect(rest).toEqual({ replicas: 1, availableReplicas: 0, currentReplicas: 1, updatedReplicas: 1, observedGeneration: 1, collisionCount: 0, updateRevision: currentRevision });
    const [pod] = await pods();
    expect(pod).toMatchObject({
      metadata: { generateName: 'db-', labels: { 'statefulset.kubernetes.io/pod-name': 'db-0', 'apps.kubernetes.io/pod-index': '0', 'controller-revision-hash': currentRevision }, ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }] },
      spec: { hostname: 'db-0', subdomain: 'db' },
    });
    await ready(0);
    expect(await shape()).toEqual(['0: 1+', '1: 1']);
    await ready(1, 2);
    expect(await status()).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3, currentReplicas: 3 });
    expect(await events()).toEqual([0, 1, 2].map((n) => `Normal SuccessfulCreate: Create Pod db-${n} in StatefulSet db successful`));
  });

  test('names revisions by a hash of what they hold', async () => {
    await create({ template: { metadata: { labels: { app: 'db', v: '1' } }, spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, nodeSelector: { 'kubernetes.io/hostname': 'node-2' }, containers: [{ name: 'c', image: 'nginx:1.27' }] } } });
    const [revision] = await revisions();
    expect(revision).toMatchObject({ revision: 1, metadata: { labels: { app: 'db', v: '1' }, ownerReferences: [{ kind: 'StatefulSet', name: 'db' }] }, data: { spec: { template: { $patch: 'replace', metadata: { labels: { v: '1' } } } } } });
    expect(revision?.metadata.name).toBe(`db-${revision?.metadata.labels?.['controller.kubernetes.io/hash']}`);
  });

  test('waits with the next until a pod is available, not only ready', async () => {
    await create({ minReadySeconds: 60 });
    await ready(0);
    expect(await shape()).toEqual(['0: 1+']);
    expect(await status()).toMatchObject({ readyReplicas: 1, availableReplicas: 0 });
    await loops.settle(60_000);
    expect(await shape()).toEqual(['0: 1+', '1: 1']);
  });

  test('takes the last away first, and only while those before are available', async () => {
    await create();
    await ready(0, 1, 2);
    await loops.merge(`${PODS}/db-1/status`, { status: { conditions: [{ type: 'Ready', status: 'False' }] } });
    await merge({ replicas: 1 });
    expect(await shape()).toEqual(['0: 1+']);
    await merge({ replicas: 3 });
    await ready(1);
    await loops.merge(`${PODS}/db-0/status`, { status: { conditions: [{ type: 'Ready', status: 'False' }] } });
    await merge({ replicas: 1 });
    expect(await shape()).toEqual(['0: 1+', '1: 1+', '2: 1']);
    await ready(0);
    expect(await shape()).toEqual(['0: 1+']);
  });

  test('with Parallel, makes and takes all at once', async () => {
    await create({ podManagementPolicy: 'Parallel' });
    expect(await shape()).toEqual(['0: 1', '1: 1', '2: 1']);
    await merge({ replicas: 0 });
    expect(await shape()).toEqual([]);
  });

  test('starts counting where it is told', async () => {
    await create({ replicas: 2, podManagementPolicy: 'Parallel', ordinals: { start: 5 } });
    expect(await shape()).toEqual(['5: 1', '6: 1']);
    await merge({ ordinals: { start: 6 } });
    expect(await shape()).toEqual(['6: 1', '7: 1']);
  });

  test('rolls an update out from the last to the first, and calls it current when it is done', async () => {
    await create();
    await ready(0, 1, 2);
    await setVersion('2');
    expect(await shape()).toEqual(['0: 1+', '1: 1+', '2: 2']);
    const { currentRevision, updateRevision } = (await status()) ?? {};
    expect(currentRevision).not.toBe(updateRevision);
    expect(await status()).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 });
    await ready(2, 1);
    expect(await shape()).toEqual(['0: 2', '1: 2+', '2: 2+']);
    await ready(0);
    expect(await status()).toMatchObject({ currentReplicas: 3, updatedReplicas: 3, currentRevision: updateRevision });
    await setVersion('1');
    expect((await revisions()).map(({ metadata, revision }) => [metadata.name, revision])).toEqual([[updateRevision, 2], [currentRevision, 3]]);
  });

  test('with Parallel, updates one after the other down to its partition all the same', async () => {
    await create({ podManagementPolicy: 'Parallel', updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } });
    await ready(0, 1, 2);
    await setVersion('2');
    expect(await shape()).toEqual(['0: 1+', '1: 1+', '2: 2']);
    await ready(2);
    expect(await shape()).toEqual(['0: 1+', '1: 2', '2: 2+']);
    await ready(1);
    expect(await shape()).toEqual(['0: 1+', '1: 2+', '2: 2+']);
  });

  test('below its partition, a pod that is replaced keeps the old template', async () => {
    await create({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } } });
    await ready(0, 1, 2);
    await setVersion('2');
    await loops.delete(`${PODS}/db-1`);
    await loops.settle();
    expect(await shape()).toEqual(['0: 1+', '1: 1', '2: 1+']);
    await ready(1);
    await merge({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    expect(await shape()).toEqual(['0: 1+', '1: 1+', '2: 2']);
  });

  test('with OnDelete, only pods that are deleted are updated', async () => {
    await create({ updateStrategy: { type: 'OnDelete' } });
    await ready(0, 1, 2);
    await setVersion('2');
    expect(await shape()).toEqual(['0: 1+', '1: 1+', '2: 1+']);
    await loops.delete(`${PODS}/db-0`);
    await loops.settle();
    expect(await shape()).toEqual(['0: 2', '1: 1+', '2: 1+']);
  });

  test.each(['Failed', 'Succeeded'])('makes a pod anew that %s', async (phase) => {
    await create({ replicas: 1 });
    const [before] = await pods();
    await loops.merge(`${PODS}/db-0/status`, { status: { phase } });
    await loops.settle();
    const [after] = await pods();
    expect([after?.metadata.name, after?.status?.phase]).toEqual(['db-0', 'Pending']);
    expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
    expect(await events()).toContain(phase === 'Failed' ? 'Warning RecreatingFailedPod: StatefulSet default/db is recreating failed Pod db-0' : 'Normal RecreatingTerminatedPod: StatefulSet default/db is recreating terminated Pod db-0');
  });

  test('forgets revisions beyond its limit that no pod has', async () => {
    await create({ replicas: 1, revisionHistoryLimit: 1 });
    for (const v of ['2', '3', '4']) {
      await ready(0);
      await setVersion(v);
    }
    await ready(0);
    expect((await revisions()).map(({ revision }) => revision)).toEqual([3, 4]);
  });

  test('gives another revision another name when the first is taken', async () => {
    await create({ replicas: 0 });
    const [first] = await revisions();
    await loops.delete(SET, { propagationPolicy: 'Orphan' });
    await loops.gone(SET);
    await loops.merge(`${REVISIONS}/${first?.metadata.name}`, { metadata: { labels: { app: 'other' } } });
    await loops.delete(`${REVISIONS}/${first?.metadata.name}`);
    await loops.create(REVISIONS, { metadata: { name: first?.metadata.name }, revision: 1, data: { other: true } });
    await create({ replicas: 0 });
    expect(await status()).toMatchObject({ collisionCount: 1 });
    expect((await status())?.updateRevision).not.toBe(first?.metadata.name);
  });

  test('makes a claim for each pod, and keeps it', async () => {
    await create({ replicas: 2, podManagementPolicy: 'Parallel', volumeClaimTemplates: CLAIM_TEMPLATES });
    expect(await claims()).toEqual(['data-db-0 nobody', 'data-db-1 nobody']);
    expect((await pods())[1]?.spec?.volumes).toEqual([{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } }]);
    expect((await loops.get(`${CLAIMS}/data-db-0`))?.metadata.labels).toEqual({ app: 'db' });
    expect(await events()).toContain('Normal SuccessfulCreate: Create Claim data-db-0 Pod db-0 in StatefulSet db success');
    await loops.delete(SET);
    await loops.gone(`${PODS}/db-0`);
    expect(await claims()).toEqual(['data-db-0 nobody', 'data-db-1 nobody']);
  });

  test.each([
    [{ whenDeleted: 'Delete', whenScaled: 'Retain' }, ['data-db-0 StatefulSet db', 'data-db-1 StatefulSet db'], ['data-db-0 StatefulSet db', 'data-db-1 StatefulSet db']],
    [{ whenDeleted: 'Retain', whenScaled: 'Delete' }, ['data-db-0 nobody', 'data-db-1 nobody'], ['data-db-0 nobody', 'data-db-1 Pod db-1']],
    [{ whenDeleted: 'Delete', whenScaled: 'Delete' }, ['data-db-0 StatefulSet db', 'data-db-1 StatefulSet db'], ['data-db-0 StatefulSet db', 'data-db-1 Pod db-1']],
  ])('with the retention policy %j its claims belong to %j, and when it is scaled down to %j', async (persistentVolumeClaimRetentionPolicy, before, after) => {
    await create({ replicas: 2, podManagementPolicy: 'Parallel', volumeClaimTemplates: CLAIM_TEMPLATES, persistentVolumeClaimRetentionPolicy });
    expect(await claims()).toEqual(before);
    await loops.merge(`${PODS}/db-1`, { metadata: { finalizers: ['example.com/hold'] } });
    await merge({ replicas: 1 });
    expect(await claims()).toEqual(after);
    await merge({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } });
    expect((await claims())[0]).toEqual('data-db-0 nobody');
  });

  test('does not begin to use a claim that goes with the pod before', async () => {
    await create({ replicas: 2, podManagementPolicy: 'Parallel', volumeClaimTemplates: CLAIM_TEMPLATES, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' } });
    await loops.merge(`${CLAIMS}/data-db-1`, { metadata: { finalizers: ['example.com/hold'] } });
    await merge({ replicas: 1 });
    await merge({ replicas: 2 });
    expect(await shape()).toEqual(['0: 1']);
    await loops.merge(`${CLAIMS}/data-db-1`, { metadata: { finalizers: null } });
    await loops.settle();
    expect(await shape()).toEqual(['0: 1', '1: 1']);
    expect(await claims()).toEqual(['data-db-0 nobody', 'data-db-1 nobody']);
  });

  test('waits for a name that somebody else\'s pod has', async () => {
    await loops.create(PODS, { metadata: { name: 'db-0', labels: { app: 'other' } }, spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i' }] } });
    await create();
    expect(loops.log.splice(0)).toContain('statefulset-controller: default/db: pods "db-0" already exists');
    await loops.delete(`${PODS}/db-0`);
    await loops.settle(10_000);
    expect(await shape()).toEqual(['0: 1']);
    expect(await events()).toEqual(['Normal SuccessfulCreate: Create Pod db-0 in StatefulSet db successful']);
  });

  test('adopts a pod of its own name only, and goes on where it was when it is started anew', async () => {
    for (const name of ['db-0', 'other']) await loops.create(PODS, { metadata: { name, labels: { app: 'db' } }, spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }] } });
    await create({ replicas: 2 });
    expect((await pods()).map(({ metadata }) => [metadata.name, metadata.ownerReferences?.length ?? 0])).toEqual([['db-0', 1], ['other', 0]]);
    await ready(0);
    const before = await loops.get(SET);
    await loops.restart(LOOPS);
    expect(await loops.get(SET)).toEqual(before);
    expect((await pods()).map(({ metadata }) => metadata.name)).toEqual(['db-0', 'db-1', 'other']);
  });
});

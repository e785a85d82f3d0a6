import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '../../api/types/generated/apps-v1.ts';
import type { Event, Pod } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const API = '/apis/apps/v1/namespaces/default';
const PODS = '/api/v1/namespaces/default/pods';
const WEB = `${API}/deployments/web`;

describe('a deployment', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['deployment-controller', 'replicaset-controller', 'serviceaccount-controller', 'garbage-collector-controller']);
  });
  afterEach(() => loops.close());

  const template = (image: string): object => ({ metadata: { labels: { app: 'web' } }, spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image }] } });
  const create = async (replicas: number, more: object = {}): Promise<void> => {
    await loops.create(`${API}/deployments`, { metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template('i:1'), ...more } });
    await loops.settle();
  };
  const merge = async (spec: object): Promise<void> => {
    await loops.merge(WEB, { spec });
    await loops.settle();
  };
  const setImage = (image: string): Promise<void> => merge({ template: { spec: { containers: [{ name: 'c', image }] } } });
  const pods = async (): Promise<Pod[]> => (await loops.get<{ items: Pod[] }>(PODS))?.items ?? [];
  /** Every pod that there is becomes ready. */
  const readyAll = async (): Promise<void> => {
    for (const { metadata, status } of await pods()) {
      if (status?.phase === 'Running') continue;
      await loops.merge(`${PODS}/${metadata.name}/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' }] } });
    }
    await loops.settle();
  };
  /** `image: wanted replicas` of each replica set, by revision. */
  const sets = async (): Promise<string[]> => {
    const { items = [] } = (await loops.get<{ items: ReplicaSet[] }>(`${API}/replicasets`)) ?? {};
    const revision = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.['deployment.kubernetes.io/revision']);
    return items.toSorted((a, b) => revision(a) - revision(b)).map((set) => `${revision(set)} ${set.spec?.template?.spec?.containers[0]?.image}: ${set.spec?.replicas}`);
  };
  const status = async (): Promise<Deployment['status']> => (await loops.get<Deployment>(WEB))?.status;
  const progress = async (): Promise<string> => {
    const found = (await status())?.conditions?.find(({ type }) => type === 'Progressing');
    return `${found?.status} ${found?.reason}`;
  };

  test('makes a replica set for its template, and tells when its pods are there', async () => {
    await create(3);
    expect(await sets()).toEqual(['1 i:1: 3']);
    expect(await progress()).toBe('True ReplicaSetUpdated');
    const [set] = (await loops.get<{ items: ReplicaSet[] }>(`${API}/replicasets`))?.items ?? [];
    expect(set?.metadata.annotations).toEqual({ 'deployment.kubernetes.io/desired-replicas': '3', 'deployment.kubernetes.io/max-replicas': '4', 'deployment.kubernetes.io/revision': '1' });
    expect(set?.metadata.name).toBe(`web-${set?.metadata.labels?.['pod-template-hash']}`);
    await readyAll();
    expect(await status()).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 });
    expect((await status())?.conditions?.map(({ type, reason }) => `${type} ${reason}`).toSorted()).toEqual(['Available MinimumReplicasAvailable', 'Progressing NewReplicaSetAvailable']);
    expect((await loops.get(WEB))?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '1' });
  });

  test('rolls a new template out within its limits, and back', async () => {
    await create(4, { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } });
    await readyAll();
    await setImage('i:2');
    expect(await sets()).toEqual(['1 i:1: 3', '2 i:2: 2']);
    await readyAll();
    expect(await sets()).toEqual(['1 i:1: 1', '2 i:2: 4']);
    await readyAll();
    expect(await sets()).toEqual(['1 i:1: 0', '2 i:2: 4']);
    await readyAll();
    expect(await progress()).toBe('True NewReplicaSetAvailable');
    await setImage('i:1');
    for (let i = 0; i < 4; i++) await readyAll();
    expect(await sets()).toEqual(['2 i:2: 0', '3 i:1: 4']);
    const { items = [] } = (await loops.get<{ items: Event[] }>('/api/v1/namespaces/default/events?fieldSelector=reason%3DScalingReplicaSet')) ?? {};
    expect(items[0]).toMatchObject({ type: 'Normal', source: { component: 'deployment-controller' }, message: expect.stringMatching(/^Scaled up replica set web-\w+ from 0 to 4$/) as string });
    expect(loops.log).toEqual([]);
  });

  test('recreates: no new pod before the last old one is gone', async () => {
    await create(2, { strategy: { type: 'Recreate' } });
    const [pod] = await pods();
    await loops.merge(`${PODS}/${pod?.metadata.name}`, { metadata: { finalizers: ['example.com/hold'] } });
    await setImage('i:2');
    expect(await sets()).toEqual(['1 i:1: 0']);
    await loops.merge(`${PODS}/${pod?.metadata.name}`, { metadata: { finalizers: null } });
    await loops.settle();
    expect(await sets()).toEqual(['1 i:1: 0', '2 i:2: 2']);
  });

  test('forgets replica sets beyond the limit of its history', async () => {
    await create(1, { revisionHistoryLimit: 1 });
    for (const image of ['i:2', 'i:3']) {
      await readyAll();
      await setImage(image);
      for (let i = 0; i < 3; i++) await readyAll();
    }
    expect(await sets()).toEqual(['2 i:2: 0', '3 i:3: 1']);
  });

  test('rolls nothing out while it is paused, but scales', async () => {
    await create(2);
    await readyAll();
    await merge({ paused: true });
    expect(await progress()).toBe('Unknown DeploymentPaused');
    await setImage('i:2');
    await merge({ replicas: 3 });
    expect(await sets()).toEqual(['1 i:1: 3']);
    await merge({ paused: false });
    expect((await sets()).length).toBe(2);
  });

  test('scales in the midst of an update in proportion', async () => {
    await create(10, { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } });
    await readyAll();
    await setImage('i:2');
    expect(await sets()).toEqual(['1 i:1: 8', '2 i:2: 5']);
    await merge({ replicas: 15 });
    expect(await sets()).toEqual(['1 i:1: 11', '2 i:2: 7']);
  });

  test('says that it does not get on when its deadline has passed', async () => {
    await create(1, { progressDeadlineSeconds: 60 });
    await loops.settle(59_000);
    expect(await progress()).toBe('True ReplicaSetUpdated');
    await loops.settle(5000);
    expect(await progress()).toBe('False ProgressDeadlineExceeded');
    await readyAll();
    expect(await progress()).toBe('True NewReplicaSetAvailable');
  });

  test('takes replica sets and pods along when it is deleted', async () => {
    await create(2);
    await loops.delete(WEB);
    await loops.settle();
    expect([await sets(), await pods()]).toEqual([[], []]);
  });
});

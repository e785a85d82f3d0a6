import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ControllerRevision, DaemonSet } from '../../api/types/generated/apps-v1.ts';
import type { Event, Pod } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';
import { targetNode } from './daemon-pods.ts';

const PODS = '/api/v1/namespaces/default/pods';
const NODES = '/api/v1/nodes';
const SETS = '/apis/apps/v1/namespaces/default/daemonsets';
const SET = `${SETS}/agent`;
const REVISIONS = '/apis/apps/v1/namespaces/default/controllerrevisions';
const LOOPS = ['daemonset-controller', 'serviceaccount-controller', 'garbage-collector-controller'];

describe('a daemon set', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(LOOPS);
    for (const name of ['a', 'b', 'c']) await addNode(name);
  });
  afterEach(async () => {
    expect(loops.log).toEqual([]);
    await loops.close();
  });

  /** A new node is not ready, and says so with a taint until it is. */
  const addNode = async (name: string, labels: object = {}, taints: object[] | null = null): Promise<void> => {
    await loops.create(NODES, { metadata: { name, labels } });
    await loops.merge(`${NODES}/${name}`, { spec: { taints } });
    await loops.settle();
  };
  const taint = async (name: string, ...taints: object[]): Promise<void> => {
    await loops.merge(`${NODES}/${name}`, { spec: { taints } });
    await loops.settle();
  };
  const create = async (spec: object = {}, podSpec: object = {}): Promise<void> => {
    await loops.create(SETS, {
      metadata: { name: 'agent' },
      spec: { selector: { matchLabels: { app: 'agent' } }, template: { metadata: { labels: { app: 'agent', v: '1' } }, spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i' }], ...podSpec } }, ...spec },
    });
    await loops.settle();
  };
  const merge = async (spec: object): Promise<void> => {
    await loops.merge(SET, { spec });
    await loops.settle();
  };
  const setVersion = (v: string): Promise<void> => merge({ template: { metadata: { labels: { v } } } });
  const pods = async (): Promise<Pod[]> => (await loops.get<{ items: Pod[] }>(PODS))?.items ?? [];
  /** `node: version`, with `+` when it is ready. */
  const shape = async (): Promise<string[]> => (await pods()).map((pod) => `${targetNode(pod)}: ${pod.metadata.labels?.['v']}${pod.status?.phase === 'Running' ? '+' : ''}`).toSorted();
  const podOn = async (node: string, v?: string): Promise<string> => {
    const found = (await pods()).find((pod) => targetNode(pod) === node && (v === undefined || pod.metadata.labels?.['v'] === v));
    return `${PODS}/${found?.metadata.name}`;
  };
  const ready = async (node: string, v?: string): Promise<void> => {
    await loops.merge(`${await podOn(node, v)}/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: formatTime(loops.clock.now()) }] } });
    await loops.settle();
  };
  const readyAll = async (): Promise<void> => {
    for (const pod of await pods()) if (pod.status?.phase !== 'Running') await ready(targetNode(pod) ?? '', pod.metadata.labels?.['v']);
  };
  const status = async (): Promise<DaemonSet['status']> => (await loops.get<DaemonSet>(SET))?.status;
  const revisions = async (): Promise<ControllerRevision[]> => ((await loops.get<{ items: ControllerRevision[] }>(REVISIONS))?.items ?? []).toSorted((a, b) => a.revision - b.revision);
  const events = async (reason: string): Promise<string[]> => ((await loops.get<{ items: Event[] }>(`/api/v1/namespaces/default/events?fieldSelector=reason%3D${reason}`))?.items ?? []).map(({ type, message }) => `${type}: ${message}`);

  test('makes a pod for each node, which only that node takes, and which bears what befalls it', async () => {
    await create({}, { hostNetwork: true, tolerations: [{ key: 'own', operator: 'Exists' }], affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'gone', operator: 'DoesNotExist' }] }] } } } });
    expect(await shape()).toEqual(['a: 1', 'b: 1', 'c: 1']);
    const pod = await loops.get<Pod>(await podOn('b'));
    const [revision] = await revisions();
    expect(pod?.metadata.labels).toEqual({ app: 'agent', v: '1', 'pod-template-generation': '1', 'controller-revision-hash': revision?.metadata.labels?.['controller-revision-hash'] });
    expect(pod?.spec?.affinity).toEqual({ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] }] } } });
    expect(pod?.spec?.tolerations?.map(({ key, effect }) => `${key} ${effect}`)).toEqual([
      'own undefined',
      'node.kubernetes.io/not-ready NoExecute',
      'node.kubernetes.io/unreachable NoExecute',
      'node.kubernetes.io/disk-pressure NoSchedule',
      'node.kubernetes.io/memory-pressure NoSchedule',
      'node.kubernetes.io/pid-pressure NoSchedule',
      'node.kubernetes.io/unschedulable NoSchedule',
      'node.kubernetes.io/network-unavailable NoSchedule',
    ]);
    expect(await status()).toEqual({ desiredNumberScheduled: 3, currentNumberScheduled: 3, updatedNumberScheduled: 3, numberUnavailable: 3, numberReady: 0, numberMisscheduled: 0, observedGeneration: 1 });
  });

  test('follows nodes that come, go, change their labels or are tainted', async () => {
    await addNode('d', { disk: 'fast' });
    await create({}, { nodeSelector: { disk: 'fast' } });
    expect(await shape()).toEqual(['d: 1']);
    await loops.merge(`${NODES}/a`, { metadata: { labels: { disk: 'fast' } } });
    await loops.settle();
    expect(await shape()).toEqual(['a: 1', 'd: 1']);
    await taint('a', { key: 'mine', effect: 'NoSchedule' });
    expect(await shape()).toEqual(['a: 1', 'd: 1']);
    expect(await status()).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 1 });
    await loops.delete(await podOn('a'));
    await loops.settle();
    expect(await shape()).toEqual(['d: 1']);
    await taint('d', { key: 'mine', effect: 'NoExecute' });
    expect(await shape()).toEqual([]);
    await taint('a');
    expect(await shape()).toEqual(['a: 1']);
    await loops.delete(`${NODES}/a`);
    await loops.settle();
    expect(await shape()).toEqual([]);
  });

  test('replaces a pod that failed, ever later, and one that succeeded at once', async () => {
    await create();
    const end = async (phase: string): Promise<string> => {
      const path = await podOn('a');
      await loops.merge(`${path}/status`, { status: { phase } });
      await loops.settle(300);
      return path;
    };
    const first = await end('Failed');
    expect(await events('FailedDaemonPod')).toEqual([`Warning: Found failed daemon pod default/${first.split('/').at(-1)} on node a, will try to kill it`]);
    expect(await shape()).toEqual(['a: 1', 'b: 1', 'c: 1']);
    const second = await end('Failed');
    expect(await podOn('a')).toBe(second);
    await loops.settle(1000);
    expect(await podOn('a')).not.toBe(second);
    const third = await end('Succeeded');
    expect(await podOn('a')).not.toBe(third);
    expect(await events('SucceededDaemonPod')).toHaveLength(1);
  });

  test('rolls an update out node by node', async () => {
    await create();
    await readyAll();
    await setVersion('2');
    expect((await shape()).filter((text) => text.endsWith('2'))).toHaveLength(1);
    expect(await status()).toMatchObject({ updatedNumberScheduled: 1, numberAvailable: 2, numberUnavailable: 1 });
    for (let i = 0; i < 3; i++) await readyAll();
    expect(await shape()).toEqual(['a: 2+', 'b: 2+', 'c: 2+']);
    expect((await revisions()).map(({ revision }) => revision)).toEqual([1, 2]);
    await setVersion('1');
    expect((await revisions()).map(({ revision, metadata }) => [revision, metadata.labels?.['v']])).toEqual([[2, '2'], [3, '1']]);
  });

  test.each([
    [2, 2],
    ['50%', 2],
    ['100%', 3],
  ])('with maxUnavailable %j updates %d of three pods at once', async (maxUnavailable, count) => {
    await create({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } } });
    await readyAll();
    await setVersion('2');
    expect((await shape()).filter((text) => text.endsWith('2'))).toHaveLength(count);
  });

  test('old pods that are not ready are all replaced at once, since that costs nothing', async () => {
    await create();
    await setVersion('2');
    expect(await shape()).toEqual(['a: 2', 'b: 2', 'c: 2']);
  });

  test('with maxSurge makes the new pod beside the old one, which stays until the new one is available', async () => {
    await create({ minReadySeconds: 10, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
    await readyAll();
    await loops.settle(10_000);
    await setVersion('2');
    expect(await shape()).toEqual(['a: 1+', 'a: 2', 'b: 1+', 'c: 1+']);
    await ready('a', '2');
    expect(await shape()).toEqual(['a: 1+', 'a: 2+', 'b: 1+', 'c: 1+']);
    await loops.settle(10_000);
    expect(await shape()).toEqual(['a: 2+', 'b: 1+', 'b: 2', 'c: 1+']);
    expect(await status()).toMatchObject({ desiredNumberScheduled: 3, updatedNumberScheduled: 1, numberAvailable: 3 });
  });

  test('with OnDelete, only pods that are deleted are updated', async () => {
    await create({ updateStrategy: { type: 'OnDelete' } });
    await readyAll();
    await setVersion('2');
    await loops.delete(await podOn('b'));
    await loops.settle();
    expect(await shape()).toEqual(['a: 1+', 'b: 2', 'c: 1+']);
  });

  test('forgets revisions beyond its limit that no pod has', async () => {
    await create({ revisionHistoryLimit: 1, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } } });
    for (const v of ['2', '3', '4']) await setVersion(v);
    expect((await revisions()).map(({ revision }) => revision)).toEqual([3, 4]);
  });

  test('goes on where it was when it is started anew', async () => {
    await create({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
    await readyAll();
    await setVersion('2');
    const before = [await loops.get(SET), await shape(), await revisions()];
    await loops.restart(LOOPS);
    expect([await loops.get(SET), await shape(), await revisions()]).toEqual(before);
  });

  test('adopts pods that it selects, and takes one too many away', async () => {
    await loops.create(PODS, { metadata: { name: 'own', labels: { app: 'agent', v: '0' } }, spec: { nodeName: 'a', automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i' }] } });
    await create({ updateStrategy: { type: 'OnDelete' } });
    expect(await shape()).toEqual(['a: 0', 'b: 1', 'c: 1']);
    expect((await loops.get<Pod>(`${PODS}/own`))?.metadata.ownerReferences).toMatchObject([{ kind: 'DaemonSet', name: 'agent', controller: true }]);
    expect(await status()).toMatchObject({ currentNumberScheduled: 3, updatedNumberScheduled: 2 });
  });
});

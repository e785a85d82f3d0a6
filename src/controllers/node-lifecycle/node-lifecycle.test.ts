import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lease } from '../../api/types/generated/coordination-v1.ts';
import type { Event, Node, NodeCondition, Pod, Taint } from '../../api/types/generated/core-v1.ts';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';
import { EvictionQueues } from './eviction-queues.ts';
import { computeHealth, type SeenNode } from './node-health.ts';
import { computeExecutingTaints, computeSchedulingTaints, NOT_READY, UNREACHABLE } from './node-taints.ts';
import { computeZoneState, evictionRate, type ZoneState } from './zones.ts';

const T0 = Date.UTC(2026, 0, 1);
const LIMITS = { evictionRate: 0.1, secondaryEvictionRate: 0.01, largeZoneNodes: 50, unhealthyZoneShare: 0.55 };
const at = (seconds: number): string => new Date(T0 + 1000 * seconds).toISOString().replace('.000', '');

function makeNode(conditions: readonly Partial<NodeCondition>[], { taints = [], unschedulable }: { taints?: Taint[]; unschedulable?: boolean } = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'u', creationTimestamp: at(0) }, spec: { taints, ...(unschedulable !== undefined && { unschedulable }) }, status: { conditions: conditions as NodeCondition[] } };
}

describe('a node', () => {
  const lease = (second: number): Lease => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: {}, spec: { renewTime: at(second) } });
  const seen = (heardS: number, heartbeat: string | undefined, renewTime?: string): SeenNode => ({ heardMs: T0 + 1000 * heardS, heartbeat, renewTime });
  const ready = (status: string, heartbeatS: number): Partial<NodeCondition> => ({ type: 'Ready', status, lastHeartbeatTime: at(heartbeatS) });

  test.each<[string, Node, { lease?: Lease; seen?: SeenNode; nowS: number }, string | undefined, number]>([
    ['that is seen first is heard of now, whatever its clock says', makeNode([ready('True', -9999)]), { nowS: 100 }, 'True', 100],
    ['that renews its lease is heard of', makeNode([ready('True', 0)]), { lease: lease(90), seen: seen(10, at(0), at(5)), nowS: 100 }, 'True', 100],
    ['that reports its status is heard of', makeNode([ready('True', 95)]), { seen: seen(10, at(0)), nowS: 100 }, 'True', 100],
    ['that is silent for 50 s is given that time', makeNode([ready('True', 0)]), { lease: lease(5), seen: seen(50, at(0), at(5)), nowS: 100 }, 'True', 50],
    ['that is silent for longer is unknown', makeNode([ready('True', 0)]), { lease: lease(5), seen: seen(49, at(0), at(5)), nowS: 100 }, 'Unknown', 49],
    ['that says it is not ready is believed', makeNode([ready('False', 90)]), { seen: seen(10, at(0)), nowS: 100 }, 'False', 100],
    ['that never said anything is given a minute', makeNode([]), { seen: seen(0, undefined), nowS: 60 }, undefined, 0],
    ['that never said anything is unknown then', makeNode([]), { seen: seen(0, undefined), nowS: 61 }, 'Unknown', 0],
  ])('%s', (_, node, { lease: known, seen: before, nowS }, state, heardS) => {
    const health = computeHealth(node, { lease: known, seen: before, nowMs: T0 + 1000 * nowS, graceMs: 50_000, startupGraceMs: 60_000 });
    expect(health.ready).toBe(state);
    expect(health.seen.heardMs).toBe(T0 + 1000 * heardS);
    expect(health.conditions !== undefined).toBe(state === 'Unknown');
  });

  test('of which nothing is heard has conditions that say so', () => {
    const node = makeNode([ready('True', 0), { type: 'DiskPressure', status: 'False', lastHeartbeatTime: at(0) }, { type: 'Own', status: 'True' }]);
    const { conditions } = computeHealth(node, { lease: undefined, seen: seen(0, at(0)), nowMs: T0 + 100_000, graceMs: 50_000, startupGraceMs: 60_000 });
    const stopped = { status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: at(100), lastHeartbeatTime: at(0) };
    const never = { status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.', lastTransitionTime: at(100), lastHeartbeatTime: at(0) };
    expect(conditions).toEqual([
      { type: 'Ready', ...stopped },
      { type: 'DiskPressure', ...stopped },
      { type: 'Own', status: 'True' },
      { type: 'MemoryPressure', ...never },
      { type: 'PIDPressure', ...never },
    ]);
    expect(computeHealth(makeNode(conditions ?? []), { lease: undefined, seen: seen(0, at(0)), nowMs: T0 + 200_000, graceMs: 50_000, startupGraceMs: 60_000 }).conditions).toBeUndefined();
  });

  test.each<[Partial<NodeCondition>[], boolean, string[]]>([
    [[{ type: 'Ready', status: 'True' }], false, []],
    [[{ type: 'Ready', status: 'False' }], false, ['not-ready']],
    [[{ type: 'Ready', status: 'Unknown' }], true, ['unreachable', 'unschedulable']],
    [
      [{ type: 'MemoryPressure', status: 'True' }, { type: 'DiskPressure', status: 'True' }, { type: 'PIDPressure', status: 'True' }, { type: 'NetworkUnavailable', status: 'True' }],
      false,
      ['memory-pressure', 'disk-pressure', 'network-unavailable', 'pid-pressure'],
    ],
    [[{ type: 'MemoryPressure', status: 'Unknown' }], false, []],
  ])('with %j, unschedulable: %s, is kept free by %j', (conditions, unschedulable, keys) => {
    const own: Taint = { key: 'own', effect: 'NoSchedule' };
    const stale: Taint = { key: 'node.kubernetes.io/pid-pressure', effect: 'NoSchedule', timeAdded: at(1) };
    const taints = computeSchedulingTaints(makeNode(conditions, { unschedulable, taints: [own, stale] }), T0) ?? [own, stale];
    expect(taints.map(({ key }) => key).toSorted()).toEqual(['own', ...keys.map((key) => `node.kubernetes.io/${key}`)].toSorted());
    expect(taints.every(({ effect }) => effect === 'NoSchedule')).toBe(true);
    expect(computeSchedulingTaints(makeNode(conditions, { unschedulable, taints }), T0)).toBeUndefined();
  });

  test('bears one taint at most that drives pods out', () => {
    const unreachable = computeExecutingTaints(makeNode([]), UNREACHABLE, T0);
    expect(unreachable).toEqual([{ key: UNREACHABLE, effect: 'NoExecute', timeAdded: at(0) }]);
    const swapped = computeExecutingTaints(makeNode([], { taints: unreachable ?? [] }), NOT_READY, T0 + 5000);
    expect(swapped).toEqual([{ key: NOT_READY, effect: 'NoExecute', timeAdded: at(5) }]);
    expect(computeExecutingTaints(makeNode([], { taints: swapped ?? [] }), NOT_READY, T0)).toBeUndefined();
    expect(computeExecutingTaints(makeNode([], { taints: swapped ?? [] }), undefined, T0)).toEqual([]);
  });
});

describe('a zone', () => {
  test.each<[number, number, ZoneState, number]>([
    [10, 0, 'Normal', 0.1],
    [1, 2, 'Normal', 0.1],
    [3, 3, 'Normal', 0.1],
    [2, 3, 'PartialDisruption', 0],
    [20, 40, 'PartialDisruption', 0.01],
    [0, 1, 'FullDisruption', 0.1],
    [0, 0, 'Normal', 0.1],
  ])('with %d nodes ready and %d failing is in state %s and is emptied by %d a second', (ready, failing, state, rate) => {
    expect(computeZoneState({ ready, failing }, LIMITS)).toBe(state);
    expect(evictionRate(state, { nodes: ready + failing, areAllDisrupted: false }, LIMITS)).toBe(rate);
    expect(evictionRate(state, { nodes: ready + failing, areAllDisrupted: true }, LIMITS)).toBe(0);
  });

  test('is emptied node by node at its rate', async () => {
    const clock = new VirtualClock();
    const queues = new EvictionQueues(clock);
    queues.setRate('a', 0.1);
    queues.setRate('b', 0);
    for (const name of ['1', '2', '3']) queues.add('a', name);
    queues.add('b', '4');
    expect(queues.take()).toEqual(['1']);
    expect(queues.take()).toEqual([]);
    await clock.advance(10_000);
    queues.remove('2');
    expect(queues.take()).toEqual(['3']);
    expect(queues.hasWork).toBe(false);
    queues.setRate('b', 1);
    expect(queues.take()).toEqual(['4']);
  });
});

describe('nodes that fail', () => {
  const NODES = '/api/v1/nodes';
  const PODS = '/api/v1/namespaces/default/pods';
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['node-lifecycle-controller', 'taint-eviction-controller', 'serviceaccount-controller']);
    await loops.startNodes({ nodes: [1, 2, 3].map((n) => ({ name: `node-${n}` })) });
    await loops.settle(5_000);
  });
  afterEach(async () => {
    await loops.close();
  });

  const node = async (name: string): Promise<Node | undefined> => loops.get<Node>(`${NODES}/${name}`);
  const taints = async (name: string): Promise<string[]> => ((await node(name))?.spec?.taints ?? []).map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`).toSorted();
  const fail = (name: string, failed = true): Promise<unknown> => loops.merge(`${NODES}/${name}`, { metadata: { annotations: { 'simulated.steersman.dev/failed': failed ? 'true' : null } } });
  const status = async (name: string): Promise<string | undefined> => (await node(name))?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  const run = (name: string, nodeName: string, seconds = 30): Promise<unknown> =>
    loops.create(PODS, {
      metadata: { name },
      spec: { nodeName, automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }], tolerations: ['not-ready', 'unreachable'].map((key) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds })) },
    });
  const events = async (name: string): Promise<string[]> => {
    const list = await loops.get<{ items: Event[] }>(`/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D${name}`);
    return (list?.items ?? []).filter(({ source }) => source?.component !== 'kubelet').map(({ type, reason, message, source }) => `${type} ${reason} ${source?.component}: ${message}`);
  };

  test('lose their taint when they are Ready first, and it is told that they are watched', async () => {
    expect(await status('node-1')).toBe('True');
    expect(await taints('node-1')).toEqual([]);
    expect(await events('node-1')).toEqual(['Normal RegisteredNode node-controller: Node node-1 event: Registered Node node-1 in Controller']);
  });

  test('are unknown after 50 s, their pods not Ready, and after the time that these bear it deleted', async () => {
    await run('web', 'node-1');
    await loops.settle();
    await fail('node-1');
    await loops.settle(50_000);
    expect(await status('node-1')).toBe('True');
    await loops.settle(15_000);
    expect((await node('node-1'))?.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' });
    expect(await taints('node-1')).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule']);
    expect(await events('node-1')).toContain('Normal NodeNotReady node-controller: Node node-1 status is now: NodeNotReady');
    const pod = await loops.get<Pod>(`${PODS}/web`);
    expect(pod?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('False');
    expect(await events('web')).toContain('Warning NodeNotReady node-controller: Node is not ready');
    await loops.settle(32_000);
    const deleted = await loops.get<Pod>(`${PODS}/web`);
    expect(deleted?.metadata.deletionTimestamp).toBeDefined();
    expect(deleted?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' });
    expect(await events('web')).toContain('Normal TaintManagerEviction taint-eviction-controller: Marking for deletion Pod default/web');
    await fail('node-1', false);
    await loops.settle(10_000);
    expect(await loops.get(`${PODS}/web`)).toBeUndefined();
    expect(await status('node-1')).toBe('True');
    expect(await taints('node-1')).toEqual([]);
  });

  test('keep their pods when they come back in time', async () => {
    await run('web', 'node-1', 300);
    await loops.settle();
    await fail('node-1');
    await loops.settle(120_000);
    expect(await taints('node-1')).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule']);
    await fail('node-1', false);
    await loops.settle(300_000);
    const pod = await loops.get<Pod>(`${PODS}/web`);
    expect(pod?.metadata.deletionTimestamp).toBeUndefined();
    expect(pod?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(await events('web')).toContain('Normal TaintManagerEviction taint-eviction-controller: Cancelling deletion of Pod default/web');
  });

  test('are emptied one after the other', async () => {
    await Promise.all(['node-1', 'node-2'].map((name) => fail(name)));
    await loops.settle(58_000);
    const emptied = [await taints('node-1'), await taints('node-2')].filter((each) => each.includes('unreachable:NoExecute'));
    expect(emptied).toHaveLength(1);
    await loops.settle(11_000);
    expect([await taints('node-1'), await taints('node-2')].every((each) => each.includes('unreachable:NoExecute'))).toBe(true);
  });

  test('all at once are not emptied: it may be that nothing is heard here', async () => {
    await Promise.all(['node-1', 'node-2', 'node-3'].map((name) => fail(name)));
    await loops.settle(120_000);
    for (const name of ['node-1', 'node-2', 'node-3']) expect(await taints(name)).toEqual(['unreachable:NoSchedule']);
    await fail('node-1', false);
    await loops.settle(20_000);
    expect(await taints('node-1')).toEqual([]);
    await loops.settle(60_000);
    expect(await taints('node-2')).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule']);
  });

  test('that are deleted are told to be gone', async () => {
    await loops.delete(`${NODES}/node-2`);
    await loops.settle(6_000);
    expect(await events('node-2')).toContain('Normal RemovingNode node-controller: Node node-2 event: Removing Node node-2 from Controller');
  });

  test('that say that they are not ready drive out pods that do not bear it, at once', async () => {
    await loops.create(PODS, { metadata: { name: 'delicate' }, spec: { nodeName: 'node-1', automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i' }], tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' }] } });
    await loops.merge(`${NODES}/node-1`, { spec: { taints: [{ key: 'mine', effect: 'NoExecute' }] } });
    await loops.gone(`${PODS}/delicate`);
    await loops.merge(`${NODES}/node-1`, { metadata: { annotations: { 'simulated.steersman.dev/conditions': 'NotReady' } } });
    await loops.settle(12_000);
    expect(await taints('node-1')).toEqual(['mine:NoExecute', 'not-ready:NoExecute', 'not-ready:NoSchedule']);
  });

  test('that are cordoned are kept free', async () => {
    await loops.merge(`${NODES}/node-1`, { spec: { unschedulable: true } });
    await loops.settle();
    expect(await taints('node-1')).toEqual(['unschedulable:NoSchedule']);
    await loops.merge(`${NODES}/node-1`, { spec: { unschedulable: null } });
    await loops.settle();
    expect(await taints('node-1')).toEqual([]);
  });
});

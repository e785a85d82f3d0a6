import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lease } from '../../api/types/generated/coordination-v1.ts';
import type { Event, Node, Pod, PodSpec } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../../controllers/loop-cluster.contract.ts';
import type { PodScript } from './container-script.ts';

const NODES = '/api/v1/nodes';
const PODS = '/api/v1/namespaces/default/pods';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const SIMULATED = { 'steersman.dev/simulated': 'true' };

let loops: LoopCluster;
beforeEach(async () => {
  loops = await LoopCluster.open([]);
  await loops.create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
});
afterEach(async () => {
  expect(loops.log).toEqual([]);
  await loops.close();
});

const node = (name: string): Promise<Node | undefined> => loops.get<Node>(`${NODES}/${name}`);
const pod = (name: string): Promise<Pod | undefined> => loops.get<Pod>(`${PODS}/${name}`);
const condition = (object: Node | Pod | undefined, type: string): object | undefined => (object?.status?.conditions as { type: string }[] | undefined)?.find((each) => each.type === type);

async function run(name: string, { nodeName = 'node-1', spec = {}, metadata = {}, settleMs = 500 }: { nodeName?: string; spec?: Partial<PodSpec>; metadata?: object; settleMs?: number } = {}): Promise<void> {
  await loops.create(PODS, { metadata: { name, ...metadata }, spec: { nodeName, automountServiceAccountToken: false, containers: [{ name: 'c', image: 'nginx:1.27' }], ...spec } });
  await loops.settle(settleMs);
}

async function events(name: string): Promise<string[]> {
  const list = await loops.get<{ items: Event[] }>(`/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D${name}`);
  return (list?.items ?? []).map(({ type, reason, message, source, involvedObject }) => `${type} ${reason} ${source?.component}/${source?.host} ${involvedObject.fieldPath ?? ''}: ${message}`);
}

describe('a simulated node', () => {
  test('is registered as a kubelet does it, Ready, and renews its lease', async () => {
    await loops.startNodes({ nodes: [{ name: 'node-1', labels: { zone: 'a' }, capacity: { cpu: '2' } }] });
    const made = await node('node-1');
    expect(made?.metadata.labels).toEqual({
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': 'node-1',
      'kubernetes.io/os': 'linux',
      zone: 'a',
    });
    expect(made?.status).toMatchObject({
      capacity: { cpu: '2', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' },
      allocatable: { cpu: '2' },
      addresses: [{ type: 'InternalIP', address: '172.18.0.2' }, { type: 'Hostname', address: 'node-1' }],
      nodeInfo: { operatingSystem: 'linux', architecture: 'amd64' },
    });
    expect(condition(made, 'Ready')).toMatchObject({ status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' });
    expect(await events('node-1')).toContain('Normal NodeReady kubelet/node-1 : Node node-1 status is now: NodeReady');
    const first = await loops.get<Lease>(`${LEASES}/node-1`);
    expect(first).toMatchObject({ metadata: { ownerReferences: [{ kind: 'Node', name: 'node-1', uid: made?.metadata.uid }] }, spec: { holderIdentity: 'node-1', leaseDurationSeconds: 40 } });
    await loops.settle(11_000);
    const second = await loops.get<Lease>(`${LEASES}/node-1`);
    expect(Date.parse(second?.spec?.renewTime ?? '') - Date.parse(first?.spec?.renewTime ?? '')).toBeGreaterThan(9_000);
  });

  test('reports about every five minutes that nothing is new, and at once what is', async () => {
    await loops.startNodes({ nodes: [{ name: 'node-1' }] });
    const before = (await node('node-1'))?.metadata.resourceVersion;
    await loops.settle(145_000);
    expect((await node('node-1'))?.metadata.resourceVersion).toBe(before);
    await loops.settle(310_000);
    expect((await node('node-1'))?.metadata.resourceVersion).not.toBe(before);
    await loops.merge(`${NODES}/node-1`, { metadata: { annotations: { 'simulated.steersman.dev/conditions': 'MemoryPressure,NotReady' } } });
    await loops.settle();
    expect(condition(await node('node-1'), 'MemoryPressure')).toMatchObject({ status: 'True', reason: 'KubeletHasInsufficientMemory' });
    expect(condition(await node('node-1'), 'Ready')).toMatchObject({ status: 'False', reason: 'KubeletNotReady' });
    expect(await events('node-1')).toContain('Normal NodeNotReady kubelet/node-1 : Node node-1 status is now: NodeNotReady');
  });

  test('is any that says so, with what it was given', async () => {
    await loops.startNodes();
    await loops.create(NODES, { metadata: { name: 'big', annotations: SIMULATED, labels: { 'kubernetes.io/hostname': 'huge' } }, status: { capacity: { cpu: '64', memory: '1Ti', pods: '500', 'example.com/gpu': '8' }, addresses: [{ type: 'InternalIP', address: '10.1.1.1' }] } });
    await loops.create(NODES, { metadata: { name: 'real' } });
    await loops.settle();
    const big = await node('big');
    expect(big?.metadata.labels).toMatchObject({ 'kubernetes.io/hostname': 'huge', 'kubernetes.io/os': 'linux' });
    expect(big?.status).toMatchObject({ capacity: { cpu: '64', 'example.com/gpu': '8' }, addresses: [{ address: '10.1.1.1' }] });
    expect(condition(big, 'Ready')).toMatchObject({ status: 'True' });
    expect(condition(await node('real'), 'Ready')).toBeUndefined();
    expect(await loops.names(LEASES)).toEqual(['big']);
  });

  test('that fails is silent, and so are its pods, until it comes back', async () => {
    await loops.startNodes({ nodes: [{ name: 'node-1' }] });
    await run('web');
    await loops.merge(`${NODES}/node-1`, { metadata: { annotations: { 'simulated.steersman.dev/failed': 'true' } } });
    await loops.settle();
    const renewed = (await loops.get<Lease>(`${LEASES}/node-1`))?.spec?.renewTime;
    await loops.delete(`${PODS}/web`);
    await run('late');
    await loops.settle(60_000);
    expect((await loops.get<Lease>(`${LEASES}/node-1`))?.spec?.renewTime).toBe(renewed);
    expect((await pod('web'))?.status?.phase).toBe('Running');
    expect((await pod('late'))?.status?.phase).toBe('Pending');
    await loops.merge(`${NODES}/node-1`, { metadata: { annotations: { 'simulated.steersman.dev/failed': null } } });
    await loops.settle();
    expect(await pod('web')).toBeUndefined();
    expect((await pod('late'))?.status?.phase).toBe('Running');
  });
});

describe('a pod on a simulated node', () => {
  beforeEach(() => loops.startNodes({ nodes: [{ name: 'node-1', capacity: { cpu: '4', pods: '3' } }] }));

  test('runs, with addresses, and is Ready', async () => {
    await loops.create(PODS, { metadata: { name: 'web' }, spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'nginx:1.27' }] } });
    await loops.settle();
    expect((await pod('web'))?.status?.phase).toBe('Pending');
    await loops.create(`${PODS}/web/binding`, { metadata: { name: 'web' }, target: { kind: 'Node', name: 'node-1' } });
    await loops.settle();
    const made = await pod('web');
    expect(made?.status).toMatchObject({ phase: 'Running', hostIP: '172.18.0.2', podIP: '10.88.0.2', qosClass: 'BestEffort', observedGeneration: 1 });
    expect(made?.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual(['PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True', 'PodScheduled=True']);
    expect(made?.metadata.managedFields?.map(({ manager, subresource }) => `${manager} ${subresource}`)).toContain('kubelet status');
    expect(await events('web')).toEqual([
      'Normal Pulled kubelet/node-1 spec.containers{c}: Container image "nginx:1.27" already present on machine and can be accessed by the pod',
      'Normal Created kubelet/node-1 spec.containers{c}: Container created',
      'Normal Started kubelet/node-1 spec.containers{c}: Container started',
    ]);
  });

  test('has its addresses from the range of its node, on the host network the host\'s, and gives them back', async () => {
    await loops.create(NODES, { metadata: { name: 'ranged', annotations: SIMULATED }, spec: { podCIDRs: ['10.244.7.0/30', 'fd00::/120'] } });
    await loops.settle();
    await run('a', { nodeName: 'ranged' });
    expect((await pod('a'))?.status?.podIPs).toEqual([{ ip: '10.244.7.2' }, { ip: 'fd00::2' }]);
    await run('b', { nodeName: 'ranged' });
    expect((await pod('b'))?.status).toMatchObject({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] });
    expect(await events('b')).toEqual(['Warning FailedCreatePodSandBox kubelet/ranged : Failed to create pod sandbox: no IP addresses available in range set: 10.244.7.0/30, fd00::/120']);
    await run('host', { nodeName: 'ranged', spec: { hostNetwork: true } });
    const host = (await pod('host'))?.status;
    expect(host?.podIP).toBe(host?.hostIP);
    await loops.delete(`${PODS}/a`);
    await loops.settle(11_000);
    expect((await pod('b'))?.status).toMatchObject({ phase: 'Running', podIP: '10.244.7.2' });
  });

  test('that is deleted ends, and then is gone', async () => {
    await run('slow', { metadata: { annotations: { 'simulated.steersman.dev/stop-duration': '5s' } } });
    await loops.delete(`${PODS}/slow`);
    await loops.settle(2_000);
    expect((await pod('slow'))?.status?.phase).toBe('Running');
    expect(await events('slow')).toContain('Normal Killing kubelet/node-1 spec.containers{c}: Stopping container c');
    await loops.settle(4_000);
    expect(await pod('slow')).toBeUndefined();
  });

  test('that is deleted stays with what it came to until its finalizers are done', async () => {
    await run('kept', { metadata: { finalizers: ['example.com/keep'] } });
    await loops.delete(`${PODS}/kept`);
    await loops.settle(5_000);
    const kept = await pod('kept');
    expect(kept?.metadata.deletionGracePeriodSeconds).toBe(0);
    expect(kept?.status).toMatchObject({ phase: 'Succeeded', containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }] });
    await loops.merge(`${PODS}/kept`, { metadata: { finalizers: null } });
    await loops.settle();
    expect(await pod('kept')).toBeUndefined();
  });

  test.each<[string, Partial<PodSpec>, string, string]>([
    ['too many processors', { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '4500m' } } }] }, 'OutOfcpu', "Node didn't have enough resource: cpu, requested: 4500, used: 500, capacity: 4000"],
    ['another node', { nodeSelector: { zone: 'b' } }, 'NodeAffinity', 'Predicate NodeAffinity failed'],
    ['another system', { os: { name: 'windows' } }, 'PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS"],
  ])('that wants %s is refused', async (_, spec, reason, message) => {
    await run('first', { spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '500m' } } }] } });
    await run('refused', { spec });
    const { status } = (await pod('refused')) ?? {};
    expect(status).toMatchObject({ phase: 'Failed', reason, message: `Pod was rejected: ${message}` });
    expect(status?.containerStatuses).toBeUndefined();
    expect(await events('refused')).toEqual([`Warning ${reason} kubelet/node-1 : ${message}`]);
  });

  test('finds no place on a full node, until one has ended', async () => {
    for (const name of ['a', 'b']) await run(name);
    await run('task', { spec: { restartPolicy: 'Never' }, settleMs: 2_000 });
    expect((await pod('task'))?.status?.phase).toBe('Succeeded');
    await run('c');
    await run('d');
    expect((await pod('c'))?.status?.phase).toBe('Running');
    expect((await pod('d'))?.status).toMatchObject({ phase: 'Failed', reason: 'OutOfpods', message: "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3" });
  });

  test('keeps what others say of it', async () => {
    await run('web', { spec: { readinessGates: [{ conditionType: 'example.com/gate' }] } });
    expect(condition(await pod('web'), 'Ready')).toMatchObject({ status: 'False', reason: 'ReadinessGatesNotReady' });
    const { status } = (await pod('web')) ?? {};
    const gate = { type: 'example.com/gate', status: 'True' };
    await loops.merge(`${PODS}/web/status`, { status: { conditions: [...(status?.conditions ?? []), gate] } });
    await loops.settle();
    expect(condition(await pod('web'), 'Ready')).toMatchObject({ status: 'True' });
    expect(condition(await pod('web'), 'example.com/gate')).toMatchObject(gate);
  });

  test('goes on where it was when the nodes are played by another process, with the address it had', async () => {
    await run('web', { metadata: { annotations: { 'simulated.steersman.dev/ready-after': '10s' } } });
    const before = await pod('web');
    await loops.startNodes();
    expect(await pod('web')).toEqual(before);
    await run('other');
    expect((await pod('other'))?.status?.podIP).not.toBe(before?.status?.podIP);
    await loops.settle(12_000);
    expect(condition(await pod('web'), 'Ready')).toMatchObject({ status: 'True' });
    expect((await pod('web'))?.status?.containerStatuses?.[0]?.containerID).toBe(before?.status?.containerStatuses?.[0]?.containerID);
  });

  test('does what a function says, and annotations say the rest', async () => {
    const script: PodScript = ({ metadata }, container) => (metadata.name === 'odd' && container === 'c' ? { runMs: 3000, exitReason: 'OOMKilled', exitCode: 137 } : undefined);
    await loops.startNodes({ script });
    await run('odd', { spec: { restartPolicy: 'Never' }, metadata: { annotations: { 'simulated.steersman.dev/termination-message': 'too big', 'simulated.steersman.dev/run-duration': '1h' } }, settleMs: 4000 });
    expect((await pod('odd'))?.status).toMatchObject({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 137, reason: 'OOMKilled', message: 'too big' } } }] });
  });

  test('is told what of its annotations cannot be read', async () => {
    await run('odd', { metadata: { annotations: { 'simulated.steersman.dev/exit-code': 'x' } } });
    expect((await events('odd'))[0]).toBe('Warning InvalidSimulation kubelet/node-1 : annotation simulated.steersman.dev/exit-code: "x" is no whole number from 0 to 255');
    expect((await pod('odd'))?.status?.phase).toBe('Running');
  });
});

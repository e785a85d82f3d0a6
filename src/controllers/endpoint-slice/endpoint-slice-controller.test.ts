import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EndpointSlice } from '../../api/types/generated/discovery-v1.ts';
import type { Event, Pod, Service } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';
import { computeServiceSlices } from './endpoint-slice-controller.ts';

const NS = '/api/v1/namespaces/default';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';

describe('the slices of a service', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['endpointslice-controller', 'serviceaccount-controller']);
    for (const zone of ['a', 'b']) await loops.create('/api/v1/nodes', { metadata: { name: `node-${zone}`, labels: { 'topology.kubernetes.io/zone': zone } } });
  });
  afterEach(() => loops.close());

  const pod = async (name: string, ip: string | readonly string[], { ready = true, node = 'node-a', spec = {} } = {}): Promise<void> => {
    const podIPs = [ip].flat().map((each) => ({ ip: each }));
    await loops.create(`${NS}/pods`, { metadata: { name, labels: { app: 'w' } }, spec: { nodeName: node, automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }], ...spec } });
    await loops.merge(`${NS}/pods/${name}/status`, { status: { phase: 'Running', podIP: podIPs[0]?.ip, podIPs, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2020-01-01T00:00:00Z' }] } });
  };
  const service = async (spec: object = {}, metadata: object = {}): Promise<void> => {
    await loops.create(`${NS}/services`, { metadata: { name: 's', ...metadata }, spec: { selector: { app: 'w' }, ports: [{ port: 80 }], ...spec } });
    await loops.settle();
  };
  const slices = async (): Promise<EndpointSlice[]> => (await loops.get<{ items: EndpointSlice[] }>(`${SLICES}?labelSelector=kubernetes.io/service-name%3Ds`))?.items ?? [];

  test('say what each pod is up to, and where it runs', async () => {
    await pod('a', '10.9.0.1');
    await service({}, { labels: { team: 'x' } });
    const [slice] = await slices();
    expect(slice?.metadata).toMatchObject({
      generateName: 's-',
      labels: { team: 'x', 'kubernetes.io/service-name': 's', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 's', controller: true, blockOwnerDeletion: true }],
    });
    expect(slice?.endpoints).toMatchObject([{ addresses: ['10.9.0.1'], conditions: { ready: true, serving: true, terminating: false }, nodeName: 'node-a', zone: 'a', targetRef: { kind: 'Pod', name: 'a' } }]);
    expect(slice?.ports).toEqual([{ name: '', port: 80, protocol: 'TCP' }]);
    await loops.delete(`${NS}/pods/a`);
    await loops.settle();
    const [after] = await slices();
    expect(after?.endpoints?.[0]?.conditions).toEqual({ ready: false, serving: true, terminating: true });
    expect(after?.metadata.annotations?.[TRIGGER]).toBeUndefined();
    expect(loops.log).toEqual([]);
  });

  test.each<[boolean, boolean, object]>([
    [false, false, { ready: false, serving: false, terminating: false }],
    [true, true, { ready: true, serving: true, terminating: false }],
    [false, true, { ready: true, serving: false, terminating: false }],
  ])('of a pod that is ready: %s, publishing unready ones: %s, say %j', async (ready, publishNotReadyAddresses, conditions) => {
    await pod('a', '10.9.0.1', { ready });
    await service({ publishNotReadyAddresses });
    expect((await slices())[0]?.endpoints?.[0]?.conditions).toEqual(conditions);
  });

  test('say that there is nobody by an empty slice, which is filled when somebody comes', async () => {
    await service();
    const [empty] = await slices();
    expect([empty?.endpoints, empty?.ports]).toEqual([null, null]);
    await pod('a', '10.9.0.1');
    await loops.settle();
    expect((await slices()).map(({ metadata, endpoints }) => [metadata.name, endpoints?.length])).toEqual([[empty?.metadata.name, 1]]);
    await loops.merge(`${NS}/pods/a`, { metadata: { labels: { app: 'x' } } });
    await loops.settle();
    expect((await slices()).map(({ metadata, endpoints, ports }) => [metadata.name, endpoints, ports])).toEqual([[empty?.metadata.name, null, null]]);
  });

  test('keep pods of a node that is not there back, until it is', async () => {
    await pod('a', '10.9.0.1', { node: 'node-c' });
    await service();
    expect((await slices()).map(({ endpoints }) => endpoints)).toEqual([null]);
    await loops.create('/api/v1/nodes', { metadata: { name: 'node-c' } });
    await loops.until(async () => (await slices())[0]?.endpoints?.length === 1);
  });

  test.each<[string, object | undefined]>([
    ['PreferClose', { forZones: [{ name: 'a' }] }],
    ['PreferSameZone', { forZones: [{ name: 'a' }] }],
    ['PreferSameNode', { forZones: [{ name: 'a' }], forNodes: [{ name: 'node-a' }] }],
  ])('hint at who is near, with %s', async (trafficDistribution, hints) => {
    await pod('a', '10.9.0.1');
    await pod('b', '10.9.0.2', { ready: false });
    await service({ trafficDistribution });
    expect((await slices())[0]?.endpoints?.map((endpoint) => endpoint.hints)).toEqual([hints, undefined]);
    await loops.merge(`${NS}/services/s`, { spec: { trafficDistribution: null } });
    await loops.settle();
    expect((await slices())[0]?.endpoints?.map((endpoint) => endpoint.hints)).toEqual([undefined, undefined]);
  });

  test('are divided among zones by their sizes, as far as that can be, and say so', async () => {
    const events = async (): Promise<string[]> => {
      const list = await loops.get<{ items: Event[] }>(`${NS}/events`);
      return (list?.items ?? []).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
    };
    const hints = async (): Promise<string[]> => ((await slices())[0]?.endpoints ?? []).map((endpoint) => endpoint.hints?.forZones?.[0]?.name ?? '-').toSorted((x, y) => (x < y ? -1 : 1));
    for (const [i, ip] of ['10.9.0.1', '10.9.0.2', '10.9.0.3', '10.9.0.4'].entries()) await pod(`p${i}`, ip);
    await service({}, { annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } });
    expect([await hints(), await events()]).toEqual([['-', '-', '-', '-'], ['Warning TopologyAwareHintsDisabled: Insufficient Node information: allocatable CPU or zone not specified on one or more nodes, addressType: IPv4']]);
    for (const zone of ['a', 'b']) await loops.merge(`/api/v1/nodes/node-${zone}/status`, { status: { allocatable: { cpu: '2' }, conditions: [{ type: 'Ready', status: 'True' }] } });
    await loops.settle();
    expect([await hints(), (await events()).at(-1)]).toEqual([['a', 'a', 'b', 'b'], 'Normal TopologyAwareHintsEnabled: Topology Aware Hints has been enabled, addressType: IPv4']);
  });

  test('are restored when somebody changes or deletes them', async () => {
    await pod('a', '10.9.0.1');
    await service();
    const [slice] = await slices();
    await loops.merge(`${SLICES}/${slice?.metadata.name}`, { endpoints: [{ addresses: ['192.0.2.1'] }] });
    await loops.settle();
    expect((await slices()).flatMap(({ endpoints }) => endpoints?.map(({ addresses }) => addresses[0]))).toEqual(['10.9.0.1']);
    await loops.delete(`${SLICES}/${slice?.metadata.name}`);
    await loops.settle();
    expect(await slices()).toHaveLength(1);
  });
});

describe('a service of two families of addresses', () => {
  const service: Service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'x', uid: 'u' }, spec: { clusterIP: 'None', ipFamilies: ['IPv4', 'IPv6'], selector: {} } };
  const pod = (name: string, ...ips: string[]): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'x' }, status: { podIP: ips[0] ?? '', podIPs: ips.map((ip) => ({ ip })) } });
  const plan = (pods: readonly Pod[], existing: readonly EndpointSlice[], of = service): ReturnType<typeof computeServiceSlices>['plan'] => computeServiceSlices({ service: of, pods, nodeOf: () => undefined, shares: () => undefined }, existing, 100).plan;

  test('has slices for each; a pod is in those that it has addresses for', () => {
    const { create } = plan([pod('a', '10.9.0.1', 'fd00::1'), pod('b', '10.9.0.2')], []);
    expect(create.map(({ addressType, endpoints }) => [addressType, (endpoints ?? []).flatMap(({ addresses }) => addresses)])).toEqual([['IPv4', ['10.9.0.1', '10.9.0.2']], ['IPv6', ['fd00::1']]]);
    expect(create[0]?.metadata.labels?.['service.kubernetes.io/headless']).toBe('');
  });

  test('loses the slices of a family that it gives up, and those of a service of the same name before it', () => {
    const existing = plan([pod('a', '10.9.0.1', 'fd00::1')], []).create;
    const single = { ...service, spec: { ...service.spec, ipFamilies: ['IPv4'] } };
    expect(plan([pod('a', '10.9.0.1', 'fd00::1')], existing, single)).toEqual({ create: [], update: [], delete: [existing[1]] });
    const other = { ...single, metadata: { ...service.metadata, uid: 'v' } };
    expect(plan([], existing, other)).toMatchObject({ create: [{ addressType: 'IPv4' }], delete: existing });
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoints, EndpointSubset } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';
import { truncateSubsets } from './compute-subsets.ts';

const NS = '/api/v1/namespaces/default';
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';

describe('the endpoints of a service', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['endpoints-controller', 'serviceaccount-controller']);
  });
  afterEach(() => loops.close());

  const pod = async (name: string, ip: string, { ready = true, spec = {}, ports = [] as object[] } = {}): Promise<void> => {
    await loops.create(`${NS}/pods`, { metadata: { name, labels: { app: 'w' } }, spec: { nodeName: 'n', automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i', ports }], ...spec } });
    await loops.merge(`${NS}/pods/${name}/status`, { status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2020-01-01T00:00:00Z' }] } });
    await loops.settle();
  };
  const service = async (spec: object = {}, metadata: object = {}): Promise<void> => {
    await loops.create(`${NS}/services`, { metadata: { name: 's', ...metadata }, spec: { selector: { app: 'w' }, ports: [{ port: 80 }], ...spec } });
    await loops.settle();
  };
  const endpoints = (): Promise<Endpoints | undefined> => loops.get<Endpoints>(`${NS}/endpoints/s`);
  const ips = async (): Promise<{ ready: string[]; notReady: string[] }[]> =>
    ((await endpoints())?.subsets ?? []).map(({ addresses = [], notReadyAddresses = [] }) => ({ ready: addresses.map(({ ip }) => ip), notReady: notReadyAddresses.map(({ ip }) => ip) }));

  test('tell ready pods from others, in the order of their addresses', async () => {
    await service();
    expect(await ips()).toEqual([]);
    await pod('a', '10.9.0.2');
    await pod('b', '10.9.0.1');
    await pod('c', '10.9.0.3', { ready: false });
    expect(await ips()).toEqual([{ ready: ['10.9.0.1', '10.9.0.2'], notReady: ['10.9.0.3'] }]);
    expect((await endpoints())?.subsets?.[0]?.addresses?.[0]).toMatchObject({ nodeName: 'n', targetRef: { kind: 'Pod', name: 'b', namespace: 'default' } });
    expect(loops.log).toEqual([]);
  });

  test('show not pods that leave, end, or have another label', async () => {
    await service();
    for (const [name, ip] of [['a', '10.9.0.1'], ['b', '10.9.0.2'], ['c', '10.9.0.3'], ['d', '10.9.0.4']] as const) await pod(name, ip);
    await loops.delete(`${NS}/pods/a`);
    await loops.merge(`${NS}/pods/b/status`, { status: { phase: 'Succeeded' } });
    await loops.merge(`${NS}/pods/c`, { metadata: { labels: { app: 'x' } } });
    await loops.settle();
    expect(await ips()).toEqual([{ ready: ['10.9.0.4'], notReady: [] }]);
  });

  test('show unready and leaving pods as ready where the service says so', async () => {
    await service({ publishNotReadyAddresses: true });
    await pod('a', '10.9.0.1', { ready: false });
    await pod('b', '10.9.0.2');
    await loops.delete(`${NS}/pods/b`);
    await loops.settle();
    expect(await ips()).toEqual([{ ready: ['10.9.0.1', '10.9.0.2'], notReady: [] }]);
  });

  test('find ports by name, in each pod its own', async () => {
    await service({ ports: [{ name: 'main', port: 80, targetPort: 'http', appProtocol: 'http' }] });
    await pod('a', '10.9.0.1', { ports: [{ name: 'http', containerPort: 8081 }] });
    await pod('b', '10.9.0.2', { ports: [{ name: 'http', containerPort: 8082 }] });
    await pod('c', '10.9.0.3', { ports: [{ name: 'http', containerPort: 8083, protocol: 'UDP' }] });
    expect((await endpoints())?.subsets).toMatchObject([
      { addresses: [{ ip: '10.9.0.1' }], ports: [{ name: 'main', port: 8081, protocol: 'TCP', appProtocol: 'http' }] },
      { addresses: [{ ip: '10.9.0.2' }], ports: [{ name: 'main', port: 8082, protocol: 'TCP', appProtocol: 'http' }] },
    ]);
  });

  test('carry the labels of the service, and a mark when it is headless', async () => {
    await service({ clusterIP: 'None', ports: [] }, { labels: { team: 'x' } });
    await pod('a', '10.9.0.1', { spec: { hostname: 'h', subdomain: 's' } });
    const found = await endpoints();
    expect(found?.metadata.labels).toEqual({ team: 'x', 'service.kubernetes.io/headless': '', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' });
    expect(found?.subsets).toMatchObject([{ addresses: [{ ip: '10.9.0.1', hostname: 'h' }] }]);
    expect(found?.subsets?.[0]?.ports).toBeUndefined();
    await loops.merge(`${NS}/services/s`, { metadata: { labels: null } });
    await loops.settle();
    expect((await endpoints())?.metadata.labels?.['team']).toBeUndefined();
  });

  test('tell when the change began that they show, once', async () => {
    await service();
    const created = (await endpoints())?.metadata.annotations?.[TRIGGER];
    expect(created).toBe((await loops.get(`${NS}/services/s`))?.metadata.creationTimestamp);
    await pod('a', '10.9.0.1');
    await loops.merge(`${NS}/pods/a`, { metadata: { labels: { app: 'x' } } });
    await loops.settle();
    expect((await endpoints())?.metadata.annotations?.[TRIGGER]).toBeUndefined();
  });

  test('come again when they are deleted, and go with the service', async () => {
    await service();
    await loops.delete(`${NS}/endpoints/s`);
    await loops.settle();
    expect(await endpoints()).toBeDefined();
    await loops.delete(`${NS}/services/s`);
    await loops.settle();
    expect(await endpoints()).toBeUndefined();
  });

  test.each([{ selector: null }, { type: 'ExternalName', externalName: 'example.com', ports: null }])('are their author’s where the service is %j', async (spec) => {
    await service(spec);
    await loops.create(`${NS}/endpoints`, { metadata: { name: 's' }, subsets: [{ addresses: [{ ip: '192.0.2.1' }] }] });
    await loops.settle();
    expect(await ips()).toEqual([{ ready: ['192.0.2.1'], notReady: [] }]);
  });
});

test.each<[string, number[], number[], number[], number[]]>([
  ['few enough', [2], [3], [2], [3]],
  ['unready ones first, by shares', [4, 0], [4, 8], [4, 0], [2, 4]],
  ['ready ones by shares, when they are too many alone', [10, 10], [5, 5], [5, 5], [0, 0]],
])('of too many addresses remain: %s', (_, ready, notReady, keptReady, keptNotReady) => {
  const some = (count = 0): { ip: string }[] => Array.from({ length: count }, (_unused, i) => ({ ip: `10.0.0.${i}` }));
  const subsets: EndpointSubset[] = ready.map((count, i) => ({ addresses: some(count), notReadyAddresses: some(notReady[i]) }));
  const kept = truncateSubsets(subsets, 10);
  expect([kept.map(({ addresses = [] }) => addresses.length), kept.map(({ notReadyAddresses = [] }) => notReadyAddresses.length)]).toEqual([keptReady, keptNotReady]);
});

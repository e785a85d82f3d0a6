import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { openApiServer } from '../../sdk/cluster/api-server-process.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { generateClusterCertificates, servingHosts } from '../certificates/cluster-certificates.ts';
import { InProcessRequest, readAnswer } from '../http/in-process.ts';
import type { ApiServer } from '../api-server.ts';
import { repairServiceAllocations } from './repair.ts';

interface Body {
  message?: string;
  code?: number;
  metadata?: { name?: string; labels?: Record<string, string>; deletionTimestamp?: string; deletionGracePeriodSeconds?: number };
  spec?: { clusterIP?: string; clusterIPs?: string[]; ipFamilies?: string[]; ports?: { nodePort?: number }[]; healthCheckNodePort?: number; parentRef?: unknown };
  status?: { conditions?: object[] };
  items?: Body[];
}

const USER = { name: 'admin', groups: ['system:masters'] };
const clock = new VirtualClock();
const certificates = generateClusterCertificates(servingHosts(), clock.now());
const SERVICES = '/api/v1/namespaces/default/services';

class TestServer {
  readonly store: MemoryStore;
  readonly server: ApiServer;
  constructor(store: MemoryStore, server: ApiServer) {
    this.store = store;
    this.server = server;
  }

  async send(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const response = await this.server.handle(
      new InProcessRequest({ method, path, user: USER, headers: { accept: 'application/json', 'content-type': contentType }, ...(body !== undefined && { body: JSON.stringify(body) }) }),
    );
    return { status: response.status, body: JSON.parse((await readAnswer(response)).toString('utf8')) as Body };
  }

  create(name: string, spec: object = {}, query = ''): Promise<{ status: number; body: Body }> {
    return this.send('POST', `${SERVICES}${query}`, { metadata: { name }, spec: { selector: { app: 'a' }, ports: [{ port: 80 }], ...spec } });
  }

  /** The addresses held, the server's own left out. */
  async addresses(): Promise<string[]> {
    const { body } = await this.send('GET', '/apis/networking.k8s.io/v1/ipaddresses');
    return (body.items ?? []).map((item) => item.metadata?.name ?? '').filter((name) => !name.endsWith('.1') && !name.endsWith('::1'));
  }

  async ports(): Promise<number[]> {
    const { entries } = await this.store.list({ start: '/registry/ranges/servicenodeports/', end: '/registry/ranges/servicenodeports0' });
    return entries.map(({ key }) => Number(key.split('/').at(-1)));
  }
}

const running: TestServer[] = [];

async function start(options: { range?: string; ports?: string; store?: MemoryStore } = {}): Promise<TestServer> {
  const store = options.store ?? new MemoryStore({ clock });
  const server = await openApiServer({ store, clock, certificates, serviceClusterIpRange: options.range ?? '10.0.0.0/24', ...(options.ports !== undefined && { serviceNodePortRange: options.ports }) });
  const made = new TestServer(store, server);
  running.push(made);
  return made;
}

afterEach(async () => {
  for (const { server, store } of running.splice(0)) {
    server.close();
    await store.close();
  }
});

describe('cluster IPs', () => {
  test('come with an IPAddress that names the service, and go with the service', async () => {
    const cluster = await start();
    const { body } = await cluster.create('web');
    const ip = body.spec?.clusterIP ?? '';
    expect(body.spec?.clusterIPs).toEqual([ip]);
    const held = await cluster.send('GET', `/apis/networking.k8s.io/v1/ipaddresses/${ip}`);
    expect(held.body.spec?.parentRef).toEqual({ resource: 'services', namespace: 'default', name: 'web' });
    expect(held.body.metadata?.labels).toEqual({ 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' });
    const gone = await cluster.send('DELETE', `${SERVICES}/web`);
    expect(gone.body.metadata?.name).toBe('web');
    expect(gone.body.metadata).not.toHaveProperty('deletionTimestamp');
    expect(await cluster.addresses()).toEqual([]);
  });

  test('are never given twice, however many ask at once, until there are no more', async () => {
    const cluster = await start({ range: '10.0.0.0/27' });
    const answers = await Promise.all(Array.from({ length: 35 }, (_, i) => cluster.create(`s-${i}`)));
    const created = answers.filter((a) => a.status === 201).map((a) => a.body.spec?.clusterIP);
    expect(new Set(created).size).toBe(created.length);
    expect(created).toHaveLength(29);
    const refused = answers.filter((a) => a.status !== 201);
    expect(new Set(refused.map((a) => `${a.status} ${a.body.message ?? ''}`))).toEqual(new Set(['500 Internal error occurred: failed to allocate a serviceIP: range is full']));
  });

  test('asked for by many at once are given to one', async () => {
    const cluster = await start();
    const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => cluster.create(`s-${i}`, { clusterIP: '10.0.0.9' })));
    expect(answers.map((a) => a.status).sort((x, y) => x - y)).toEqual([201, 422, 422, 422, 422]);
    expect(answers.find((a) => a.status === 422)?.body.message).toContain('spec.clusterIPs: Invalid value: ["10.0.0.9"]: failed to allocate IP 10.0.0.9: provided IP is already allocated');
  });

  test.each([
    ['10.0.0.0', 'the provided IP (10.0.0.0) is not in the valid range. The range of valid IPs is 10.0.0.0/24'],
    ['10.0.0.255', 'the provided IP (10.0.0.255) is not in the valid range. The range of valid IPs is 10.0.0.0/24'],
    ['10.0.1.1', 'the provided network does not match the current range'],
  ])('%s cannot be had', async (clusterIP, problem) => {
    const cluster = await start();
    const { status, body } = await cluster.create('web', { clusterIP });
    expect(status).toBe(422);
    expect(body.message).toBe(`Service "web" is invalid: spec.clusterIPs: Invalid value: ["${clusterIP}"]: failed to allocate IP ${clusterIP}: ${problem}`);
  });

  test('are checked but not taken by a dry run', async () => {
    const cluster = await start();
    expect((await cluster.create('web', { clusterIP: '10.0.0.9', type: 'NodePort' }, '?dryRun=All')).status).toBe(201);
    expect([await cluster.addresses(), await cluster.ports()]).toEqual([[], []]);
    await cluster.create('web', { clusterIP: '10.0.0.9' });
    expect((await cluster.create('other', { clusterIP: '10.0.0.9' }, '?dryRun=All')).status).toBe(422);
    await cluster.send('DELETE', `${SERVICES}/web?dryRun=All`);
    expect(await cluster.addresses()).toEqual(['10.0.0.9']);
  });

  test('are not taken by what is refused later', async () => {
    const cluster = await start();
    expect((await cluster.create('web', { sessionAffinity: 'Sometimes' })).status).toBe(422);
    await cluster.create('web', { clusterIP: '10.0.0.9' });
    expect((await cluster.create('web', { clusterIP: '10.0.0.10' })).status).toBe(409);
    expect(await cluster.addresses()).toEqual(['10.0.0.9']);
  });

  test('are given back when the service needs none any more, and found anew when it does', async () => {
    const cluster = await start();
    await cluster.create('web', { clusterIP: '10.0.0.9' });
    const external = await cluster.send('PATCH', `${SERVICES}/web`, { spec: { type: 'ExternalName', externalName: 'a.example.com' } });
    expect(external.body.spec).not.toHaveProperty('clusterIP');
    expect(await cluster.addresses()).toEqual([]);
    const back = await cluster.send('PATCH', `${SERVICES}/web`, { spec: { type: 'ClusterIP', externalName: null } });
    expect(await cluster.addresses()).toEqual([back.body.spec?.clusterIP]);
  });

  test('are none for headless services', async () => {
    const cluster = await start();
    expect((await cluster.create('web', { clusterIP: 'None' })).body.spec?.clusterIPs).toEqual(['None']);
    expect(await cluster.addresses()).toEqual([]);
  });

  test('come in both families of a dual-stack cluster, and the second can be added and dropped', async () => {
    const cluster = await start({ range: '10.0.0.0/24,fd00::/112' });
    const { body } = await cluster.create('web', { ipFamilyPolicy: 'PreferDualStack' });
    expect(body.spec?.ipFamilies).toEqual(['IPv4', 'IPv6']);
    expect(body.spec?.clusterIPs?.map((ip) => ip.includes(':'))).toEqual([false, true]);
    const single = await cluster.send('PATCH', `${SERVICES}/web`, { spec: { ipFamilyPolicy: 'SingleStack' } });
    expect(single.body.spec?.clusterIPs).toEqual(body.spec?.clusterIPs?.slice(0, 1));
    expect(await cluster.addresses()).toEqual(single.body.spec?.clusterIPs);
    const dual = await cluster.send('PATCH', `${SERVICES}/web`, { spec: { ipFamilyPolicy: 'RequireDualStack' } });
    expect(dual.body.spec?.clusterIPs).toHaveLength(2);
    expect((await cluster.addresses()).sort()).toEqual([...(dual.body.spec?.clusterIPs ?? [])].sort());
  });

  test("come from the cluster's own ServiceCIDR, which says that it is ready", async () => {
    const cluster = await start();
    const { body } = await cluster.send('GET', '/apis/networking.k8s.io/v1/servicecidrs/kubernetes');
    expect(body.status?.conditions).toMatchObject([{ type: 'Ready', status: 'True', message: 'Kubernetes default Service CIDR is ready' }]);
  });

  test('come from a ServiceCIDR once it is ready', async () => {
    const cluster = await start();
    const cidrs = '/apis/networking.k8s.io/v1/servicecidrs';
    await cluster.send('POST', cidrs, { metadata: { name: 'more' }, spec: { cidrs: ['10.9.0.0/24'] } });
    expect((await cluster.create('web', { clusterIP: '10.9.0.9' })).status).toBe(422);
    const condition = { type: 'Ready', status: 'True', reason: '', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
    expect((await cluster.send('PATCH', `${cidrs}/more/status`, { status: { conditions: [condition] } })).status).toBe(200);
    expect((await cluster.create('web', { clusterIP: '10.9.0.9' })).status).toBe(201);
  });
});

describe('node ports', () => {
  test('are held while the service has them', async () => {
    const cluster = await start();
    const { body } = await cluster.create('web', { type: 'NodePort' });
    expect(await cluster.ports()).toEqual([body.spec?.ports?.[0]?.nodePort]);
    await cluster.send('PATCH', `${SERVICES}/web`, { spec: { type: 'ClusterIP' } });
    expect(await cluster.ports()).toEqual([]);
    await cluster.send('PATCH', `${SERVICES}/web`, { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30123 }] } });
    expect(await cluster.ports()).toEqual([30123]);
    await cluster.send('PATCH', `${SERVICES}/web`, { spec: { ports: [{ port: 80, nodePort: 30124 }] } });
    expect(await cluster.ports()).toEqual([30124]);
    await cluster.send('DELETE', `${SERVICES}/web`);
    expect(await cluster.ports()).toEqual([]);
  });

  test('are refused to a second service, whatever the protocol', async () => {
    const cluster = await start();
    await cluster.create('web', { type: 'NodePort', ports: [{ port: 80, nodePort: 30123 }] });
    const { body } = await cluster.create('dns', { type: 'NodePort', ports: [{ port: 53, protocol: 'UDP', nodePort: 30123 }] });
    expect(body.message).toBe('Service "dns" is invalid: spec.ports[0].nodePort: Invalid value: 30123: provided port is already allocated');
  });

  test('are shared by the protocols of one port', async () => {
    const cluster = await start();
    const { body } = await cluster.create('dns', { type: 'NodePort', ports: [{ name: 'a', port: 53 }, { name: 'b', port: 53, protocol: 'UDP' }, { name: 'c', port: 54 }] });
    const [a, b, c] = body.spec?.ports ?? [];
    expect(a?.nodePort).toBe(b?.nodePort);
    expect(c?.nodePort).not.toBe(a?.nodePort);
    expect(await cluster.ports()).toHaveLength(2);
  });

  test('run out', async () => {
    const cluster = await start({ ports: '30000-30001' });
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => cluster.create(name, { type: 'NodePort' })));
    expect(answers.map((a) => a.status).sort((x, y) => x - y)).toEqual([201, 201, 500]);
    expect(answers.find((a) => a.status === 500)?.body.message).toBe('Internal error occurred: failed to allocate a nodePort: range is full');
    expect(await cluster.addresses()).toHaveLength(2);
  });

  test('of health checks come and go with the policy that needs them', async () => {
    const cluster = await start();
    const { body } = await cluster.create('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
    expect(await cluster.ports()).toContain(body.spec?.healthCheckNodePort);
    expect(await cluster.ports()).toHaveLength(2);
    await cluster.send('PATCH', `${SERVICES}/web`, { spec: { externalTrafficPolicy: 'Cluster' } });
    expect(await cluster.ports()).toEqual([body.spec?.ports?.[0]?.nodePort]);
  });

  test('are left out for load balancers that want none', async () => {
    const cluster = await start();
    const { body } = await cluster.create('web', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false });
    expect(body.spec?.ports?.[0]).not.toHaveProperty('nodePort');
    expect(await cluster.ports()).toEqual([]);
  });

  test('are more than one write can take at a time', async () => {
    const cluster = await start();
    const ports = Array.from({ length: 130 }, (_, i) => ({ name: `p-${i}`, port: i + 1 }));
    const { status, body } = await cluster.create('web', { type: 'NodePort', ports });
    expect(status).toBe(422);
    expect(body.message).toContain('spec.ports: Too many: 130');
    expect(await cluster.ports()).toEqual([]);
  });
});

describe('repair', () => {
  test('takes what services have and releases what nobody has', async () => {
    const cluster = await start();
    await cluster.create('web', { clusterIP: '10.0.0.9', type: 'NodePort', ports: [{ port: 80, nodePort: 30123 }] });
    await cluster.send('DELETE', '/apis/networking.k8s.io/v1/ipaddresses/10.0.0.9');
    const holder = Buffer.from('{"namespace":"default","name":"gone"}');
    await cluster.store.commit({
      compares: [],
      operations: [
        { type: 'delete', key: '/registry/ranges/servicenodeports/30123' },
        { type: 'put', key: '/registry/ranges/servicenodeports/30200', value: holder },
      ],
    });
    expect(await repairServiceAllocations(cluster.server.context)).toEqual({ taken: 2, released: 1, conflicts: [] });
    expect([await cluster.addresses(), await cluster.ports()]).toEqual([['10.0.0.9'], [30123]]);
    expect(await repairServiceAllocations(cluster.server.context)).toEqual({ taken: 0, released: 0, conflicts: [] });
  });

  test('leaves addresses alone that others keep', async () => {
    const cluster = await start();
    await cluster.send('POST', '/apis/networking.k8s.io/v1/ipaddresses', { metadata: { name: '10.0.0.77' }, spec: { parentRef: { resource: 'services', namespace: 'default', name: 'mine' } } });
    await repairServiceAllocations(cluster.server.context);
    expect(await cluster.addresses()).toEqual(['10.0.0.77']);
    expect((await cluster.create('web', { clusterIP: '10.0.0.77' })).status).toBe(422);
  });
});

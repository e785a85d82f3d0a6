import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { openApiServer } from '../../sdk/cluster/api-server-process.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import type { ApiServer } from '../api-server.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import { generateClusterCertificates, servingHosts } from '../certificates/cluster-certificates.ts';
import { textResponse } from '../http/api-request.ts';
import { InProcessRequest, readAnswer } from '../http/in-process.ts';
import type { NodeConnector } from './node-connector.ts';

interface Body {
  message?: string;
  code?: number;
  reason?: string;
  status?: { conditions?: { type?: string; status?: string; reason?: string; lastTransitionTime?: string }[]; disruptionsAllowed?: number; disruptedPods?: Record<string, string> };
  details?: { causes?: { reason?: string; message?: string }[]; kind?: string; name?: string };
  metadata?: { name?: string; uid?: string; resourceVersion?: string; deletionTimestamp?: string; deletionGracePeriodSeconds?: number; annotations?: Record<string, string> };
  spec?: { nodeName?: string };
  conditions?: unknown;
  items?: { metadata?: { name?: string }; conditions?: { status?: string }[] }[];
  rows?: { cells?: unknown[] }[];
}

const ADMIN: UserInfo = { name: 'admin', groups: ['system:masters'] };
const certificates = generateClusterCertificates(servingHosts(), new VirtualClock().now());
const NS = '/api/v1/namespaces/default';
const PODS = `${NS}/pods`;

/** Answers with what it was asked. */
const echo: NodeConnector = {
  askNode: (node, { method, path, query }, port) => Promise.resolve(textResponse(200, `${node.metadata.name ?? ''}${port === '' ? '' : `:${port}`} ${method} ${path}?${query}`)),
  askAddress: ({ scheme, ip, port }, { method, path, query }) => Promise.resolve(textResponse(200, `${method} ${scheme}://${ip}:${port}${path}?${query}`)),
};

class TestServer {
  readonly clock = new VirtualClock();
  readonly store = new MemoryStore({ clock: this.clock });
  #server: ApiServer | undefined;

  async open(connector?: NodeConnector): Promise<this> {
    this.#server = await openApiServer({ store: this.store, clock: this.clock, certificates, random: () => 0.5, ...(connector && { connector }) });
    await this.send('POST', `${NS}/serviceaccounts`, { metadata: { name: 'default' } });
    return this;
  }

  async answer(method: string, path: string, options: { body?: unknown; user?: UserInfo; headers?: Record<string, string> } = {}) {
    const { body, user = ADMIN, headers = {} } = options;
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const response = await this.#server?.handle(
      new InProcessRequest({ method, path, user, headers: { accept: 'application/json', 'content-type': contentType, ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }) }),
    );
    if (!response) throw new Error('not open');
    return { status: response.status, headers: response.headers ?? {}, text: (await readAnswer(response)).toString('utf8') };
  }

  async send(method: string, path: string, body?: unknown, user?: UserInfo): Promise<{ status: number; body: Body }> {
    const { status, text } = await this.answer(method, path, { body, ...(user && { user }) });
    return { status, body: text.startsWith('{') ? (JSON.parse(text) as Body) : { message: text } };
  }

  async pod(name: string, options: { labels?: Record<string, string>; nodeName?: string; containers?: string[]; status?: object; ports?: object[] } = {}): Promise<Body> {
    const { labels = {}, nodeName, containers = ['c'], status, ports } = options;
    const made = await this.send('POST', PODS, {
      metadata: { name, labels },
      spec: { ...(nodeName !== undefined && { nodeName }), automountServiceAccountToken: false, containers: containers.map((c) => ({ name: c, image: 'i', ...(ports && { ports }) })) },
    });
    expect(made.body.message).toBeUndefined();
    if (status) expect((await this.send('PATCH', `${PODS}/${name}/status`, { status })).status).toBe(200);
    return made.body;
  }

  async node(name: string): Promise<void> {
    expect((await this.send('POST', '/api/v1/nodes', { metadata: { name } })).status).toBe(201);
  }

  bind(pod: string, node: string, metadata: object = {}, query = ''): Promise<{ status: number; body: Body }> {
    return this.send('POST', `${PODS}/${pod}/binding${query}`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod, ...metadata }, target: { kind: 'Node', name: node } });
  }

  evict(pod: string, more: object = {}, query = ''): Promise<{ status: number; body: Body }> {
    return this.send('POST', `${PODS}/${pod}/eviction${query}`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod }, ...more });
  }

  async close(): Promise<void> {
    this.#server?.close();
    await this.store.close();
  }
}

const running: TestServer[] = [];
async function start(connector?: NodeConnector): Promise<TestServer> {
  const server = await new TestServer().open(connector);
  running.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((s) => s.close()));
});

describe('a binding', () => {
  test('puts the pod on the node, with its annotations', async () => {
    const server = await start();
    await server.pod('p');
    const { status, body } = await server.bind('p', 'n1', { annotations: { a: 'b' } });
    expect([status, body.status, body.code]).toEqual([201, 'Success', 201]);
    const { body: pod } = await server.send('GET', `${PODS}/p`);
    expect(pod.spec?.nodeName).toBe('n1');
    expect(pod.metadata?.annotations).toEqual({ a: 'b' });
    expect(pod.status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }]);
  });

  test('is given to one of many who ask at once', async () => {
    const server = await start();
    await server.pod('p');
    const answers = await Promise.all(['n1', 'n2', 'n3'].map((node) => server.bind('p', node)));
    expect(answers.map((a) => a.status).sort((x, y) => x - y)).toEqual([201, 409, 409]);
    expect(answers.find((a) => a.status === 409)?.body.message).toMatch(/^Operation cannot be fulfilled on pods\/binding "p": pod p is already assigned to node "n\d"$/);
  });

  test.each([
    ['an absent pod', 'absent', {}, 404, 'pods "absent" not found'],
    ['a name that is not that of the path', 'p', { name: 'q' }, 400, 'name in URL does not match name in Binding object'],
    ['another namespace', 'p', { namespace: 'other' }, 400, 'the namespace of the provided object does not match the namespace sent on the request'],
  ])('is refused for %s', async (_title, pod, metadata, code, message) => {
    const server = await start();
    await server.pod('p');
    const { status, body } = await server.bind(pod, 'n1', metadata);
    expect([status, body.message]).toEqual([code, message]);
  });

  test('is refused for a pod of another uid', async () => {
    const server = await start();
    const pod = await server.pod('p');
    const { status, body } = await server.bind('p', 'n1', { uid: 'other' });
    expect(status).toBe(409);
    expect(body.message).toContain(`Precondition failed: UID in precondition: other, UID in object meta: ${pod.metadata?.uid ?? ''}`);
    expect((await server.bind('p', 'n1', { uid: pod.metadata?.uid })).status).toBe(201);
  });

  test('must name a node', async () => {
    const server = await start();
    await server.pod('p');
    const { status, body } = await server.send('POST', `${NS}/bindings`, { metadata: { name: 'p' }, target: { kind: 'Pod' } });
    expect([status, body.message]).toEqual([500, '[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]']);
  });

  test('changes nothing in a dry run', async () => {
    const server = await start();
    await server.pod('p');
    expect((await server.bind('p', 'n1', {}, '?dryRun=All')).status).toBe(201);
    expect((await server.send('GET', `${PODS}/p`)).body.spec?.nodeName).toBeUndefined();
  });
});

const READY = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };

async function withBudget(server: TestServer, status: object, pods: readonly string[]): Promise<void> {
  for (const name of pods) await server.pod(name, { labels: { app: 'a' }, nodeName: 'n1', status: READY });
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  expect((await server.send('POST', budgets, { metadata: { name: 'b' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'a' } } } })).status).toBe(201);
  expect((await server.send('PATCH', `${budgets}/b/status`, { status: { observedGeneration: 1, expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, ...status } })).status).toBe(200);
}

describe('an eviction', () => {
  test('deletes the pod with the grace period it asks for, and says why in its status', async () => {
    const server = await start();
    await server.pod('p', { nodeName: 'n1', status: READY });
    expect((await server.evict('p', { deleteOptions: { gracePeriodSeconds: 7 } })).status).toBe(201);
    const { body } = await server.send('GET', `${PODS}/p`);
    expect(body.metadata?.deletionGracePeriodSeconds).toBe(7);
    expect(body.status?.conditions).toContainEqual(expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }));
  });

  test('takes no more from a budget than there is, however many come at once', async () => {
    const server = await start();
    const names = ['p0', 'p1', 'p2'];
    await withBudget(server, { disruptionsAllowed: 1 }, names);
    const answers = await Promise.all(names.map((name) => server.evict(name)));
    expect(answers.map((a) => a.status).sort((x, y) => x - y)).toEqual([201, 429, 429]);
    const refused = answers.find((a) => a.status === 429);
    expect(refused?.body.message).toBe("Cannot evict pod as it would violate the pod's disruption budget.");
    expect(refused?.body.details?.causes?.[0]?.reason).toBe('DisruptionBudget');
    const { body } = await server.send('GET', '/apis/policy/v1/namespaces/default/poddisruptionbudgets/b');
    expect(body.status?.disruptionsAllowed).toBe(0);
    expect(Object.keys(body.status?.disruptedPods ?? {})).toHaveLength(1);
    expect(body.status?.conditions).toMatchObject([{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', observedGeneration: 1 }]);
  });

  test('changes neither pod nor budget in a dry run, by query or by its options', async () => {
    const server = await start();
    await withBudget(server, { disruptionsAllowed: 1 }, ['p']);
    expect((await server.evict('p', {}, '?dryRun=All')).status).toBe(201);
    expect((await server.evict('p', { deleteOptions: { dryRun: ['All'] } })).status).toBe(201);
    expect((await server.send('GET', `${PODS}/p`)).body.metadata?.deletionTimestamp).toBeUndefined();
    expect((await server.send('GET', '/apis/policy/v1/namespaces/default/poddisruptionbudgets/b')).body.status?.disruptionsAllowed).toBe(1);
  });

  test('is refused when the pod is not the one that was meant', async () => {
    const server = await start();
    await server.pod('p', { nodeName: 'n1' });
    const byUid = await server.evict('p', { deleteOptions: { preconditions: { uid: 'other' } } });
    const byVersion = await server.evict('p', { deleteOptions: { preconditions: { resourceVersion: '1' } } });
    expect([byUid.status, byVersion.status]).toEqual([409, 409]);
    const { body } = await server.send('GET', `${PODS}/p`);
    expect(body.status?.conditions).toBeUndefined();
    const meant = { uid: body.metadata?.uid, resourceVersion: body.metadata?.resourceVersion };
    expect((await server.evict('p', { deleteOptions: { preconditions: meant } })).status).toBe(201);
  });
});

describe('logs', () => {
  test('are empty while the pod has no node', async () => {
    const server = await start(echo);
    await server.pod('p');
    expect(await server.answer('GET', `${PODS}/p/log`)).toMatchObject({ status: 204, text: '' });
  });

  test('come from the node, asked as its agent wants to be asked', async () => {
    const server = await start(echo);
    await server.node('n1');
    await server.pod('p', { nodeName: 'n1', containers: ['a', 'b'] });
    const { text } = await server.answer('GET', `${PODS}/p/log?container=b&follow&tailLines=5&sinceTime=2026-01-01T00:00:00Z&other=1`);
    expect(text).toBe('n1 GET /containerLogs/default/p/b?follow=true&tailLines=5&sinceTime=2026-01-01T00%3A00%3A00Z');
  });

  test.each([
    ['tailLines=-1', 422, 'PodLogOptions "p" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['sinceSeconds=0', 422, 'PodLogOptions "p" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0'],
    ['limitBytes=abc', 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
    ['tailLines=9223372036854775808', 400, 'strconv.ParseInt: parsing "9223372036854775808": value out of range'],
    ['sinceTime=yesterday', 400, 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
    ['', 404, 'pods "n1" not found'],
  ])('asked for with %j are refused', async (query, code, message) => {
    const server = await start(echo);
    await server.pod('p', { nodeName: 'n1' });
    const { status, body } = await server.send('GET', `${PODS}/p/log?${query}`);
    expect([status, body.message]).toEqual([code, message]);
  });

  test('of a node that nothing connects to are missed clearly', async () => {
    const server = await start();
    await server.node('n1');
    await server.pod('p', { nodeName: 'n1' });
    const { status, body } = await server.send('GET', `${PODS}/p/log`);
    expect([status, body.message]).toEqual([503, 'error dialing backend: nothing connects this server to node "n1"']);
  });
});

describe('streams', () => {
  test.each(['exec', 'attach', 'portforward'])('%s asks for a change of the protocol once the pod has a node', async (stream) => {
    const server = await start(echo);
    await server.node('n1');
    await server.pod('p', { nodeName: 'n1' });
    expect(await server.send('POST', `${PODS}/p/${stream}`)).toMatchObject({ status: 400, body: { message: 'Upgrade request required' } });
    const upgrade = await server.answer('GET', `${PODS}/p/${stream}`, { headers: { connection: 'upgrade', upgrade: 'websocket' } });
    expect(upgrade.status).toBe(501);
  });

  test('need the right to create, also when they begin with a GET', async () => {
    const server = await start(echo);
    await server.pod('p');
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    await server.send('POST', `${rbac}/roles`, { metadata: { name: 'r' }, rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get'] }] });
    await server.send('POST', `${rbac}/rolebindings`, { metadata: { name: 'r' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'jane' }] });
    const { status, body } = await server.send('GET', `${PODS}/p/exec?command=ls`, undefined, { name: 'jane', groups: [] });
    expect([status, body.message]).toEqual([403, 'pods "p" is forbidden: ']);
  });
});

describe('proxies', () => {
  test('lead to a pod by its address, with what follows in path and query', async () => {
    const server = await start(echo);
    await server.pod('p', { nodeName: 'n1', ports: [{ containerPort: 8080 }], status: { podIP: '10.1.2.3', podIPs: [{ ip: '10.1.2.3' }] } });
    const at = async (path: string): Promise<string> => (await server.answer('GET', `${PODS}/${path}`)).text;
    expect(await at('p/proxy/a%2Fb/c?d=e')).toBe('GET http://10.1.2.3:8080/a%2Fb/c?d=e');
    expect(await at('https:p:9443/proxy/')).toBe('GET https://10.1.2.3:9443/?');
    expect(await server.answer('GET', `${PODS}/p/proxy?a=b`)).toMatchObject({ status: 301, headers: { location: `${PODS}/p/proxy/?a=b` } });
    expect(await server.send('GET', `${PODS}/a:b:c:d/proxy/`)).toMatchObject({ status: 400, body: { message: 'invalid pod request "a:b:c:d"' } });
  });

  test.each(['127.0.0.1', '169.254.169.254', '224.0.0.1', '::1', 'fe80::1'])('do not lead to %s, whatever a pod says of itself', async (ip) => {
    const server = await start(echo);
    await server.pod('p', { nodeName: 'n1' });
    await server.send('PATCH', `${PODS}/p/status`, { status: { podIP: ip, podIPs: [{ ip }] } });
    expect(await server.send('GET', `${PODS}/p/proxy/`)).toMatchObject({ status: 400, body: { message: 'address not allowed' } });
  });

  test('lead to a service by one of its pods, and only to pods', async () => {
    const server = await start(echo);
    await server.pod('p', { nodeName: 'n1', status: { podIP: '10.1.2.3', podIPs: [{ ip: '10.1.2.3' }] } });
    await server.send('POST', `${NS}/services`, { metadata: { name: 's' }, spec: { ports: [{ name: 'web', port: 80, targetPort: 8080 }] } });
    const targetRef = { kind: 'Pod', namespace: 'default', name: 'p' };
    const addresses = [{ ip: '10.9.9.9' }, { ip: '10.9.9.8', targetRef }, { ip: '10.1.2.3', targetRef }];
    await server.send('POST', `${NS}/endpoints`, { metadata: { name: 's' }, subsets: [{ addresses, ports: [{ name: 'web', port: 8080 }] }] });
    for (const id of ['s:web', 's:80']) expect((await server.answer('POST', `${NS}/services/${id}/proxy/x`)).text).toBe('POST http://10.1.2.3:8080/x?');
    expect(await server.send('GET', `${NS}/services/s/proxy/x`)).toMatchObject({ status: 503, body: { message: 'no endpoints available for service "s"' } });
    expect(await server.send('GET', `${NS}/services/s:81/proxy/x`)).toMatchObject({ status: 503, body: { message: 'no service port 81 found for service "s"' } });
  });

  test("lead to a node's agent", async () => {
    const server = await start(echo);
    await server.node('n1');
    expect((await server.answer('GET', '/api/v1/nodes/n1/proxy/stats/summary?a=b')).text).toBe('n1 GET /stats/summary?a=b');
    expect((await server.answer('GET', '/api/v1/nodes/n1:10255/proxy/pods')).text).toBe('n1:10255 GET /pods?');
  });
});

describe('component statuses', () => {
  test('are made by asking', async () => {
    const server = await start();
    const statuses = async (): Promise<Record<string, unknown>> => {
      const { body } = await server.send('GET', '/api/v1/componentstatuses');
      return Object.fromEntries((body.items ?? []).map((item) => [item.metadata?.name, item.conditions?.[0]?.status]));
    };
    expect(await statuses()).toEqual({ 'controller-manager': 'False', scheduler: 'False', 'etcd-0': 'True' });
    const renewTime = new Date(server.clock.now()).toISOString().replace('Z', '000Z');
    await server.send('POST', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases', { metadata: { name: 'kube-scheduler' }, spec: { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime } });
    expect(await statuses()).toMatchObject({ scheduler: 'True' });
    await server.clock.advance(16_000);
    expect(await statuses()).toMatchObject({ scheduler: 'False' });
  });

  test('are shown in tables, selected by name, and missed in words', async () => {
    const server = await start();
    const { text } = await server.answer('GET', '/api/v1/componentstatuses?fieldSelector=metadata.name%3Detcd-0', { headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' } });
    expect((JSON.parse(text) as Body).rows?.map((row) => row.cells)).toEqual([['etcd-0', 'Healthy', 'ok', '']]);
    expect(await server.send('GET', '/api/v1/componentstatuses/x')).toMatchObject({ status: 500, body: { message: 'Component not found: x' } });
  });
});

test('health fails when the store no longer answers', async () => {
  const server = await start();
  expect((await server.answer('GET', '/livez')).status).toBe(200);
  await server.store.close();
  const { status, text } = await server.answer('GET', '/livez');
  expect([status, text]).toEqual([500, '[+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld\nlivez check failed\n']);
});

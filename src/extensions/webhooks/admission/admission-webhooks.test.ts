import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../machinery/virtual-clock.ts';
import { startCluster, type Answer as ApiAnswer, type Cluster } from '../../../sdk/testing/cluster.ts';
import { patched, reviewed, WebhookServer, type Answer } from '../webhook-server.test-data.ts';

const API = '/apis/admissionregistration.k8s.io/v1';
const ALL = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };
const CONFIG_MAPS = { operations: ['CREATE', 'UPDATE', 'DELETE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };

interface Body {
  readonly message: string;
  readonly reason?: string;
  readonly data?: Record<string, string>;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [key: string]: any;
}

let cluster: Cluster;
const servers: WebhookServer[] = [];
let configured: string[] = [];
let names = 0;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(async () => {
  await cluster.stop();
});
afterEach(async () => {
  for (const path of configured) await cluster.request('DELETE', path);
  configured = [];
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(answer: Answer, hosts?: readonly string[]): Promise<WebhookServer> {
  const server = await WebhookServer.start(answer, hosts);
  servers.push(server);
  return server;
}

async function configure(kind: 'mutating' | 'validating', webhooks: readonly object[], name = `hooks-${++names}`): Promise<string> {
  const defaults = { name: 'a.hook.example', rules: [CONFIG_MAPS], sideEffects: 'None', admissionReviewVersions: ['v1'] };
  const created = await cluster.request<Body>('POST', `${API}/${kind}webhookconfigurations`, { body: { metadata: { name }, webhooks: webhooks.map((webhook) => ({ ...defaults, ...webhook })) } });
  if (created.status !== 201) throw new Error(created.body.message);
  const path = `${API}/${kind}webhookconfigurations/${name}`;
  configured.push(path);
  return path;
}

const configMaps = '/api/v1/namespaces/default/configmaps';
async function create(object: { metadata?: object; data?: object } = {}, query = ''): Promise<ApiAnswer<Body>> {
  return cluster.request<Body>('POST', `${configMaps}${query}`, { body: { metadata: { name: `map-${++names}` }, data: { k: 'v' }, ...object } });
}

describe('a mutating webhook', () => {
  test('changes the object from the next write on after it was configured, and no more after it was taken away', async () => {
    const server = await serve((review) => patched(review, [{ op: 'add', path: '/data/added', value: 'by a hook' }]));
    expect((await create()).body.data).toEqual({ k: 'v' });
    const path = await configure('mutating', [{ clientConfig: server.clientConfig() }]);
    expect((await create()).body.data).toEqual({ k: 'v', added: 'by a hook' });
    await cluster.request('DELETE', path);
    expect((await create()).body.data).toEqual({ k: 'v' });
    expect(server.received).toHaveLength(1);
  });

  test('is sent a review that says everything of the request', async () => {
    const server = await serve((review) => reviewed(review, {}));
    await configure('mutating', [{ clientConfig: server.clientConfig('/path'), timeoutSeconds: 3 }]);
    const user = { name: 'jane', uid: '42', groups: ['system:masters'], extra: { 'example.com/team': ['a', 'b'] } };
    await cluster.request('POST', `${configMaps}?fieldManager=me`, { body: { metadata: { name: 'told' }, data: { a: '1' } }, user });
    await cluster.request('PUT', `${configMaps}/told`, { body: { metadata: { name: 'told' }, data: { a: '2' } }, user });
    await cluster.request('DELETE', `${configMaps}/told?gracePeriodSeconds=0`, { user });
    const [created, updated, deleted] = server.received;
    expect(created?.path).toBe('/path?timeout=3s');
    expect(created?.body).toEqual({
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      request: {
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        kind: { group: '', version: 'v1', kind: 'ConfigMap' },
        resource: { group: '', version: 'v1', resource: 'configmaps' },
        requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
        requestResource: { group: '', version: 'v1', resource: 'configmaps' },
        name: 'told',
        namespace: 'default',
        operation: 'CREATE',
        userInfo: { username: 'jane', uid: '42', groups: ['system:masters'], extra: { 'example.com/team': ['a', 'b'] } },
        object: expect.objectContaining({ kind: 'ConfigMap', apiVersion: 'v1', data: { a: '1' } }) as object,
        oldObject: null,
        dryRun: false,
        options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' },
      },
    });
    expect(updated?.body.request).toMatchObject({ operation: 'UPDATE', object: { data: { a: '2' } }, oldObject: { data: { a: '1' } } });
    expect(deleted?.body.request).toMatchObject({ operation: 'DELETE', name: 'told', object: null, oldObject: { data: { a: '2' } } });
  });

  test('is asked once more when a later one changed the object, if it wants to be', async () => {
    const server = await serve(({ path, body }) => {
      const { data } = body.request.object as { data: Record<string, string> };
      const review = { path, body: body as unknown };
      if (path.startsWith('/late')) return data['late'] === undefined ? patched(review, [{ op: 'add', path: '/data/late', value: '1' }]) : reviewed(review, {});
      return patched(review, [{ op: 'add', path: '/data/seen', value: Object.keys(data).toSorted().join() }]);
    });
    await configure('mutating', [{ name: 'early.hook.example', clientConfig: server.clientConfig('/early'), reinvocationPolicy: 'IfNeeded' }, { name: 'late.hook.example', clientConfig: server.clientConfig('/late') }]);
    const { body } = await create();
    expect(body.data).toEqual({ k: 'v', late: '1', seen: 'k,late,seen' });
    expect(server.received.map(({ path }) => path.split('?')[0])).toEqual(['/early', '/late', '/early']);
  });

  test('comes in the order of the names of configurations, and of webhooks in them', async () => {
    const server = await serve((review) => reviewed(review, {}));
    const hook = (path: string, name: string): object => ({ name: `${name}.hook.example`, clientConfig: server.clientConfig(path) });
    await configure('mutating', [hook('/3', 'a'), hook('/4', 'b')], 'order-b');
    await configure('mutating', [hook('/1', 'z'), hook('/2', 'y')], 'order-a');
    await create();
    expect(server.received.map(({ path }) => path.slice(1, 2))).toEqual(['1', '2', '3', '4']);
  });

  test('has its patch decoded and defaulted like any object, and what it leaves is validated', async () => {
    const server = await serve((review) => {
      const { containers } = (review.body.request.object as { spec: { containers: object[] } }).spec;
      return patched(review, [{ op: 'add', path: '/spec/containers/-', value: { name: containers.length === 2 ? '' : 'side', image: 'side', unknown: 1 } }]);
    });
    await configure('mutating', [{ clientConfig: server.clientConfig(), rules: [{ ...CONFIG_MAPS, operations: ['CREATE'], resources: ['pods'] }] }]);
    const pod = (name: string, containers: readonly object[]): Promise<ApiAnswer<Body>> => cluster.request<Body>('POST', '/api/v1/namespaces/default/pods', { body: { metadata: { name }, spec: { serviceAccountName: 'default', automountServiceAccountToken: false, containers } } });
    await cluster.request('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } });
    const created = await pod('sidecar', [{ name: 'c', image: 'i' }]);
    expect(created.body['spec'].containers[1]).toMatchObject({ name: 'side', image: 'side', imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log' });
    expect(created.body['spec'].containers[1].unknown).toBeUndefined();
    const invalid = await pod('invalid', [{ name: 'c', image: 'i' }, { name: 'd', image: 'i' }]);
    expect(invalid.body.message).toContain('spec.containers[2].name: Required value');
  });

  test.each([
    ['may not move the object to another namespace', { op: 'replace', path: '/metadata/namespace', value: 'kube-system' }, 'the namespace of the provided object does not match the namespace sent on the request'],
    ['may not write what is no object of the kind', { op: 'replace', path: '/data', value: 'text' }, 'Internal error occurred: json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string'],
    ['may not patch what is not there', { op: 'replace', path: '/nowhere/at/all', value: '' }, 'Internal error occurred: replace operation does not apply: doc is missing path: /nowhere/at/all: missing value'],
  ])('%s', async (_name, operation, message) => {
    const server = await serve((review) => patched(review, [operation]));
    await configure('mutating', [{ clientConfig: server.clientConfig(), failurePolicy: 'Ignore' }]);
    expect((await create()).body.message).toBe(message);
  });

  test('may not leave owners of fields that cannot be read', async () => {
    const server = await serve((review) => patched(review, [{ op: 'replace', path: '/metadata/managedFields', value: [{ manager: 'm', operation: 'Nonsense' }] }]));
    await configure('mutating', [{ clientConfig: server.clientConfig() }]);
    const created = await create();
    expect(created.body['metadata'].managedFields).toMatchObject([{ operation: 'Update' }]);
    expect(String(created.headers['warning'])).toContain('.metadata.managedFields was in an invalid state after admission');
  });
});

describe('a validating webhook', () => {
  test.each([
    [{ allowed: false }, 400, undefined, 'admission webhook "a.hook.example" denied the request without explanation'],
    [{ allowed: false, status: { message: 'not today' } }, 400, undefined, 'admission webhook "a.hook.example" denied the request: not today'],
    [{ allowed: false, status: { reason: 'Forbidden', code: 403 } }, 403, 'Forbidden', 'admission webhook "a.hook.example" denied the request: Forbidden'],
    [{ allowed: false, status: { message: 'never', code: 200, reason: 'Whatever' } }, 400, 'Whatever', 'admission webhook "a.hook.example" denied the request: never'],
    [{ allowed: false, status: { message: 'tea', code: 418 } }, 418, undefined, 'admission webhook "a.hook.example" denied the request: tea'],
  ])('refuses with its own words: %j', async (response, status, reason, message) => {
    const server = await serve((review) => reviewed(review, response));
    await configure('validating', [{ clientConfig: server.clientConfig() }]);
    const answer = await create();
    expect([answer.status, answer.body.reason, answer.body.message, answer.body['status']]).toEqual([status, reason, message, 'Failure']);
  });

  test('warns, with every warning once', async () => {
    const server = await serve((review) => reviewed(review, { warnings: ['first', 'second', 'first'] }));
    await configure('validating', [{ clientConfig: server.clientConfig() }]);
    expect((await create()).headers['warning']).toEqual(['299 - "first"', '299 - "second"']);
  });

  test('is asked at the same time as all others, with the object as it is stored', async () => {
    let waiting = 0;
    let release = (): void => undefined;
    const all = new Promise<void>((resolve) => (release = resolve));
    const server = await serve(async (review) => {
      if (++waiting === 3) release();
      await all;
      return reviewed(review, {});
    });
    await configure('validating', [1, 2, 3].map((n) => ({ name: `n${n}.hook.example`, clientConfig: server.clientConfig() })));
    const created = await create({ metadata: { generateName: 'made-' } });
    expect(created.status).toBe(201);
    expect(server.received.map(({ body }) => (body.request as { name?: string }).name)).toEqual(Array.from({ length: 3 }, () => created.body['metadata'].name as string));
  });

  test('keeps its connections from one call to the next', async () => {
    const server = await serve((review) => reviewed(review, {}));
    await configure('validating', [{ clientConfig: server.clientConfig() }]);
    for (let i = 0; i < 5; i++) await create();
    expect(server.received).toHaveLength(5);
    expect(server.connections).toBe(1);
  });
});

describe('whether a webhook is asked', () => {
  const asked = async (webhook: object, kind: 'mutating' | 'validating' = 'validating'): Promise<WebhookServer> => {
    const server = await serve((review) => reviewed(review, {}));
    await configure(kind, [{ clientConfig: server.clientConfig(), ...webhook }]);
    return server;
  };

  test('by the labels of the object or of what it was', async () => {
    const server = await asked({ objectSelector: { matchLabels: { watched: 'yes' } } });
    await create();
    const { body } = await create({ metadata: { name: 'labelled', labels: { watched: 'yes' } } });
    await cluster.request('PUT', `${configMaps}/labelled`, { body: { ...body, metadata: { ...body['metadata'], labels: {} } } });
    await cluster.request('DELETE', `${configMaps}/labelled`);
    expect(server.received.map((review) => (review.body.request as { operation: string }).operation)).toEqual(['CREATE', 'UPDATE']);
  });

  test('by the labels of the namespace', async () => {
    const server = await asked({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'elsewhere' } } });
    await cluster.request('POST', '/api/v1/namespaces', { body: { metadata: { name: 'elsewhere' } } });
    await create();
    await cluster.request('POST', '/api/v1/namespaces/elsewhere/configmaps', { body: { metadata: { name: 'a' } } });
    expect(server.received).toHaveLength(1);
  });

  test('by match conditions', async () => {
    const server = await asked({ matchConditions: [{ name: 'others', expression: "request.userInfo.username != 'kubernetes-admin'" }, { name: 'named', expression: "object.metadata.name.startsWith('cond-')" }] });
    await create({ metadata: { name: 'cond-a' } });
    await cluster.request('POST', configMaps, { body: { metadata: { name: 'cond-b' } }, user: { name: 'jane', groups: ['system:masters'] } });
    expect(server.received.map(({ body }) => (body.request as { name: string }).name)).toEqual(['cond-b']);
  });

  test('match conditions that fail refuse, or count as not met where failures are ignored', async () => {
    const matchConditions = [{ name: 'broken', expression: 'object.data.nothing == "x"' }];
    const server = await asked({ matchConditions, failurePolicy: 'Ignore' });
    expect((await create()).status).toBe(201);
    await asked({ matchConditions });
    const refused = await create({ metadata: { name: 'judged' } });
    expect([refused.status, refused.body.message]).toEqual([403, expect.stringMatching(/^configmaps "judged" is forbidden: .*no such key: nothing/)]);
    expect(server.received).toHaveLength(0);
  });

  test('for equivalent resources, in the version it asks for; not when it wants them exactly', async () => {
    const rules = [{ operations: ['CREATE'], apiGroups: ['events.k8s.io'], apiVersions: ['v1'], resources: ['events'] }];
    const equivalent = await asked({ rules });
    const exact = await asked({ rules, matchPolicy: 'Exact' });
    await cluster.request('POST', '/api/v1/namespaces/default/events', { body: { metadata: { name: 'e' }, involvedObject: { namespace: 'default', kind: 'Pod', name: 'p' }, reason: 'R', message: 'told', type: 'Normal', source: {} } });
    expect(exact.received).toHaveLength(0);
    expect(equivalent.received[0]?.body.request).toMatchObject({
      kind: { group: 'events.k8s.io', version: 'v1', kind: 'Event' },
      resource: { group: 'events.k8s.io', version: 'v1', resource: 'events' },
      requestKind: { group: '', version: 'v1', kind: 'Event' },
      object: { apiVersion: 'events.k8s.io/v1', note: 'told', regarding: { name: 'p' } },
    });
  });

  test('for subresources by name: scale is seen as a scale', async () => {
    const server = await asked({ rules: [{ operations: ['UPDATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments/scale'] }] });
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    await cluster.request('POST', '/apis/apps/v1/namespaces/default/deployments', { body: { metadata: { name: 'd' }, spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template } } });
    await cluster.request('PATCH', '/apis/apps/v1/namespaces/default/deployments/d/scale', { body: { spec: { replicas: 3 } }, headers: { 'content-type': 'application/merge-patch+json' } });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.body.request).toMatchObject({ kind: { kind: 'Scale' }, subResource: 'scale', object: { kind: 'Scale', spec: { replicas: 3 } }, oldObject: { spec: { replicas: 1 } } });
  });

  test('before a connection is made to a pod, about how it is to be', async () => {
    const server = await asked({ rules: [{ operations: ['CONNECT'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/exec'] }] });
    server.answer = (review) => reviewed(review, { allowed: false, status: { message: 'no shells' } });
    const refused = await cluster.request<Body>('POST', '/api/v1/namespaces/default/pods/p/exec?command=sh&command=-c&stdin=1&container=c');
    expect(refused.body.message).toBe('admission webhook "a.hook.example" denied the request: no shells');
    expect(server.received[0]?.body.request).toMatchObject({
      operation: 'CONNECT',
      kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: 'exec',
      name: 'p',
      object: { kind: 'PodExecOptions', apiVersion: 'v1', command: ['sh', '-c'], stdin: true, container: 'c' },
      oldObject: null,
    });
    expect((await cluster.request('POST', '/api/v1/namespaces/default/pods/p/attach')).status).toBe(404);
  });

  test('never for what configures admission, whatever its rules say', async () => {
    const server = await asked({ rules: [ALL] });
    server.answer = (review) => reviewed(review, { allowed: false });
    expect((await create()).status).toBe(400);
    const path = await configure('mutating', [{ clientConfig: server.clientConfig() }]);
    expect((await cluster.request('DELETE', path)).status).toBe(200);
    configured = configured.filter((other) => other !== path);
  });

  test('for trials only when it says that it has no side effects then', async () => {
    const path = await configure('validating', [{ clientConfig: (await serve((review) => reviewed(review, {}))).clientConfig() }]);
    expect((await create({}, '?dryRun=All')).status).toBe(201);
    // Only configurations of old can still say so.
    await cluster.request('DELETE', path);
    configured = [];
  });

  test('in the older version of reviews, where that is all it knows', async () => {
    const server = await asked({ admissionReviewVersions: ['v9', 'v1beta1'] });
    server.answer = ({ body }) => ({ response: { allowed: (body as { apiVersion: string }).apiVersion === 'admission.k8s.io/v1beta1' } });
    expect((await create()).status).toBe(201);
  });
});

describe('a webhook that fails', () => {
  const refusalOf = async (webhook: object, kind: 'mutating' | 'validating' = 'validating'): Promise<string> => {
    const path = await configure(kind, [{ timeoutSeconds: 30, ...webhook }]);
    const refused = await create();
    expect([refused.status, refused.body.reason]).toEqual([500, 'InternalError']);
    await cluster.request('DELETE', path);
    await configure(kind, [{ timeoutSeconds: 30, ...webhook, failurePolicy: 'Ignore' }]);
    expect((await create()).status).toBe(201);
    expect((await cluster.request('GET', '/readyz')).status).toBe(200);
    return refused.body.message;
  };
  const failed = 'Internal error occurred: failed calling webhook "a.hook.example": ';

  test.each(['mutating', 'validating'] as const)('since nobody listens: %s', async (kind) => {
    const server = await serve(() => undefined);
    const clientConfig = server.clientConfig();
    await server.stop();
    servers.length = 0;
    const { url } = clientConfig as { url: string };
    expect(await refusalOf({ clientConfig }, kind)).toBe(`${failed}failed to call webhook: Post "${url}?timeout=30s": dial tcp ${new URL(url).host}: connect: connection refused`);
  });

  test('since it never answers, within its timeout', async () => {
    const clock = new VirtualClock();
    const held = await startCluster({ clock });
    const server = await serve(() => void clock.advance(1000));
    const webhooks = [{ name: 'a.hook.example', rules: [CONFIG_MAPS], sideEffects: 'None', admissionReviewVersions: ['v1'], timeoutSeconds: 1, clientConfig: server.clientConfig() }];
    await held.request('POST', `${API}/validatingwebhookconfigurations`, { body: { metadata: { name: 'slow' }, webhooks } });
    const refused = await held.request<Body>('POST', configMaps, { body: { metadata: { name: 'a' } } });
    expect(refused.body.message).toBe(`${failed}failed to call webhook: Post "https://127.0.0.1:${server.port}/review?timeout=1s": context deadline exceeded`);
    await held.request('PATCH', `${API}/validatingwebhookconfigurations/slow`, { body: [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }], headers: { 'content-type': 'application/json-patch+json' } });
    expect((await held.request('POST', configMaps, { body: { metadata: { name: 'a' } } })).status).toBe(201);
    await held.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  test.each([
    ['is of another authority', ['127.0.0.1'], { caBundle: true }, 'tls: failed to verify certificate: x509: certificate signed by unknown authority'],
    ['is for another name', ['elsewhere.example'], {}, 'tls: failed to verify certificate: x509: certificate is valid for elsewhere.example, not 127.0.0.1'],
  ])('since its certificate %s', async (_name, hosts, { caBundle = false }: { caBundle?: boolean }, text) => {
    const server = await serve((review) => reviewed(review, {}), hosts);
    const other = await serve(() => undefined);
    const clientConfig = { ...server.clientConfig(), ...(caBundle && { caBundle: other.caBundle }) };
    expect(await refusalOf({ clientConfig })).toContain(`": ${text}`);
    expect(server.received).toHaveLength(0);
  });

  const post = 'failed to call webhook: ';
  const answers: readonly (readonly [string, Answer, string])[] = [
    ['garbage', (_review, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('not json'), `${post}couldn't get version/kind; json parse error: invalid character 'o' in literal null (expecting 'u')`],
    ['nothing', (_review, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(), `${post}0-length response with status code: 200 and content type: application/json`],
    ['a list', () => [], `${post}couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`],
    ['a page', (_review, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), `${post}serializer for text/html doesn't exist`],
    ['an error', (_review, response) => void response.writeHead(500, { 'content-type': 'text/plain' }).end('boom\n'), `${post}an error on the server ("boom") has prevented the request from succeeding`],
    ['an error of its own', (_review, response) => void response.writeHead(503, { 'content-type': 'application/json' }).end('{"kind":"Status","apiVersion":"v1","status":"Failure","message":"asleep"}'), `${post}asleep`],
    ['not found', (_review, response) => void response.writeHead(404).end(), `${post}the server could not find the requested resource`],
    ['a redirect', (_review, response) => void response.writeHead(302, { location: 'https://127.0.0.1:1/' }).end(), `${post}the server responded with the status code 302 but did not return more information`],
    ['no response', ({ body }) => ({ kind: 'AdmissionReview', apiVersion: body.apiVersion as string }), 'received invalid webhook response: webhook response was absent'],
    ['another kind', () => ({ kind: 'Pod', apiVersion: 'v1' }), `${post}no kind "Pod" is registered for version "v1" in scheme`],
    ['no kind', ({ body }) => ({ response: { uid: (body.request as { uid: string }).uid, allowed: true } }), 'received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind='],
    ['another uid', (review) => reviewed(review, { uid: 'another' }), 'received invalid webhook response: expected response.uid='],
    ['a wrong type', (review) => reviewed(review, { allowed: 'yes' }), `${post}json: cannot unmarshal string into Go struct field AdmissionResponse.response.allowed of type bool`],
    ['a patch, though it judges', (review) => patched(review, []), 'received invalid webhook response: validating webhook may not return response.patch'],
    ['more than anybody reads', (_review, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.alloc(11 * 1024 * 1024, ' ')), 'http: response body too large'],
    ['half an answer', (_review, response) => void response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{', () => response.destroy()), 'unexpected EOF'],
  ];
  test.each(answers)('since it answers with %s', async (_name, answer, text) => {
    const server = await serve(answer);
    const message = await refusalOf({ clientConfig: server.clientConfig() });
    expect(message.startsWith(failed)).toBe(true);
    expect(message.slice(failed.length)).toContain(text);
  });

  test('since it speaks no TLS', async () => {
    const { createServer } = await import('node:http');
    const server = createServer((_message, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(await refusalOf({ clientConfig: { url: `https://127.0.0.1:${port}/` } })).toBe(`${failed}failed to call webhook: Post "https://127.0.0.1:${port}/?timeout=30s": http: server gave HTTP response to HTTPS client`);
    server.close();
  });

  test('its own refusal is no failure', async () => {
    const server = await serve((review) => reviewed(review, { allowed: false }));
    await configure('mutating', [{ clientConfig: server.clientConfig(), failurePolicy: 'Ignore' }]);
    expect((await create()).status).toBe(400);
  });
});

describe('a webhook behind a service', () => {
  const service = { namespace: 'hooks', name: 'hook', path: '/review', port: 443 };
  const prefix = 'failed to call webhook: Post "https://hook.hooks.svc:443/review?timeout=10s": ';
  const messageOf = async (): Promise<string> => (await create()).body.message;

  test('is reached at the endpoints of the service, under its name', async () => {
    const server = await serve((review) => reviewed(review, {}), ['hook.hooks.svc']);
    await configure('validating', [{ clientConfig: { service, caBundle: server.caBundle } }]);
    expect(await messageOf()).toContain(`${prefix}service "hook" not found`);

    await cluster.request('POST', '/api/v1/namespaces', { body: { metadata: { name: 'hooks' } } });
    await cluster.request('POST', '/api/v1/namespaces/hooks/services', { body: { metadata: { name: 'hook' }, spec: { ports: [{ port: 444 }] } } });
    expect(await messageOf()).toContain(`${prefix}no service port 443 found for service "hook"`);

    await cluster.request('PATCH', '/api/v1/namespaces/hooks/services/hook', { body: { spec: { ports: [{ port: 443 }] } }, headers: { 'content-type': 'application/merge-patch+json' } });
    expect(await messageOf()).toContain(`${prefix}no endpoints available for service "hook"`);

    const subsets = [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: server.port }] }];
    await cluster.request('POST', '/api/v1/namespaces/hooks/endpoints', { body: { metadata: { name: 'hook' }, subsets } });
    const slice = { metadata: { name: 'hook-1', labels: { 'kubernetes.io/service-name': 'hook' } }, addressType: 'FQDN', ports: [{ port: server.port }], endpoints: [{ addresses: ['localhost'] }, { addresses: ['away.example'], conditions: { ready: false } }] };
    expect((await cluster.request<Body>('POST', '/apis/discovery.k8s.io/v1/namespaces/hooks/endpointslices', { body: slice })).body.message).toBe(undefined);
    expect((await create()).status).toBe(201);
    expect(server.received[0]?.path).toBe('/review?timeout=10s');
  });

  test('is reached at a name outside of the cluster, where the service says so', async () => {
    const server = await serve((review) => reviewed(review, {}), ['outside.default.svc']);
    await cluster.request('POST', '/api/v1/namespaces/default/services', { body: { metadata: { name: 'outside' }, spec: { type: 'ExternalName', externalName: 'localhost' } } });
    await configure('validating', [{ clientConfig: { service: { namespace: 'default', name: 'outside', port: server.port }, caBundle: server.caBundle } }]);
    expect((await create()).status).toBe(201);
    expect(server.received[0]?.path).toBe('/?timeout=10s');
  });
});

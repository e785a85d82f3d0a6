import { afterEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { startCluster, type Answer as ApiAnswer, type Cluster } from '../../../sdk/testing/cluster.ts';
import type { ClusterOptions } from '../../../sdk/testing/cluster-options.ts';
import { InProcessRequest } from '../../../server/http/in-process.ts';
import { WebhookServer, type Answer, type ReceivedReview } from '../webhook-server.test-data.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const path = (version: string): string => `/apis/example.com/${version}/namespaces/default/ports`;

interface Port extends KubeObject {
  spec?: { hostPort?: string; host?: string; port?: string };
  message?: string;
  items?: Port[];
}

const running: Cluster[] = [];
const servers: WebhookServer[] = [];
afterEach(async () => {
  await Promise.all([...running.splice(0).map((cluster) => cluster.stop()), ...servers.splice(0).map((server) => server.stop())]);
});

async function start(options?: ClusterOptions): Promise<Cluster> {
  const cluster = await startCluster(options);
  running.push(cluster);
  return cluster;
}

/** v1 has `spec.hostPort`, v2 has `spec.host` and `spec.port`. */
function convert(object: Port, toApiVersion: string): Port {
  const { hostPort = ':', host = '', port = '' } = object.spec ?? {};
  const [before = '', behind = ''] = hostPort.split(':');
  return { ...object, apiVersion: toApiVersion, spec: toApiVersion.endsWith('/v1') ? { hostPort: `${host}:${port}` } : { host: before, port: behind } };
}

async function serve(answer?: Answer): Promise<WebhookServer> {
  const server = await WebhookServer.start(answer ?? ((review) => converted(review, (object, to) => convert(object, to))));
  servers.push(server);
  return server;
}

function converted({ body }: ReceivedReview, change: (object: Port, toApiVersion: string) => unknown, response: object = {}): object {
  const { uid, desiredAPIVersion, objects } = body.request as { uid: string; desiredAPIVersion: string; objects: Port[] };
  return { kind: 'ConversionReview', apiVersion: body.apiVersion as string, response: { uid, result: { status: 'Success' }, convertedObjects: objects.map((object) => change(object, desiredAPIVersion)), ...response } };
}

function definition(clientConfig: object | undefined, storage: 'v1' | 'v2' = 'v1'): object {
  const strings = (...names: string[]): object => ({ type: 'object', properties: { spec: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) } } });
  const version = (name: string, schema: object): object => ({ name, served: true, storage: name === storage, schema: { openAPIV3Schema: schema }, subresources: { status: {} }, ...(name === 'v2' && { selectableFields: [{ jsonPath: '.spec.port' }] }) });
  return {
    metadata: { name: 'ports.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'ports', kind: 'Port' },
      versions: [version('v1', strings('hostPort')), version('v2', strings('host', 'port'))],
      ...(clientConfig && { conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig } } }),
    },
  };
}

async function define(cluster: Cluster, clientConfig: object | undefined): Promise<void> {
  const created = await cluster.request<{ message: string }>('POST', DEFINITIONS, { body: definition(clientConfig) });
  if (created.status !== 201) throw new Error(created.body.message);
}

function make(cluster: Cluster, version: string, name: string, spec: object): Promise<ApiAnswer<Port>> {
  return cluster.request<Port>('POST', path(version), { body: { apiVersion: `example.com/${version}`, kind: 'Port', metadata: { name }, spec } });
}

const read = async (cluster: Cluster, version: string, name: string): Promise<Port> => (await cluster.request<Port>('GET', `${path(version)}/${name}`)).body;

/** Collects the events of a watch until there are so many. */
async function watch(cluster: Cluster, query: string, count: number, meanwhile: () => Promise<unknown>): Promise<{ type: string; object: Port }[]> {
  const response = await cluster.server.handle(new InProcessRequest({ method: 'GET', path: `${path('v2')}?watch=1${query}`, headers: { accept: 'application/json' }, user: { name: 'admin', groups: ['system:masters'] } }));
  if (response.type !== 'stream') throw new Error('no stream');
  let text = '';
  const enough = new Promise<void>((resolve) => {
    response.start({
      write: (chunk) => {
        text += Buffer.from(chunk).toString();
        if (text.split('\n').length > count) resolve();
        return true;
      },
      end: resolve,
      abort: resolve,
      onDrain: () => undefined,
      onClose: () => undefined,
    });
  });
  await meanwhile();
  await enough;
  return text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as { type: string; object: Port });
}

describe.each(['a webhook', 'a function'])('conversion by %s', (by) => {
  async function prepare(): Promise<Cluster> {
    if (by === 'a function') {
      const cluster = await start({ converters: { 'ports.example.com': convert } });
      await define(cluster, undefined);
      return cluster;
    }
    const cluster = await start();
    await define(cluster, (await serve()).clientConfig());
    return cluster;
  }

  test('objects are written and read in each version', async () => {
    const cluster = await prepare();
    const created = await make(cluster, 'v2', 'a', { host: 'h', port: '1' });
    expect([created.status, created.body.apiVersion, created.body.spec]).toEqual([201, 'example.com/v2', { host: 'h', port: '1' }]);
    expect((await read(cluster, 'v1', 'a')).spec).toEqual({ hostPort: 'h:1' });
    const replaced = await cluster.request<Port>('PUT', `${path('v2')}/a`, { body: { ...created.body, spec: { host: 'h', port: '2' } } });
    expect(replaced.body.spec).toEqual({ host: 'h', port: '2' });
    expect(replaced.body.metadata.generation).toBe(2);
    const patched = await cluster.request<Port>('PATCH', `${path('v2')}/a`, { body: { spec: { host: 'g' } }, headers: { 'content-type': 'application/merge-patch+json' } });
    expect(patched.body.spec).toEqual({ host: 'g', port: '2' });
    expect((await read(cluster, 'v1', 'a')).spec).toEqual({ hostPort: 'g:2' });
    const tried = await cluster.request<Port>('PATCH', `${path('v2')}/a?dryRun=All`, { body: { spec: { host: 'x' } }, headers: { 'content-type': 'application/merge-patch+json' } });
    expect(tried.body.spec).toEqual({ host: 'x', port: '2' });
    expect((await cluster.request('DELETE', `${path('v2')}/a`)).status).toBe(200);
  });

  test('fields keep their owners across versions', async () => {
    const cluster = await prepare();
    const apply = (version: string, manager: string, spec: object): Promise<ApiAnswer<Port>> =>
      cluster.request<Port>('PATCH', `${path(version)}/a?fieldManager=${manager}`, { body: { apiVersion: `example.com/${version}`, kind: 'Port', metadata: { name: 'a' }, spec }, headers: { 'content-type': 'application/apply-patch+yaml' } });
    await apply('v1', 'one', { hostPort: 'h:1' });
    const conflicting = await apply('v2', 'two', { host: 'other' });
    expect([conflicting.status, conflicting.body.message]).toEqual([409, 'Apply failed with 1 conflict: conflict with "one": .spec.hostPort']);
    const agreed = await apply('v2', 'two', { host: 'h', port: '1' });
    expect(agreed.body.metadata.managedFields?.map(({ manager, apiVersion }) => `${manager} ${apiVersion}`).toSorted()).toEqual(['one example.com/v1', 'two example.com/v2']);
  });

  test('lists and watches show every version', async () => {
    const cluster = await prepare();
    await make(cluster, 'v1', 'a', { hostPort: 'h:1' });
    await make(cluster, 'v2', 'b', { host: 'h', port: '2' });
    const list = await cluster.request<Port>('GET', path('v2'));
    expect(list.body.items?.map(({ apiVersion, spec }) => ({ apiVersion, spec }))).toEqual([
      { apiVersion: 'example.com/v2', spec: { host: 'h', port: '1' } },
      { apiVersion: 'example.com/v2', spec: { host: 'h', port: '2' } },
    ]);
    const events = await watch(cluster, '', 5, async () => {
      await make(cluster, 'v1', 'c', { hostPort: 'h:3' });
      await cluster.request('DELETE', `${path('v1')}/a`);
      await make(cluster, 'v1', 'd', { hostPort: 'h:4' });
    });
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name} ${object.apiVersion} ${object.spec?.port}`)).toEqual([
      'ADDED a example.com/v2 1',
      'ADDED b example.com/v2 2',
      'ADDED c example.com/v2 3',
      'DELETED a example.com/v2 1',
      'ADDED d example.com/v2 4',
    ]);
  });

  test('fields are selected as the version has them', async () => {
    const cluster = await prepare();
    for (const n of [1, 2]) await make(cluster, 'v1', `p${n}`, { hostPort: `h:${n}` });
    const selected = await cluster.request<Port>('GET', `${path('v2')}?fieldSelector=spec.port%3D2`);
    expect(selected.body.items?.map(({ metadata }) => metadata.name)).toEqual(['p2']);
    const events = await watch(cluster, '&fieldSelector=spec.port%3D2', 3, async () => {
      await make(cluster, 'v1', 'p3', { hostPort: 'h:3' });
      await make(cluster, 'v1', 'p4', { hostPort: 'g:2' });
      await cluster.request('PATCH', `${path('v1')}/p4`, { body: { spec: { hostPort: 'g:4' } }, headers: { 'content-type': 'application/merge-patch+json' } });
    });
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(['ADDED p2', 'ADDED p4', 'DELETED p4']);
  });

  test('what was stored in another version is converted when the storage version changes, and stored anew when it is written', async () => {
    const cluster = await prepare();
    await make(cluster, 'v1', 'a', { hostPort: 'h:1' });
    const { body } = await cluster.request<{ spec: { versions: { name: string; storage: boolean }[] } }>('GET', `${DEFINITIONS}/ports.example.com`);
    for (const version of body.spec.versions) version.storage = version.name === 'v2';
    expect((await cluster.request('PUT', `${DEFINITIONS}/ports.example.com`, { body })).status).toBe(200);
    expect((await read(cluster, 'v2', 'a')).spec).toEqual({ host: 'h', port: '1' });
    const before = await read(cluster, 'v1', 'a');
    expect(before.spec).toEqual({ hostPort: 'h:1' });
    const rewritten = await cluster.request<Port>('PUT', `${path('v1')}/a`, { body: before });
    expect(rewritten.body.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion);
    expect(rewritten.body.spec).toEqual({ hostPort: 'h:1' });
    expect((await read(cluster, 'v2', 'a')).spec).toEqual({ host: 'h', port: '1' });
  });
});

describe('a conversion webhook', () => {
  test('is sent all objects of a list at once, and only those of other versions', async () => {
    const cluster = await start();
    const server = await serve();
    await define(cluster, server.clientConfig());
    for (const n of [1, 2, 3]) await make(cluster, 'v1', `p${n}`, { hostPort: `h:${n}` });
    expect(server.received).toHaveLength(0);
    await cluster.request('GET', path('v2'));
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.path).toBe('/review?timeout=30s');
    expect(server.received[0]?.body).toMatchObject({ kind: 'ConversionReview', apiVersion: 'apiextensions.k8s.io/v1', request: { desiredAPIVersion: 'example.com/v2', objects: [{ metadata: { name: 'p1' } }, { metadata: { name: 'p2' } }, { metadata: { name: 'p3' } }] } });
  });

  test('may change labels and annotations, and nothing else of metadata', async () => {
    const cluster = await start();
    const server = await serve((review) => converted(review, (object, to) => ({ ...convert(object, to), metadata: { ...object.metadata, labels: { from: 'hook' }, finalizers: ['a/b'], generation: 7, ownerReferences: [{}] } })));
    await define(cluster, server.clientConfig());
    await make(cluster, 'v1', 'a', {});
    const { metadata } = await read(cluster, 'v2', 'a');
    expect([metadata.labels, metadata.finalizers, metadata.generation, metadata.ownerReferences]).toEqual([{ from: 'hook' }, undefined, 1, undefined]);
  });

  const GOOD = (object: Port, to: string): Port => convert(object, to);
  const failures: readonly (readonly [string, Answer, string])[] = [
    ['fails', (review) => converted(review, GOOD, { result: { status: 'Failure', message: 'cannot do this' } }), 'failed: cannot do this'],
    ['says nothing of success', (review) => converted(review, GOOD, { result: {} }), "failed: response.result.status was '', not 'Success'"],
    ['answers another question', (review) => converted(review, GOOD, { uid: 'x' }), 'failed: expected response.uid='],
    ['answers nothing', ({ body }) => ({ kind: 'ConversionReview', apiVersion: body.apiVersion as string }), 'failed: no response provided'],
    ['loses objects', (review) => converted(review, GOOD, { convertedObjects: [] }), 'returned 0 objects, expected 1'],
    ['leaves the version', (review) => converted(review, (object) => object), 'returned invalid object at index 0: invalid groupVersion (expected example.com/v2, received example.com/v1)'],
    ['changes the kind', (review) => converted(review, (object, to) => ({ ...object, apiVersion: to, kind: 'Other' })), 'returned invalid object at index 0: invalid kind (expected Port, received Other)'],
    ['changes the name', (review) => converted(review, (object, to) => ({ ...convert(object, to), metadata: { ...object.metadata, name: 'b' } })), 'returned invalid object: must have the same name: a != b'],
    ['loses metadata', (review) => converted(review, (object, to) => ({ ...convert(object, to), metadata: undefined })), 'returned invalid object: must have the same name: a != '],
    ['writes labels that are none', (review) => converted(review, (object, to) => ({ ...convert(object, to), metadata: { ...object.metadata, labels: { a: 1 } } })), 'returned invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object'],
    ['is broken', (_review, response) => void response.writeHead(500).end('oops'), 'failed: an error on the server ("oops") has prevented the request from succeeding'],
  ];
  test.each(failures)('that %s leaves its own version to be used', async (_name, answer, problem) => {
    const cluster = await start();
    const server = await serve(answer);
    await define(cluster, server.clientConfig());
    expect((await make(cluster, 'v1', 'a', { hostPort: 'h:1' })).status).toBe(201);
    const failed = await cluster.request<{ message: string; reason?: string }>('GET', `${path('v2')}/a`);
    expect([failed.status, failed.body.reason]).toEqual([500, undefined]);
    expect(failed.body.message).toContain(`conversion webhook for example.com/v1, Kind=Port ${problem}`);
    expect((await cluster.request('GET', path('v2'))).status).toBe(500);
    expect((await make(cluster, 'v2', 'c', {})).status).toBe(500);
    expect((await read(cluster, 'v1', 'a')).spec).toEqual({ hostPort: 'h:1' });
    expect((await cluster.request('DELETE', `${path('v1')}/a`)).status).toBe(200);
  });

  test('that breaks during a watch ends it with an error', async () => {
    const cluster = await start();
    const server = await serve();
    await define(cluster, server.clientConfig());
    const events = await watch(cluster, '&resourceVersion=1', 1, async () => {
      server.answer = (_review, response) => void response.writeHead(503).end();
      await make(cluster, 'v1', 'a', {});
    });
    expect(events.map(({ type, object }) => `${type} ${object.message}`)).toEqual(['ERROR conversion webhook for example.com/v1, Kind=Port failed: the server is currently unable to handle the request']);
  });
});

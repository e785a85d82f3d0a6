import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Status } from '../../machinery/status-error.ts';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { startCluster, type Cluster } from '../../sdk/testing/cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ clock: new VirtualClock() });
});
afterAll(() => cluster.stop());

type List = { metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number }; items: KubeObject[] };
let namespaces = 0;
async function newNamespace(): Promise<string> {
  const name = `ns-${++namespaces}`;
  expect((await cluster.request('POST', '/api/v1/namespaces', { body: { metadata: { name } } })).status).toBe(201);
  return `/api/v1/namespaces/${name}/configmaps`;
}
const create = (maps: string, name: string, more: object = {}) => cluster.request<KubeObject>('POST', maps, { body: { metadata: { name }, ...more } });

describe('pages of a list', () => {
  test('say what remains of a past state that an earlier page has kept', async () => {
    const maps = await newNamespace();
    for (const name of ['a', 'b']) await create(maps, name);
    const { resourceVersion } = (await cluster.request<List>('GET', `${maps}?limit=1`)).body.metadata;
    await create(maps, 'c');
    const exact = await cluster.request<List>('GET', `${maps}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact&limit=1`);
    expect(exact.body.metadata.remainingItemCount).toBe(1);
  });

  test('show one state, whatever is written meanwhile', async () => {
    const maps = await newNamespace();
    for (const name of ['a', 'b', 'c', 'd']) await create(maps, name);
    const first = await cluster.request<List>('GET', `${maps}?limit=2`);
    expect(first.body.metadata.remainingItemCount).toBe(2);
    await cluster.request('DELETE', `${maps}/c`);
    await create(maps, 'bb');
    const second = await cluster.request<List>('GET', `${maps}?limit=2&continue=${first.body.metadata.continue}`);
    expect([...first.body.items, ...second.body.items].map((o) => o.metadata.name)).toEqual(['a', 'b', 'c', 'd']);
    expect(second.body.metadata.continue).toBeUndefined();
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  test('a token that no server made is refused', async () => {
    const maps = await newNamespace();
    const refused = await cluster.request<Status>('GET', `${maps}?continue=abc`);
    expect(refused.status).toBe(400);
    expect(refused.body.message).toContain('invalid continue token: continue key is not valid');
  });
});

describe('writers of one object', () => {
  test('a hundred patches at once lose nothing', async () => {
    const maps = await newNamespace();
    await create(maps, 'busy');
    const headers = { 'content-type': 'application/merge-patch+json' };
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => cluster.request('PATCH', `${maps}/busy`, { body: { data: { [`k${i}`]: 'v' } }, headers })));
    expect(answers.every((a) => a.status === 200)).toBe(true);
    const { body } = await cluster.request<KubeObject>('GET', `${maps}/busy`);
    expect(Object.keys(body['data'] as object)).toHaveLength(100);
  });

  test('who names an old version is told of the conflict', async () => {
    const maps = await newNamespace();
    const { body } = await create(maps, 'a');
    await cluster.request('PUT', `${maps}/a`, { body: { ...body, data: { k: '1' } } });
    const refused = await cluster.request<Status>('PUT', `${maps}/a`, { body: { ...body, data: { k: '2' } } });
    expect(refused.status).toBe(409);
    expect(refused.body.message).toBe('Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again');
  });

  test('an update that changes nothing takes no revision, in whatever order its keys are', async () => {
    const maps = await newNamespace();
    const { body } = await create(maps, 'a', { data: { x: '1', y: '2' } });
    const again = await cluster.request<KubeObject>('PUT', `${maps}/a`, { body: { data: { y: '2', x: '1' }, metadata: { name: 'a' }, kind: 'ConfigMap', apiVersion: 'v1' } });
    expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
  });
});

describe('deletion', () => {
  test('a finalizer holds an object until it is taken off', async () => {
    const maps = await newNamespace();
    await cluster.request('POST', maps, { body: { metadata: { name: 'held', finalizers: ['example.com/hold'] } } });
    const held = await cluster.request<KubeObject>('DELETE', `${maps}/held`);
    expect(held.body.metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    const headers = { 'content-type': 'application/merge-patch+json' };
    await cluster.request('PATCH', `${maps}/held`, { body: { metadata: { finalizers: null } }, headers });
    expect((await cluster.request('GET', `${maps}/held`)).status).toBe(404);
  });

  test('a precondition that does not hold leaves the object alone', async () => {
    const maps = await newNamespace();
    await create(maps, 'a');
    const refused = await cluster.request<Status>('DELETE', `${maps}/a`, { body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'other' } } });
    expect(refused.status).toBe(409);
    expect((await cluster.request('GET', `${maps}/a`)).status).toBe(200);
  });
});

describe('generated names', () => {
  test('a name that is taken is made anew', async () => {
    let calls = 0;
    // The first two names come out alike: five characters each.
    const own = await startCluster({ random: () => (calls++ < 10 ? 0 : 0.5) });
    const body = { metadata: { generateName: 'a-' } };
    const maps = '/api/v1/namespaces/default/configmaps';
    calls = 0;
    const first = await own.request<KubeObject>('POST', maps, { body });
    const second = await own.request<KubeObject>('POST', maps, { body });
    await own.stop();
    expect(first.body.metadata.name).toBe('a-bbbbb');
    expect(second.status).toBe(201);
    expect(second.body.metadata.name).not.toBe(first.body.metadata.name);
  });
});

describe('keys that every object inherits', () => {
  test.each(['__proto__', 'constructor', 'toString'])('%s is data like any other', async (key) => {
    const maps = await newNamespace();
    const body = `{"metadata":{"name":"a"},"data":{${JSON.stringify(key)}:"v"}}`;
    expect((await cluster.request('POST', maps, { body })).status).toBe(201);
    const read = await cluster.request<KubeObject>('GET', `${maps}/a`);
    expect(Object.entries(read.body['data'] as object)).toEqual([[key, 'v']]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe('bodies', () => {
  test('beyond three mebibytes are refused', async () => {
    const maps = await newNamespace();
    const refused = await cluster.request<Status>('POST', maps, { body: { metadata: { name: 'a' }, data: { k: 'x'.repeat(4 * 1024 * 1024) } } });
    expect(refused.status).toBe(413);
    expect(refused.body.message).toBe('Request entity too large: limit is 3145728');
  });

  test('an unknown field is a warning, or with strict validation an error', async () => {
    const maps = await newNamespace();
    const warned = await cluster.request('POST', maps, { body: { metadata: { name: 'a' }, dtaa: {} } });
    expect(warned.headers['warning']).toEqual(['299 - "unknown field \\"dtaa\\""']);
    const refused = await cluster.request<Status>('POST', `${maps}?fieldValidation=Strict`, { body: { metadata: { name: 'b' }, dtaa: {} } });
    expect(refused.body.message).toBe('ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dtaa"');
  });
});

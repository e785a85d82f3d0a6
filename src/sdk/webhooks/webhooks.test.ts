import { afterEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { urlTarget } from '../../extensions/webhooks/client/webhook-target.ts';
import { startCluster, type Cluster } from '../testing/cluster.ts';
import type { ClusterOptions } from '../testing/cluster-options.ts';
import { authenticator, authorizer, mutate, serveWebhooks, validate, type WebhookServing } from './index.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.stop();
});

async function start(options: ClusterOptions): Promise<Cluster> {
  const cluster = await startCluster(options);
  running.push(cluster);
  return cluster;
}

async function served(options: Parameters<typeof serveWebhooks>[0]): Promise<WebhookServing> {
  const serving = await serveWebhooks(options);
  running.push({ stop: () => serving.close() });
  return serving;
}

const maps = '/api/v1/namespaces/default/configmaps';
const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }] as const;
const make = (cluster: Cluster, name = 'm', query = '') => cluster.request<{ message: string; data?: object }>('POST', `${maps}${query}`, { body: { metadata: { name }, data: { a: '1' } } });
type ConfigMap = KubeObject & { data?: Record<string, string> };

describe('functions as admission', () => {
  test('what a function throws is a failure of its own, and its failure policy decides', async () => {
    const broken = (failurePolicy: 'Fail' | 'Ignore') =>
      validate({ name: 'broken.test.example', rules: [...rules], failurePolicy }, () => {
        throw new Error('out of order');
      });
    const closed = await make(await start({ admission: [broken('Fail')] }));
    expect([closed.status, closed.body.message]).toEqual([500, 'Internal error occurred: failed calling webhook "broken.test.example": failed to call webhook: out of order']);
    expect((await make(await start({ admission: [broken('Ignore')] }))).status).toBe(201);
  });

  test('a function that never answers is given up in its time', async () => {
    const clock = new VirtualClock();
    const stuck = validate({ name: 'stuck.test.example', rules: [...rules], timeoutSeconds: 2 }, async () => {
      const never = new Promise<void>(() => undefined);
      void clock.advance(2000);
      await never;
    });
    const refused = await make(await start({ admission: [stuck], clock }));
    expect(refused.body.message).toContain('context deadline exceeded');
  });

  test('functions and webhooks are asked in the order of their configurations', async () => {
    const append = (name: string) =>
      mutate<ConfigMap>({ name, rules: [...rules] }, (object) => {
        object.data = { ...object.data, order: `${object.data?.['order'] ?? ''}${name[0] ?? ''}` };
      });
    const serving = await served({ admission: [append('b.test.example')] });
    const cluster = await start({ admission: [append('c.test.example'), append('a.test.example')] });
    await cluster.request('POST', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', { body: serving.configurations[0] });
    expect((await make(cluster)).body.data).toEqual({ a: '1', order: 'abc' });
  });

  test('a function with side effects is not asked about trials: they are refused', async () => {
    const effects = validate({ name: 'effects.test.example', rules: [...rules], sideEffects: 'Some' }, () => undefined);
    const cluster = await start({ admission: [effects] });
    const tried = await make(cluster, 'm', '?dryRun=All');
    expect([tried.status, tried.body.message]).toEqual([400, 'admission webhook "effects.test.example" does not support dry run']);
    expect((await make(cluster)).status).toBe(201);
  });

  test('what a function makes of an object is decoded and validated like anything else', async () => {
    const wrong = mutate<{ data: unknown }>({ name: 'wrong.test.example', rules: [...rules] }, (object) => ({ ...object, data: { n: 1 } }));
    expect((await make(await start({ admission: [wrong] }))).body.message).toContain('json: cannot unmarshal number into Go struct field ConfigMap.data of type string');
  });
});

const tokens = authenticator('test', (token) => (token === 'jane-token' ? { name: 'jane', groups: ['dev'] } : undefined));
const readers = authorizer('test', ({ user, verb, resource }) => (user.name !== 'jane' ? 'no-opinion' : verb === 'list' && resource === 'configmaps' ? 'allow' : 'deny'));

describe('functions that say who and what', () => {
  const check = async (cluster: Cluster): Promise<void> => {
    const headers = { authorization: 'Bearer jane-token' };
    expect((await cluster.request('GET', maps, { headers })).status).toBe(200);
    expect((await cluster.request('GET', '/api/v1/namespaces/default/secrets', { headers })).status).toBe(403);
    expect((await cluster.request('GET', maps, { headers: { authorization: 'Bearer other' } })).status).toBe(401);
    expect((await cluster.request('GET', maps)).status).toBe(200);
    const review = await cluster.request<{ status: { authenticated: boolean; user: { username: string } } }>('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: { spec: { token: 'jane-token' } } });
    expect(review.body.status).toMatchObject({ authenticated: true, user: { username: 'jane' } });
  };

  test('in the process', async () => {
    await check(await start({ authenticators: [tokens], authorizationModes: [readers, 'RBAC'] }));
  });

  test('over HTTPS, as webhooks', async () => {
    const { url, certificateAuthority } = await served({ authenticator: tokens, authorizer: readers });
    const target = (path: string) => ({ ...urlTarget(`${url}${path}`), certificateAuthority });
    await check(await start({ tokenWebhook: { target: target('/authenticate'), version: 'v1' }, authorizationModes: [{ name: 'hook', target: target('/authorize') }, 'RBAC'] }));
  });
});

test('a converter over HTTPS', async () => {
  const serving = await served({ converters: { 'things.example.com': (object, to) => ({ ...object, spec: { seen: to } }) } });
  const cluster = await start({});
  const schema = { type: 'object', properties: { spec: { type: 'object', properties: { seen: { type: 'string' } } } } };
  const versions = ['v1', 'v2'].map((name) => ({ name, served: true, storage: name === 'v1', schema: { openAPIV3Schema: schema } }));
  const spec = { group: 'example.com', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' }, versions, conversion: serving.conversion('things.example.com') };
  await cluster.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: { metadata: { name: 'things.example.com' }, spec } });
  const things = (version: string) => `/apis/example.com/${version}/namespaces/default/things`;
  expect((await cluster.request('POST', things('v1'), { body: { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 't' }, spec: {} } })).status).toBe(201);
  expect((await cluster.request<{ spec: object }>('GET', `${things('v2')}/t`)).body.spec).toEqual({ seen: 'example.com/v2' });
});

describe('requests that are no reviews', () => {
  const post = async ({ url, certificateAuthority }: WebhookServing, path: string, body: string): Promise<string> => {
    const { WebhookClient } = await import('../../extensions/webhooks/client/webhook-client.ts');
    const client = new WebhookClient({ clock: new VirtualClock(), resolver: { resolve: () => Promise.reject(new Error('no services')) } });
    const answer = await client.post({ ...urlTarget(`${url}${path}`), certificateAuthority }, Buffer.from(body), { timeoutMs: 1000 });
    client.close();
    return `${answer.status} ${answer.body.toString()}`;
  };

  test.each([
    ['/nowhere', '{}', '404 no webhook is served here'],
    ['/authenticate', 'x', "400 invalid character 'x' looking for beginning of value"],
    ['/authenticate', '[]', '400 expected a review'],
    ['/authenticate', '{"kind":"Pod"}', '400 expected a TokenReview of authentication.k8s.io/v1'],
  ])('%s %s', async (path, body, answer) => {
    expect(await post(await served({ authenticator: tokens }), path, body)).toBe(answer);
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../machinery/virtual-clock.ts';
import { startCluster, type Answer as ApiAnswer, type Cluster } from '../../../sdk/testing/cluster.ts';
import type { ClusterOptions } from '../../../sdk/testing/cluster-options.ts';
import { urlTarget } from '../client/webhook-target.ts';
import { WebhookServer, type Answer } from '../webhook-server.test-data.ts';
import type { AuthorizationWebhookSettings } from './webhook-authorizer.ts';

const running: (Cluster | WebhookServer)[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

interface Prepared {
  readonly server: WebhookServer;
  readonly cluster: Cluster;
  get(path: string): Promise<ApiAnswer<{ message: string }>>;
}

async function prepare(answer: Answer, settings: Partial<AuthorizationWebhookSettings> = {}, options: ClusterOptions = {}): Promise<Prepared> {
  const server = await WebhookServer.start(answer);
  const webhook = { name: 'hook', target: { ...urlTarget(`https://127.0.0.1:${server.port}/authorize`), certificateAuthority: server.ca.cert }, version: 'v1', ...settings } as const;
  const cluster = await startCluster({ authorizationModes: [webhook, 'RBAC'], ...options });
  running.push(cluster, server);
  const get = (path: string): Promise<ApiAnswer<{ message: string }>> => cluster.request('GET', path, { user: { name: 'jane', uid: '7', groups: ['dev'], extra: { k: ['v'] } } });
  return { server, cluster, get };
}

const status = (value: object): Answer => ({ body }) => ({ kind: 'SubjectAccessReview', apiVersion: body.apiVersion as string, status: value });
const secrets = '/api/v1/namespaces/default/secrets';

describe('an authorization webhook', () => {
  test('is asked about everything of a request', async () => {
    const { server, get } = await prepare(status({ allowed: true }));
    expect((await get(`${secrets}?labelSelector=a%3Db,!c&fieldSelector=type!%3Dx`)).status).toBe(200);
    expect((await get('/metrics')).status).toBe(200);
    expect(server.received.map(({ path, body }) => [path, body])).toEqual([
      [
        '/authorize',
        {
          kind: 'SubjectAccessReview',
          apiVersion: 'authorization.k8s.io/v1',
          metadata: {},
          spec: {
            user: 'jane',
            uid: '7',
            groups: ['dev'],
            extra: { k: ['v'] },
            resourceAttributes: {
              namespace: 'default',
              verb: 'list',
              version: 'v1',
              resource: 'secrets',
              fieldSelector: { requirements: [{ key: 'type', operator: 'NotIn', values: ['x'] }] },
              labelSelector: { requirements: [{ key: 'a', operator: 'In', values: ['b'] }, { key: 'c', operator: 'DoesNotExist' }] },
            },
          },
        },
      ],
      ['/authorize', { kind: 'SubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec: { user: 'jane', uid: '7', groups: ['dev'], extra: { k: ['v'] }, nonResourceAttributes: { path: '/metrics', verb: 'get' } } }],
    ]);
  });

  test.each([
    [{ allowed: false }, 403, 'secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default"'],
    [{ denied: true, reason: 'never' }, 403, 'secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default": never'],
    [{ denied: true, allowed: true }, 403, 'secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default"'],
  ])('that answers %j', async (value, code, message) => {
    const { get } = await prepare(status(value));
    const answer = await get(secrets);
    expect([answer.status, answer.body.message]).toEqual([code, message]);
  });

  test('keeps what is allowed longer than what is not', async () => {
    const clock = new VirtualClock();
    const { server, get } = await prepare(({ body }) => ({ kind: 'SubjectAccessReview', apiVersion: body.apiVersion as string, status: { allowed: body.spec.resourceAttributes.resource === 'secrets' } }), {}, { clock });
    const ask = async (): Promise<number[]> => [(await get(secrets)).status, (await get('/api/v1/namespaces/default/pods')).status];
    expect([await ask(), await ask()]).toEqual([[200, 403], [200, 403]]);
    expect(server.received).toHaveLength(2);
    await clock.advance(30_000);
    await ask();
    expect(server.received).toHaveLength(3);
    await clock.advance(270_000);
    await ask();
    expect(server.received).toHaveLength(5);
  });

  test('that fails has no opinion, or denies if it is told to', async () => {
    const broken: Answer = (_review, response) => void response.writeHead(404).end();
    const { get, cluster } = await prepare(broken, {}, {});
    expect((await get(secrets)).status).toBe(403);
    expect((await cluster.request('GET', secrets)).status).toBe(200);
    const strict = await prepare(broken, { failurePolicy: 'Deny' });
    const discovery = await strict.get('/api');
    expect(discovery.status).toBe(403);
  });

  test('is asked only when its match conditions hold', async () => {
    const matchConditions = ['has(request.resourceAttributes)', "request.resourceAttributes.namespace == 'default'", "!('system:nodes' in request.groups)"];
    const { server, get } = await prepare(status({ allowed: true }), { matchConditions });
    expect((await get('/metrics')).status).toBe(403);
    expect((await get('/api/v1/namespaces/kube-system/secrets')).status).toBe(403);
    expect((await get(secrets)).status).toBe(200);
    expect(server.received).toHaveLength(1);
  });

  test('is asked by expressions of admission, too', async () => {
    const { server, cluster } = await prepare(({ body }) => {
      const { user, resourceAttributes } = body.spec as { user: string; resourceAttributes: { verb: string } };
      return { kind: 'SubjectAccessReview', apiVersion: body.apiVersion as string, status: { allowed: resourceAttributes.verb !== 'label' || user === 'ann' } };
    });
    const group = '/apis/admissionregistration.k8s.io/v1';
    const matchConstraints = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }] };
    const validations = [{ expression: "authorizer.group('').resource('configmaps').namespace('default').check('label').allowed()", message: 'you may not label' }];
    await cluster.request('POST', `${group}/validatingadmissionpolicies`, { body: { metadata: { name: 'p' }, spec: { matchConstraints, validations } } });
    await cluster.request('POST', `${group}/validatingadmissionpolicybindings`, { body: { metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'] } } });
    const make = async (user: string): Promise<number> => (await cluster.request('POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name: user } }, user: { name: user, groups: [] } })).status;
    expect([await make('bob'), await make('ann')]).toEqual([422, 201]);
    expect(server.received.filter(({ body }) => body.spec.resourceAttributes.verb === 'label')).toHaveLength(2);
  });

  test('match conditions that fail count as a failure of the webhook', async () => {
    const matchConditions = ["request.resourceAttributes.namespace == 'default'"];
    const { server, get } = await prepare(status({ allowed: true }), { matchConditions, failurePolicy: 'Deny' });
    expect((await get('/api')).status).toBe(403);
    expect(server.received).toHaveLength(0);
  });
});

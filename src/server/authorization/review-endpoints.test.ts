import { beforeAll, describe, expect, test } from 'vitest';
import { loadFacts } from '../../api/facts/facts.ts';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { ApiServer } from '../api-server.ts';
import { bearerAuthenticator } from '../authentication/bearer-token.ts';
import { forAudiences, parseTokenFile } from '../authentication/static-tokens.ts';
import { unionAuthenticator, unionTokenAuthenticator } from '../authentication/union-authenticator.ts';
import { namespaceLifecycle } from '../admission/namespace-lifecycle/namespace-lifecycle.ts';
import { InFlightLimits } from '../flow-control/in-flight-limits.ts';
import { planBootstrap } from '../bootstrap/plan-bootstrap.ts';
import { generateServiceAccountKey } from '../certificates/cluster-certificates.ts';
import { InProcessRequest, readAnswer } from '../http/in-process.ts';
import { tokenKey } from '../service-account-tokens/json-web-token.ts';
import { serviceAccountTokens } from '../service-account-tokens/token-authenticator.ts';
import { tokenEndpoint } from '../service-account-tokens/token-endpoint.ts';
import { escalationPlugin } from './escalation-plugin.ts';
import { NodeAuthorizer } from './node-authorizer.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';
import { reviewEndpoints } from './review-endpoints.ts';
import { privilegedGroups, unionAuthorizer, unionRuleResolver } from './union-authorizer.ts';

const ISSUER = 'https://kubernetes.default.svc';
const AUDIENCES = [ISSUER];
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A server with the parts of access control and nothing else of a cluster. */
async function start(): Promise<(method: string, path: string, body?: object, token?: string) => Promise<Answered>> {
  const clock = new VirtualClock();
  const facts = loadFacts();
  const key = tokenKey(generateServiceAccountKey().privateKey);
  let uuids = 0;
  const uuid = (): string => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`;
  const server = await ApiServer.open({
    store: new MemoryStore({ clock }),
    clock,
    random: () => 0.5,
    uuid,
    facts,
    rules: { 'rbac.authorization.k8s.io': async () => Object.fromEntries(['clusterroles', 'clusterrolebindings'].map((resource) => [resource, { validateName: () => [] }])) },
    onInternalError: (error) => {
      throw error;
    },
    access: ({ reader }) => {
      const rbac = new RbacAuthorizer(reader);
      const node = new NodeAuthorizer({ reader, nodeRules: [] });
      const authorizer = unionAuthorizer([privilegedGroups('system:masters'), node, rbac]);
      const accounts = serviceAccountTokens({ issuers: AUDIENCES, apiAudiences: AUDIENCES, keys: [key], reader, clock });
      const tokens = unionTokenAuthenticator([forAudiences(AUDIENCES, parseTokenFile('admin,admin,admin,system:masters\nalice,alice,alice,dev')), accounts]);
      return {
        authenticator: unionAuthenticator([bearerAuthenticator(tokens, AUDIENCES)]),
        authorizer,
        admission: [namespaceLifecycle(reader), escalationPlugin({ authorizer, roles: rbac.roles })],
        gate: new InFlightLimits({ reading: 0, writing: 0 }),
        endpoints: new Map([
          ...reviewEndpoints({ authorizer, resolver: unionRuleResolver([node, rbac]), tokens, apiAudiences: AUDIENCES }),
          ...tokenEndpoint(facts, { issuer: ISSUER, apiAudiences: AUDIENCES, key, reader, randomUuid: uuid }),
        ]),
      };
    },
  });
  const call = async (method: string, path: string, body?: object, token = 'admin'): Promise<Answered> => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' };
    const response = await server.handle(new InProcessRequest({ method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
    return { status: response.status, body: JSON.parse((await readAnswer(response)).toString()) as Record<string, unknown> };
  };
  const bootstrap = planBootstrap({ bootstrapObjects: facts.bootstrapObjects, serviceCidrs: ['10.0.0.0/16'], advertiseAddress: '192.0.2.1', securePort: 6443 });
  for (const { resource, object } of bootstrap.flat().filter((item) => item.resource.group === 'rbac.authorization.k8s.io')) {
    if (object.metadata.namespace === undefined) expect(await call('POST', `${RBAC}/${resource.resource}`, object)).toMatchObject({ status: 201 });
  }
  await call('POST', '/api/v1/namespaces', { metadata: { name: 'x' } });
  return call;
}

let call: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  call = await start();
});

describe('through the whole server', () => {
  test('a review is answered, and claimed by who asked', async () => {
    const spec = { resourceAttributes: { namespace: 'x', verb: 'get', resource: 'pods' } };
    expect(await call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec })).toMatchObject({
      status: 201,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        metadata: { managedFields: [{ manager: 'unknown', operation: 'Update', fieldsV1: { 'f:spec': { 'f:resourceAttributes': { '.': {}, 'f:namespace': {}, 'f:resource': {}, 'f:verb': {} } } } }] },
        spec,
        status: { allowed: true },
      },
    });
  });

  test.each([
    ['selfsubjectrulesreviews', 'authorization', { spec: { namespace: 'x' } }, { spec: {}, status: { incomplete: false, resourceRules: expect.any(Array) } }],
    ['selfsubjectreviews', 'authentication', {}, { metadata: { creationTimestamp: '2026-01-01T00:00:00Z' }, status: { userInfo: { username: 'alice', uid: 'alice', groups: ['dev', 'system:authenticated'] } } }],
    ['selfsubjectaccessreviews', 'authorization', { spec: { nonResourceAttributes: { path: '/api', verb: 'get' } } }, { status: { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"' } }],
  ])('%s are anybody\'s to ask', async (resource, group, body, answer) => {
    expect(await call('POST', `/apis/${group}.k8s.io/v1/${resource}`, body, 'alice')).toMatchObject({ status: 201, body: answer });
  });

  test('reviews of others are not', async () => {
    expect(await call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'alice' } }, 'alice')).toMatchObject({
      status: 403,
      body: { message: 'tokenreviews.authentication.k8s.io is forbidden: User "alice" cannot create resource "tokenreviews" in API group "authentication.k8s.io" at the cluster scope' },
    });
    expect(await call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'alice' } })).toMatchObject({ status: 201, body: { status: { authenticated: true, audiences: AUDIENCES, user: { username: 'alice' } } } });
  });

  test('a role is granted as far as its author\'s rights go, and holds with the next request', async () => {
    const role = (name: string, rules: object[]): object => ({ metadata: { name, namespace: 'x' }, rules });
    const bind = (name: string, user: string): object => ({ metadata: { name, namespace: 'x' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }, subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }] });
    const configMaps = { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] };
    expect((await call('GET', '/api/v1/namespaces/x/configmaps', undefined, 'alice')).status).toBe(403);
    await call('POST', `${RBAC}/namespaces/x/roles`, role('author', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['create'] }, configMaps]));
    await call('POST', `${RBAC}/namespaces/x/rolebindings`, bind('author', 'alice'));
    expect((await call('GET', '/api/v1/namespaces/x/configmaps', undefined, 'alice')).status).toBe(200);
    expect((await call('POST', `${RBAC}/namespaces/x/roles`, role('within', [configMaps]), 'alice')).status).toBe(201);
    expect(await call('POST', `${RBAC}/namespaces/x/roles`, role('beyond', [{ ...configMaps, resources: ['secrets'] }]), 'alice')).toMatchObject({ status: 403, body: { message: expect.stringContaining('{APIGroups:[""], Resources:["secrets"], Verbs:["list"]}') } });
  });

  test('a token request is answered with a token that holds until its account goes', async () => {
    const accounts = '/api/v1/namespaces/x/serviceaccounts';
    await call('POST', accounts, { metadata: { name: 'robot' } });
    const { status, body } = await call('POST', `${accounts}/robot/token`, { spec: {} });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { name: 'robot', namespace: 'x', managedFields: [{ apiVersion: 'authentication.k8s.io/v1', subresource: 'token' }] },
      spec: { audiences: AUDIENCES, boundObjectRef: null, expirationSeconds: 3600 },
    });
    expect(body).toHaveProperty(['metadata', 'managedFields', 0, 'fieldsV1'], { 'f:spec': { 'f:expirationSeconds': {} } });
    const { token } = body['status'] as { token: string };
    const self = (): Promise<Answered> => call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, token);
    expect(await self()).toMatchObject({ status: 201, body: { status: { userInfo: { username: 'system:serviceaccount:x:robot' } } } });
    await call('DELETE', `${accounts}/robot`);
    expect(await self()).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
    expect(await call('POST', `${accounts}/robot/token`, { spec: {} })).toMatchObject({ status: 404, body: { message: 'serviceaccounts "robot" not found' } });
  });
});

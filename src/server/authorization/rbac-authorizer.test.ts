import { describe, expect, test } from 'vitest';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { Attributes } from './authorizer.ts';
import { MemoryReader, binding, clusterRole, role } from './memory-reader.test-data.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';

const alice: UserInfo = { name: 'alice', uid: 'alice', groups: ['dev', 'system:authenticated'] };

function asks(partial: Partial<Attributes>): Attributes {
  return { user: alice, verb: 'get', resourceRequest: true, path: '', group: '', version: 'v1', resource: 'configmaps', subresource: '', namespace: 'x', name: '', ...partial };
}
const path = (p: string, verb = 'get'): Partial<Attributes> => ({ resourceRequest: false, path: p, verb, namespace: '', resource: '' });

describe('one rule', () => {
  const cases: { rule: Record<string, string[]>; allows: Partial<Attributes>[]; refuses: Partial<Attributes>[] }[] = [
    { rule: { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }, allows: [{}, { name: 'a' }], refuses: [{ verb: 'list' }, { resource: 'secrets' }, { group: 'apps' }, { subresource: 'status' }, { namespace: 'y' }, { namespace: '' }] },
    { rule: { apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }, allows: [{ verb: 'delete' }, { verb: '*' }], refuses: [{ resource: 'pods' }] },
    { rule: { apiGroups: [''], resources: ['*'], verbs: ['get'] }, allows: [{ resource: 'pods', subresource: 'status' }, { resource: '*' }], refuses: [{ group: 'apps', resource: 'deployments' }] },
    { rule: { apiGroups: ['*'], resources: ['jobs'], verbs: ['list'] }, allows: [{ group: 'batch', resource: 'jobs', verb: 'list' }], refuses: [{ group: 'batch', resource: 'cronjobs', verb: 'list' }] },
    { rule: { apiGroups: ['apps'], resources: ['*/scale'], verbs: ['get'] }, allows: [{ group: 'apps', resource: 'deployments', subresource: 'scale' }], refuses: [{ group: 'apps', resource: 'deployments' }, { group: 'apps', resource: 'deployments', subresource: 'status' }] },
    { rule: { apiGroups: [''], resources: ['pods/*'], verbs: ['get'] }, allows: [], refuses: [{ resource: 'pods', subresource: 'status' }, { resource: 'pods' }] },
    { rule: { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'create'], resourceNames: ['one'] }, allows: [{ name: 'one' }, { verb: 'list', name: 'one' }], refuses: [{ name: 'two' }, { verb: 'list' }, { verb: 'create' }] },
    { rule: { apiGroups: [''], resources: ['__proto__', 'constructor'], verbs: ['get'] }, allows: [{ resource: 'constructor' }], refuses: [{ resource: 'toString' }] },
  ];
  test.each(cases)('in a Role: $rule', ({ rule, allows, refuses }) => {
    const reader = new MemoryReader([role('x', 'r', [rule]), binding('x', 'r', 'Role/r', ['User/alice'])]);
    const authorizer = new RbacAuthorizer(reader);
    for (const asked of allows) expect([asked, authorizer.authorize(asks(asked)).decision]).toEqual([asked, 'allow']);
    for (const asked of refuses) expect([asked, authorizer.authorize(asks(asked)).decision]).toEqual([asked, 'no-opinion']);
  });

  test('about URLs counts through a ClusterRoleBinding alone, and a trailing star covers what follows', () => {
    const rule = { nonResourceURLs: ['/a/*', '/b'], verbs: ['get'] };
    const cluster = new RbacAuthorizer(new MemoryReader([clusterRole('r', [rule]), binding('', 'r', 'ClusterRole/r', ['User/alice'])]));
    expect(['/a/b/c', '/a', '/b', '/b/c'].map((p) => cluster.authorize(asks(path(p))).decision)).toEqual(['allow', 'no-opinion', 'allow', 'no-opinion']);
    expect(cluster.authorize(asks(path('/b', 'post'))).decision).toBe('no-opinion');
    const namespaced = new RbacAuthorizer(new MemoryReader([clusterRole('r', [rule]), binding('x', 'r', 'ClusterRole/r', ['User/alice'])]));
    expect(namespaced.authorize(asks(path('/b'))).decision).toBe('no-opinion');
  });
});

describe('the reason names the binding, the role and the subject', () => {
  const rule = { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] };
  const robot: UserInfo = { name: 'system:serviceaccount:x:robot', groups: ['system:serviceaccounts'] };
  test.each([
    [[role('x', 'r', [rule]), binding('x', 'b', 'Role/r', ['User/alice'])], alice, 'RBAC: allowed by RoleBinding "b/x" of Role "r" to User "alice"'],
    [[clusterRole('r', [rule]), binding('x', 'b', 'ClusterRole/r', ['Group/dev'])], alice, 'RBAC: allowed by RoleBinding "b/x" of ClusterRole "r" to Group "dev"'],
    [[clusterRole('r', [rule]), binding('', 'b', 'ClusterRole/r', ['ServiceAccount/x/robot'])], robot, 'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "r" to ServiceAccount "robot/x"'],
    [[clusterRole('r', [rule]), binding('x', 'b', 'ClusterRole/r', ['ServiceAccount//robot'])], robot, 'RBAC: allowed by RoleBinding "b/x" of ClusterRole "r" to ServiceAccount "robot/x"'],
  ])('%#', (objects, user, reason) => {
    expect(new RbacAuthorizer(new MemoryReader(objects)).authorize(asks({ user }))).toEqual({ decision: 'allow', reason });
  });
});

test('a user is not a group of the same name', () => {
  const reader = new MemoryReader([role('x', 'r', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]), binding('x', 'r', 'Role/r', ['Group/alice', 'User/dev'])]);
  expect(new RbacAuthorizer(reader).authorize(asks({})).decision).toBe('no-opinion');
});

test('a binding to a missing role is told with the refusal, and works as soon as the role is there', () => {
  const reader = new MemoryReader([binding('x', 'b', 'Role/later', ['User/alice'])]);
  const authorizer = new RbacAuthorizer(reader);
  expect(authorizer.authorize(asks({}))).toEqual({ decision: 'no-opinion', reason: 'RBAC: role.rbac.authorization.k8s.io "later" not found' });
  reader.put(role('x', 'later', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]));
  expect(authorizer.authorize(asks({})).decision).toBe('allow');
  reader.remove(binding('x', 'b', 'Role/later', []));
  expect(authorizer.authorize(asks({}))).toEqual({ decision: 'no-opinion' });
});

test('the default aggregated roles hold before any controller has filled them, others do not', () => {
  const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
  const selects = (label: string): Record<string, unknown> => ({ clusterRoleSelectors: [{ matchLabels: { [label]: 'true' } }] });
  const reader = new MemoryReader([
    { ...clusterRole('edit', []), rules: null, aggregationRule: selects('to-edit'), metadata: { name: 'edit', labels } },
    { ...clusterRole('view', []), aggregationRule: selects('to-view'), metadata: { name: 'view', labels: { ...labels, 'to-edit': 'true' } } },
    { ...clusterRole('part', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]), metadata: { name: 'part', labels: { 'to-view': 'true' } } },
    { ...clusterRole('own', []), aggregationRule: selects('to-view'), metadata: { name: 'own' } },
    binding('x', 'b', 'ClusterRole/edit', ['User/alice']),
    binding('y', 'b', 'ClusterRole/own', ['User/alice']),
  ]);
  const authorizer = new RbacAuthorizer(reader);
  expect(authorizer.authorize(asks({})).decision).toBe('allow');
  expect(authorizer.authorize(asks({ namespace: 'y' })).decision).toBe('no-opinion');
});

test('rules are listed cluster-wide ones first, resources and URLs apart', () => {
  const reader = new MemoryReader([
    role('x', 'r', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: ['a'] }]),
    clusterRole('c', [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'] }, { nonResourceURLs: ['/version'], verbs: ['get'] }]),
    binding('x', 'a', 'Role/r', ['User/alice']),
    binding('', 'z', 'ClusterRole/c', ['Group/system:authenticated']),
    binding('', 'y', 'ClusterRole/gone', ['Group/dev']),
  ]);
  expect(new RbacAuthorizer(reader).rulesFor(alice, 'x')).toEqual({
    resourceRules: [{ verbs: ['*'], apiGroups: ['apps'], resources: ['deployments'] }, { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] }],
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/version'] }],
    incomplete: false,
    evaluationError: 'clusterrole.rbac.authorization.k8s.io "gone" not found',
  });
});

test('a repeated question costs microseconds, however many bindings there are', () => {
  const objects = Array.from({ length: 2_000 }, (_, i) => binding('x', `b${i}`, 'Role/r', [`User/u${i}`]));
  const reader = new MemoryReader([...objects, role('x', 'r', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }])]);
  const authorizer = new RbacAuthorizer(reader);
  const user: UserInfo = { name: 'u77', groups: ['system:authenticated'] };
  const question = asks({ user });
  expect(authorizer.authorize(question).decision).toBe('allow');
  const listsBefore = reader.lists;
  for (let i = 0; i < 1_000; i++) authorizer.authorize(question);
  expect(reader.lists).toBe(listsBefore);
});

import { describe, expect, test } from 'vitest';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { AdmissionRequest } from '../admission/admission-plugin.ts';
import { checkEscalation, type RbacWrite } from './escalation.ts';
import { escalationPlugin } from './escalation-plugin.ts';
import { binding, clusterRole, MemoryReader, role } from './memory-reader.test-data.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';

const alice: UserInfo = { name: 'alice', groups: ['dev', 'system:authenticated'] };
const HEAD = 'user "alice" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n';

async function write(held: object[], attempt: Partial<RbacWrite> & Pick<RbacWrite, 'object'>, more: ReturnType<typeof role>[] = []): Promise<string> {
  const rbac = new RbacAuthorizer(new MemoryReader([role('x', 'held', held), binding('x', 'held', 'Role/held', ['User/alice']), ...more]));
  const refusal = await checkEscalation({ user: alice, resource: attempt.object.kind === 'RoleBinding' ? 'rolebindings' : 'roles', namespace: 'x', ...attempt }, { authorizer: rbac, roles: rbac.roles });
  return refusal === undefined ? 'granted' : `${refusal.code} ${refusal.message}`;
}

const pods = (...verbs: string[]): object => ({ apiGroups: [''], resources: ['pods'], verbs });

describe('a role', () => {
  const named = { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['a', 'b'] };
  test.each([
    ['within what is held', [pods('get', 'list')], [pods('get')], 'granted'],
    ['through a star', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }], [pods('get')], 'granted'],
    ['a subresource through its star', [{ apiGroups: [''], resources: ['*/log'], verbs: ['get'] }], [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }], 'granted'],
    ['partly beyond', [pods('get', 'list')], [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get', 'list', 'watch'] }], `{APIGroups:[""], Resources:["pods"], Verbs:["watch"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list" "watch"]}`],
    ['a star', [pods('get')], [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }], '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}'],
    ['a name that is held', [named], [{ ...named, resourceNames: ['a'] }], 'granted'],
    ['a name that is not', [named], [{ ...named, resourceNames: ['a', 'c'] }], '{APIGroups:[""], Resources:["configmaps"], ResourceNames:["c"], Verbs:["get"]}'],
    ['all names', [named], [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }], '{APIGroups:[""], Resources:["configmaps"], Verbs:["get"]}'],
    ['a URL', [pods('get')], [{ nonResourceURLs: ['/secret/*'], verbs: ['get'] }], '{NonResourceURLs:["/secret/*"], Verbs:["get"]}'],
    ['with the verb escalate', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['escalate'], resourceNames: ['r'] }], [pods('get')], 'granted'],
  ])('%s', async (_, held, rules, outcome) => {
    expect(await write(held, { object: role('x', 'r', rules) })).toBe(outcome === 'granted' ? outcome : `403 roles.rbac.authorization.k8s.io "r" is forbidden: ${HEAD}${outcome}`);
  });

  test('whose labels alone change is judged like a new one, unlike finalizers', async () => {
    const old = role('x', 'r', [pods('get')]);
    expect(await write([], { object: { ...old, metadata: { ...old.metadata, labels: { a: 'b' } } }, oldObject: old })).toMatch(/^403/);
    expect(await write([], { object: old, oldObject: { ...old, metadata: { ...old.metadata, finalizers: ['a/b'] } } })).toBe('granted');
  });

  test('of anybody in system:masters', async () => {
    expect(await write([], { user: { name: 'admin', groups: ['system:masters'] }, object: role('x', 'r', [pods('*')]) })).toBe('granted');
  });

  test('that gathers the rules of others needs every right', async () => {
    const gathering = { ...clusterRole('r', []), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } };
    const attempt = { object: gathering, resource: 'clusterroles', namespace: '' };
    const all = [clusterRole('all', [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] }]), binding('', 'all', 'ClusterRole/all', ['User/alice'])];
    const refusal = '403 clusterroles.rbac.authorization.k8s.io "r" is forbidden: must have cluster-admin privileges to use the aggregationRule';
    expect(await write([], attempt)).toBe(refusal);
    expect(await write([], { ...attempt, object: clusterRole('r', []), oldObject: gathering })).toBe(refusal);
    expect(await write([], attempt, all)).toBe('granted');
  });

  test('that is not valid yet grants nothing by what it lacks', async () => {
    expect(await write([], { object: role('x', 'r', [{ apiGroups: [''], resources: ['pods'] }, { verbs: ['get'] }]) })).toBe('granted');
    expect(await write([], { object: { ...role('x', 'r', []), rules: null } })).toBe('granted');
  });

  test('too large to be compared is refused', async () => {
    const many = Array.from({ length: 400 }, (_, i) => `r${i}`);
    expect(await write([pods('*')], { object: role('x', 'r', [{ apiGroups: many, resources: many, verbs: ['get'] }]) })).toMatch(/^403/);
  });
});

describe('a binding', () => {
  const bind = binding('x', 'b', 'Role/r', ['User/bob']);
  const r = role('x', 'r', [pods('get', 'list')]);
  test.each([
    ['to a role within', [pods('*')], [r], 'granted'],
    ['to a role beyond', [], [r], `403 rolebindings.rbac.authorization.k8s.io "b" is forbidden: ${HEAD}{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`],
    ['with the verb bind', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['bind'] }], [r], 'granted'],
    ['to a role that is not there', [], [], '404 rolebindings.rbac.authorization.k8s.io "r" not found'],
  ])('%s', async (_, held, more, outcome) => {
    expect(await write(held, { object: bind }, more)).toBe(outcome);
  });

  test('without a role leads nowhere', async () => {
    expect(await write([], { object: { ...bind, roleRef: {} } })).toBe('404 rolebindings.rbac.authorization.k8s.io "" not found');
  });

  test('to a cluster role counts what is held cluster-wide', async () => {
    const more = [clusterRole('c', [pods('get')]), clusterRole('own', [pods('get')]), binding('', 'own', 'ClusterRole/own', ['Group/dev'])];
    expect(await write([], { object: binding('x', 'b', 'ClusterRole/c', ['User/bob']) }, more)).toBe('granted');
  });
});

test('as a plugin it refuses writes of roles, and minds no others', async () => {
  const rbac = new RbacAuthorizer(new MemoryReader());
  const plugin = escalationPlugin({ authorizer: rbac, roles: rbac.roles });
  const request = (group: string): AdmissionRequest => ({
    operation: 'CREATE',
    user: alice,
    kind: { group, version: 'v1', kind: 'Role' },
    resource: { group, version: 'v1', resource: 'roles' },
    subresource: '',
    namespace: 'x',
    name: 'r',
    object: role('x', 'r', [pods('get')]),
    dryRun: false,
    options: {},
    warn: () => {},
    annotate: () => {},
  });
  await expect(plugin.admit?.(request('rbac.authorization.k8s.io'))).rejects.toThrow('attempting to grant');
  await expect(plugin.admit?.(request('other.example.com'))).resolves.toBeUndefined();
  expect([plugin.handles('CREATE'), plugin.handles('UPDATE'), plugin.handles('DELETE')]).toEqual([true, true, false]);
});

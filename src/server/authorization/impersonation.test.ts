import { describe, expect, test } from 'vitest';
import { StatusError } from '../../machinery/status-error.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { Attributes } from './authorizer.ts';
import { Impersonator, type Impersonation } from './impersonation.ts';
import type { ImpersonationRequest } from './impersonation-headers.ts';
import { binding, clusterRole, MemoryReader, role } from './memory-reader.test-data.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';
import { privilegedGroups, unionAuthorizer } from './union-authorizer.ts';

const asker: UserInfo = { name: 'system:serviceaccount:x:asker', groups: ['system:serviceaccounts', 'system:authenticated'] };
const admin: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };

function request(headers: Record<string, string | string[]>): ImpersonationRequest {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value : [value]] as const);
  return {
    header: (name) => entries.find(([key]) => key === name)?.[1].join(', '),
    headersWithPrefix: (prefix) => entries.filter(([key]) => key.startsWith(prefix)),
  };
}

const selfReview = (user: UserInfo): Attributes => ({
  user, verb: 'create', resourceRequest: true, path: '', group: 'authentication.k8s.io', version: 'v1', resource: 'selfsubjectreviews', subresource: '', namespace: '', name: '',
});

function impersonator(rules: object[], namespaced = false): Impersonator {
  const objects = namespaced
    ? [role('x', 'r', rules), binding('x', 'r', 'Role/r', ['ServiceAccount/x/asker'])]
    : [clusterRole('r', rules), binding('', 'r', 'ClusterRole/r', ['ServiceAccount/x/asker'])];
  return new Impersonator(unionAuthorizer([privilegedGroups('system:masters'), new RbacAuthorizer(new MemoryReader(objects))]));
}

const shown = (result: Impersonation): unknown => (result.type === 'refused' ? result.error.message : result.type === 'none' ? 'none' : result.user);

describe('an administrator becomes', () => {
  test.each([
    [{ 'Impersonate-User': 'jane' }, { name: 'jane', groups: ['system:authenticated'] }],
    [{ 'Impersonate-User': 'jane', 'Impersonate-Uid': 'u' }, { name: 'jane', uid: 'u', groups: ['system:authenticated'] }],
    [{ 'Impersonate-User': 'jane', 'Impersonate-Group': ['system:authenticated', 'qa'] }, { name: 'jane', groups: ['system:authenticated', 'qa'] }],
    [{ 'Impersonate-User': 'jane', 'Impersonate-Extra-Scopes': ['view', 'edit'], 'Impersonate-Extra-example.com%2Ftenant': 'blue' }, { name: 'jane', groups: ['system:authenticated'], extra: { scopes: ['view', 'edit'], 'example.com/tenant': ['blue'] } }],
    [{ 'Impersonate-User': 'system:serviceaccount:x:robot' }, { name: 'system:serviceaccount:x:robot', groups: ['system:serviceaccounts', 'system:serviceaccounts:x', 'system:authenticated'] }],
    [{ 'Impersonate-User': 'system:anonymous' }, { name: 'system:anonymous', groups: ['system:unauthenticated'] }],
    [{ 'Impersonate-User': 'system:node:n', 'Impersonate-Group': 'system:nodes' }, { name: 'system:node:n', groups: ['system:nodes', 'system:authenticated'] }],
    [{ 'Impersonate-User': 'system:node:n' }, { name: 'system:node:n', groups: ['system:authenticated'] }],
    [{ 'Impersonate-User': 'jane', 'Impersonate-Colour': 'x' }, { name: 'jane', groups: ['system:authenticated'] }],
    [{ 'X-Other': 'y' }, 'none'],
  ])('%j', async (headers, user) => {
    expect(shown(await impersonator([]).impersonate(request(headers as Record<string, string>), selfReview(admin)))).toEqual(user);
  });
});

test('a group without a user is a bad request', async () => {
  const ask = async (): Promise<Impersonation> => impersonator([]).impersonate(request({ 'Impersonate-Group': 'qa' }), selfReview(admin));
  await expect(ask()).rejects.toThrow('requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"qa"}, Extra:map[string][]string(nil)} without impersonating a user name');
  await expect(ask()).rejects.toBeInstanceOf(StatusError);
});

describe('without the right', () => {
  const denied = (verb: string): string => `selfsubjectreviews.authentication.k8s.io is forbidden: User "system:serviceaccount:x:asker" cannot ${verb} resource "selfsubjectreviews" in API group "authentication.k8s.io" at the cluster scope`;
  const users = { apiGroups: [''], resources: ['users', 'groups'], verbs: ['impersonate'] };
  test.each([
    ['none at all', [], { 'Impersonate-User': 'bob' }, denied('impersonate-on:user-info:create')],
    ['to a service account', [], { 'Impersonate-User': 'system:serviceaccount:x:default' }, denied('impersonate-on:serviceaccount:create')],
    ['to the group', [{ ...users, resources: ['users'], resourceNames: ['jane'] }], { 'Impersonate-User': 'jane', 'Impersonate-Group': 'system:masters' }, denied('impersonate-on:user-info:create')],
    ['to the uid', [{ ...users, resources: ['users'] }], { 'Impersonate-User': 'jane', 'Impersonate-Uid': 'u' }, denied('impersonate-on:user-info:create')],
    ['users are no service accounts', [users], { 'Impersonate-User': 'system:serviceaccount:x:default' }, denied('impersonate-on:serviceaccount:create')],
  ])('%s', async (_, rules, headers, message) => {
    expect(shown(await impersonator(rules).impersonate(request(headers as Record<string, string>), selfReview(asker)))).toBe(message);
  });

  test('a Role cannot grant users, since they are in no namespace', async () => {
    expect(shown(await impersonator([users], true).impersonate(request({ 'Impersonate-User': 'bob' }), selfReview(asker)))).toBe(denied('impersonate-on:user-info:create'));
  });

  test('a path is named as a path', async () => {
    const healthz: Attributes = { ...selfReview(asker), verb: 'get', resourceRequest: false, path: '/healthz', resource: '' };
    expect(shown(await impersonator([]).impersonate(request({ 'Impersonate-User': 'bob' }), healthz))).toBe('forbidden: User "system:serviceaccount:x:asker" cannot impersonate-on:user-info:get path "/healthz"');
  });
});

describe('the unconstrained right', () => {
  test('to a service account is namespaced, and its refusal is told to those who used it before', async () => {
    const subject = impersonator([{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] }], true);
    expect(shown(await subject.impersonate(request({ 'Impersonate-User': 'system:serviceaccount:x:default' }), selfReview(asker)))).toMatchObject({ name: 'system:serviceaccount:x:default' });
    expect(shown(await subject.impersonate(request({ 'Impersonate-User': 'system:serviceaccount:y:default' }), selfReview(asker)))).toBe(
      'serviceaccounts "default" is forbidden: User "system:serviceaccount:x:asker" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "y"',
    );
  });

  test('to a uid and an extra is of its own', async () => {
    const subject = impersonator([
      { apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['jane'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['uids', 'userextras/scopes'], verbs: ['impersonate'], resourceNames: ['u', 'view'] },
    ]);
    expect(await subject.impersonate(request({ 'Impersonate-User': 'jane', 'Impersonate-Uid': 'u', 'Impersonate-Extra-Scopes': 'view' }), selfReview(asker))).toEqual({
      type: 'impersonated',
      user: { name: 'jane', uid: 'u', groups: ['system:authenticated'], extra: { scopes: ['view'] } },
    });
  });
});

describe('the constrained right', () => {
  const on = (mode: string): object => ({ apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: [`impersonate-on:${mode}:create`] });
  const identity = (mode: string, resource: string, ...resourceNames: string[]): object => ({ apiGroups: ['authentication.k8s.io'], resources: [resource], verbs: [`impersonate:${mode}`], resourceNames });

  test('needs the identity and the action', async () => {
    const subject = impersonator([identity('user-info', 'users', 'jane'), on('user-info')]);
    expect(await subject.impersonate(request({ 'Impersonate-User': 'jane' }), selfReview(asker))).toEqual({ type: 'impersonated', user: { name: 'jane', groups: ['system:authenticated'] }, constraint: 'impersonate:user-info' });
    expect(shown(await subject.impersonate(request({ 'Impersonate-User': 'joan' }), selfReview(asker)))).toBe(
      'users.authentication.k8s.io "joan" is forbidden: User "system:serviceaccount:x:asker" cannot impersonate:user-info resource "users" in API group "authentication.k8s.io" at the cluster scope',
    );
    expect(shown(await subject.impersonate(request({ 'Impersonate-User': 'jane' }), { ...selfReview(asker), verb: 'get', resourceRequest: false, path: '/api' }))).toBe(
      'forbidden: User "system:serviceaccount:x:asker" cannot impersonate-on:user-info:get path "/api"',
    );
  });

  test('to any node gives the group of nodes', async () => {
    const subject = impersonator([identity('arbitrary-node', 'nodes', 'n1'), on('arbitrary-node')]);
    expect(shown(await subject.impersonate(request({ 'Impersonate-User': 'system:node:n1' }), selfReview(asker)))).toEqual({ name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] });
    expect(shown(await subject.impersonate(request({ 'Impersonate-User': 'system:node:n2' }), selfReview(asker)))).toBe(
      'nodes.authentication.k8s.io "n2" is forbidden: User "system:serviceaccount:x:asker" cannot impersonate:arbitrary-node resource "nodes" in API group "authentication.k8s.io" at the cluster scope',
    );
  });

  test('to the node one runs on needs a token bound to it', async () => {
    const subject = impersonator([{ apiGroups: ['authentication.k8s.io'], resources: ['nodes'], verbs: ['impersonate:associated-node'] }, on('associated-node')]);
    const bound = selfReview({ ...asker, extra: { 'authentication.kubernetes.io/node-name': ['n1'] } });
    expect(shown(await subject.impersonate(request({ 'Impersonate-User': 'system:node:n1' }), bound))).toEqual({ name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] });
    expect((await subject.impersonate(request({ 'Impersonate-User': 'system:node:n2' }), bound)).type).toBe('refused');
    expect((await subject.impersonate(request({ 'Impersonate-User': 'system:node:n1' }), selfReview(asker))).type).toBe('refused');
  });
});

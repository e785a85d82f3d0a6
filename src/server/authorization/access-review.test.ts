import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { findStatusError } from '../../machinery/status-error.ts';
import type { TokenAuthenticator, UserInfo } from '../authentication/authenticator.ts';
import { reviewSelf, reviewToken } from '../authentication/token-review.ts';
import { forAudiences, parseTokenFile } from '../authentication/static-tokens.ts';
import { reviewLocalSubjectAccess, reviewSelfAccess, reviewSelfRules, reviewSubjectAccess } from './access-review.ts';
import type { Attributes, Authorizer } from './authorizer.ts';
import { alwaysAllow } from './union-authorizer.ts';

const alice: UserInfo = { name: 'alice', uid: 'a', groups: ['dev', 'system:authenticated'] };
const review = (kind: string, spec: object, metadata: KubeObject['metadata'] = {}): KubeObject => ({ apiVersion: 'authorization.k8s.io/v1', kind, metadata, spec });
const pods = { namespace: 'x', verb: 'get', resource: 'pods' };

/** Remembers what it is asked. */
function recorder(answer: ReturnType<Authorizer['authorize']> = { decision: 'no-opinion' }): Authorizer & { asked: Attributes[] } {
  const asked: Attributes[] = [];
  return { name: 'recorder', asked, authorize: (attributes) => (asked.push(attributes), answer) };
}

async function refusal(pending: Promise<unknown>): Promise<unknown> {
  const error = await pending.then(() => undefined, (thrown: unknown) => thrown);
  return findStatusError(error)?.status;
}

describe('an access review', () => {
  test('keeps what was asked and adds the verdict', async () => {
    const authorizer = recorder({ decision: 'allow', reason: 'why' });
    const asked = review('SelfSubjectAccessReview', { resourceAttributes: pods });
    expect(await reviewSelfAccess(asked, authorizer, alice)).toEqual({ ...asked, status: { allowed: true, reason: 'why' } });
    expect(authorizer.asked).toEqual([{ user: alice, resourceRequest: true, path: '', group: '', version: '*', subresource: '', name: '', ...pods }]);
  });

  test.each([
    [{ decision: 'no-opinion' as const }, { allowed: false }],
    [{ decision: 'deny' as const, reason: 'no' }, { allowed: false, denied: true, reason: 'no' }],
    [{ decision: 'no-opinion' as const, evaluationError: 'e' }, { allowed: false, evaluationError: 'e' }],
  ])('%j', async (answer, status) => {
    expect((await reviewSelfAccess(review('SelfSubjectAccessReview', { nonResourceAttributes: { path: '/a', verb: 'get' } }), recorder(answer), alice))['status']).toEqual(status);
  });

  test('of a subject asks about that subject, with the groups as given', async () => {
    const authorizer = recorder();
    await reviewSubjectAccess(review('SubjectAccessReview', { user: 'bob', uid: 'u', extra: { k: ['v'] }, resourceAttributes: { ...pods, version: 'v1', fieldSelector: { requirements: [{ key: 'spec.nodeName', operator: 'In', values: ['n,1'] }] }, labelSelector: { rawSelector: 'a in (b)' } } }), authorizer);
    expect(authorizer.asked[0]).toMatchObject({ user: { name: 'bob', uid: 'u', groups: [], extra: { k: ['v'] } }, version: 'v1', fieldSelector: 'spec.nodeName=n\\,1', labelSelector: 'a in (b)' });
  });

  const local = (spec: object, metadata: KubeObject['metadata'], path = 'x'): Promise<KubeObject> => reviewLocalSubjectAccess(review('LocalSubjectAccessReview', { user: 'bob', ...spec }, metadata), recorder(), path);
  test.each([
    ['nothing asked', () => reviewSelfAccess(review('SelfSubjectAccessReview', {}), recorder(), alice), ['spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified']],
    ['both asked', () => reviewSelfAccess(review('SelfSubjectAccessReview', { resourceAttributes: pods, nonResourceAttributes: { path: '/a', verb: 'get' } }), recorder(), alice), ['spec.nonResourceAttributes: Invalid value: {"Path":"/a","Verb":"get"}: cannot be specified in combination with resourceAttributes']],
    ['nobody', () => reviewSubjectAccess(review('SubjectAccessReview', { resourceAttributes: pods }), recorder()), ['spec.user: Invalid value: "": at least one of user or group must be specified']],
    ['a name', () => reviewSelfAccess(review('SelfSubjectAccessReview', { resourceAttributes: pods }, { name: 'x' }), recorder(), alice), ['metadata: Invalid value: {"name":"x"}: must be empty']],
    ['another namespace', () => local({ resourceAttributes: { ...pods, namespace: 'y' } }, { namespace: 'x' }), ['spec.resourceAttributes.namespace: Invalid value: "y": must match metadata.namespace']],
    ['an empty selector', () => reviewSelfAccess(review('SelfSubjectAccessReview', { resourceAttributes: { ...pods, fieldSelector: {} } }), recorder(), alice), ['spec.resourceAttributes.fieldSelector.requirements: Required value: when spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required']],
  ])('of %s is invalid', async (_, ask, messages) => {
    expect(await refusal(ask())).toMatchObject({ code: 422, message: `.authorization.k8s.io "" is invalid: ${messages.join(', ')}`, details: { group: 'authorization.k8s.io' } });
  });

  test('in a namespace is for the namespace of its path', async () => {
    expect((await local({ resourceAttributes: pods }, { namespace: 'x' }))['status']).toEqual({ allowed: false });
    expect(await refusal(local({ resourceAttributes: { ...pods, namespace: 'y' } }, { namespace: 'y' }))).toMatchObject({ code: 400 });
  });
});

test('a rules review lists what the resolver knows and drops its question', async () => {
  expect(reviewSelfRules(review('SelfSubjectRulesReview', { namespace: 'x' }), alwaysAllow(), alice)).toEqual({
    apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', metadata: {}, spec: {},
    status: { incomplete: false, resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }] },
  });
  expect(await refusal(Promise.resolve().then(() => reviewSelfRules(review('SelfSubjectRulesReview', {}), alwaysAllow(), alice)))).toMatchObject({ code: 400, message: 'no namespace on request' });
});

describe('a token review', () => {
  const own = ['https://kubernetes.default.svc'];
  const tokens = forAudiences(own, parseTokenFile('t,alice,a,dev'));
  const ask = (spec: object, authenticator: TokenAuthenticator = tokens): Promise<KubeObject> => reviewToken(review('TokenReview', spec), authenticator, own);

  test('tells whose the token is, and for whom', async () => {
    expect((await ask({ token: 't' }))['status']).toEqual({ authenticated: true, audiences: own, user: { username: 'alice', uid: 'a', groups: ['dev', 'system:authenticated'] } });
    expect((await ask({ token: 't', audiences: ['vault'] }))['status']).toEqual({ user: {}, error: 'invalid bearer token' });
    expect((await ask({ token: 'u' }))['status']).toEqual({ user: {}, error: 'invalid bearer token' });
  });

  test('takes tokens that name no audience for the server\'s own', async () => {
    const plain = parseTokenFile('t,alice,a,dev');
    expect((await ask({ token: 't' }, plain))['status']).toMatchObject({ authenticated: true, audiences: own });
    expect((await ask({ token: 't', audiences: ['vault'] }, plain))['status']).toEqual({ user: {}, error: 'invalid bearer token' });
  });

  test('tells why a token does not hold', async () => {
    const rejecting: TokenAuthenticator = { name: 'r', authenticateToken: () => ({ type: 'rejected', reason: 'service account token has expired' }) };
    expect((await ask({ token: 't' }, rejecting))['status']).toEqual({ user: {}, error: '[invalid bearer token, service account token has expired]' });
  });

  test('needs a token', async () => {
    expect(await refusal(ask({ token: '' }))).toMatchObject({ code: 400, message: 'token is required for TokenReview in authentication' });
  });
});

test('a self review tells who asks, whatever its status says', () => {
  const asked = { ...review('SelfSubjectReview', {}), status: { userInfo: { username: 'root' } } };
  expect(reviewSelf(asked, alice, Date.UTC(2026, 0, 1))).toEqual({
    apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectReview', metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
    status: { userInfo: { username: 'alice', uid: 'a', groups: ['dev', 'system:authenticated'] } },
  });
});

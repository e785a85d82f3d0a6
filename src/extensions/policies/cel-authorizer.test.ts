import { expect, test } from 'vitest';
import type { Attributes, AuthorizationResult } from '../../server/authorization/authorizer.ts';
import { celAuthorizer } from './cel-authorizer.ts';

const ALICE = { name: 'alice', groups: ['dev'] };
const QUERY = { verb: 'get', group: 'apps', resource: 'deployments', subresource: '', namespace: 'x', name: '' };

function asked(answer: (attributes: Attributes) => AuthorizationResult | Promise<AuthorizationResult>): { readonly seen: Attributes[]; readonly authorizer: ReturnType<typeof celAuthorizer> } {
  const seen: Attributes[] = [];
  const authorize = (attributes: Attributes): AuthorizationResult | Promise<AuthorizationResult> => {
    seen.push(attributes);
    return answer(attributes);
  };
  return { seen, authorizer: celAuthorizer({ name: 'test', authorize }, ALICE) };
}

test('asks for the user of the request, and the same thing once', () => {
  const { seen, authorizer } = asked(() => ({ decision: 'allow', reason: 'so it is' }));
  expect(authorizer.check(QUERY)).toEqual({ allowed: true, reason: 'so it is' });
  authorizer.check({ ...QUERY });
  expect(seen).toEqual([{ user: ALICE, verb: 'get', resourceRequest: true, path: '', group: 'apps', version: '*', resource: 'deployments', subresource: '', namespace: 'x', name: '' }]);
});

test('asks for a service account, and for a path', () => {
  const { seen, authorizer } = asked(() => ({ decision: 'no-opinion', evaluationError: 'no roles' }));
  expect(authorizer.check({ ...QUERY, path: '/healthz', serviceAccount: { namespace: 'x', name: 'bot' } })).toEqual({ allowed: false, reason: '', error: 'no roles' });
  expect(seen[0]).toMatchObject({ resourceRequest: false, path: '/healthz', version: '', user: { name: 'system:serviceaccount:x:bot', groups: ['system:serviceaccounts', 'system:serviceaccounts:x'] } });
});

test('an authorizer that has to be waited for does not allow, and the answer says why', () => {
  for (const later of [Promise.resolve<AuthorizationResult>({ decision: 'allow' }), Promise.reject<AuthorizationResult>(new Error('gone'))]) {
    expect(asked(() => later).authorizer.check(QUERY)).toEqual({ allowed: false, reason: '', error: 'the authorizer does not answer at once, and expressions do not wait' });
  }
});

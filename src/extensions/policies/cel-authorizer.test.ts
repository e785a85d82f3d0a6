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

test('an authorizer that has to be waited for is waited for, once for each question', async () => {
  const { seen, authorizer } = asked(({ namespace }) => Promise.resolve({ decision: namespace === 'x' ? 'allow' : 'deny' }));
  const evaluate = (): string => (authorizer.check(QUERY).allowed ? `x, and y: ${authorizer.check({ ...QUERY, namespace: 'y' }).allowed}` : 'nothing');
  expect(await authorizer.settled(evaluate)).toBe('x, and y: false');
  expect(await authorizer.settled(evaluate)).toBe('x, and y: false');
  expect(seen.map(({ namespace }) => namespace)).toEqual(['x', 'y']);
});

test('an authorizer that fails while it is waited for does not allow, and the answer says why', async () => {
  const { authorizer } = asked(() => Promise.reject<AuthorizationResult>(new Error('gone')));
  expect(await authorizer.settled(() => authorizer.check(QUERY))).toEqual({ allowed: false, reason: '', error: 'gone' });
});

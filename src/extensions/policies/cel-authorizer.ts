import type { AuthorizationAnswer, AuthorizationQuery, CelAuthorizer } from '../../cel/libraries/authorizer.ts';
import type { UserInfo } from '../../server/authentication/authenticator.ts';
import type { Attributes, AuthorizationResult, Authorizer } from '../../server/authorization/authorizer.ts';

const NOT_AT_ONCE = 'the authorizer does not answer at once, and expressions do not wait';

/** What expressions ask of the server's authorizer about the user of a request, or about a service account. */
export function celAuthorizer(authorizer: Authorizer, user: UserInfo): CelAuthorizer {
  const answers = new Map<string, AuthorizationAnswer>();
  return {
    check(query) {
      const key = JSON.stringify(query);
      const known = answers.get(key);
      if (known) return known;
      const answer = ask(authorizer, attributesOf(query, user));
      answers.set(key, answer);
      return answer;
    },
  };
}

function ask(authorizer: Authorizer, attributes: Attributes): AuthorizationAnswer {
  const result = authorizer.authorize(attributes);
  if (!(result instanceof Promise)) return answerOf(result);
  // Whatever it comes to is of no use any more.
  result.catch(() => undefined);
  return { allowed: false, reason: '', error: NOT_AT_ONCE };
}

function answerOf({ decision, reason = '', evaluationError }: AuthorizationResult): AuthorizationAnswer {
  const allowed = decision === 'allow';
  return { allowed, reason, ...(evaluationError !== undefined && !allowed && { error: evaluationError }) };
}

function attributesOf(query: AuthorizationQuery, user: UserInfo): Attributes {
  return {
    user: query.serviceAccount === undefined ? user : serviceAccountUser(query.serviceAccount),
    verb: query.verb,
    resourceRequest: query.path === undefined,
    path: query.path ?? '',
    group: query.group,
    version: query.path === undefined ? '*' : '',
    resource: query.resource,
    subresource: query.subresource,
    namespace: query.namespace,
    name: query.name,
    ...(query.fieldSelector !== undefined && { fieldSelector: query.fieldSelector }),
    ...(query.labelSelector !== undefined && { labelSelector: query.labelSelector }),
  };
}

function serviceAccountUser({ namespace, name }: { readonly namespace: string; readonly name: string }): UserInfo {
  return { name: `system:serviceaccount:${namespace}:${name}`, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] };
}

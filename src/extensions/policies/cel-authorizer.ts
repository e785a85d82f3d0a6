import type { AuthorizationAnswer, AuthorizationQuery, CelAuthorizer } from '../../cel/libraries/authorizer.ts';
import type { UserInfo } from '../../server/authentication/authenticator.ts';
import type { Attributes, AuthorizationResult, Authorizer } from '../../server/authorization/authorizer.ts';

const NOT_YET: AuthorizationAnswer = { allowed: false, reason: '', error: 'the authorizer has not answered yet' };
/** An expression asks what it asks next by what it was answered before, and there is an end to that. */
const MAX_ROUNDS = 32;

/** Expressions do not wait, and some authorizers have to be waited for. */
export interface WaitingAuthorizer extends CelAuthorizer {
  /**
   * What `evaluate` comes to with every answer that it asks for. It runs again for each answer that has to be waited
   * for, so it must not change anything but what it returns.
   */
  settled<T>(evaluate: () => T): Promise<T>;
}

/** What expressions ask of the server's authorizer about the user of a request, or about a service account. */
export function celAuthorizer(authorizer: Authorizer, user: UserInfo): WaitingAuthorizer {
  const answers = new Map<string, AuthorizationAnswer>();
  const asking = new Map<string, Promise<AuthorizationResult>>();
  return {
    check(query) {
      const key = JSON.stringify(query);
      const known = answers.get(key);
      if (known) return known;
      if (asking.has(key)) return NOT_YET;
      const result = authorizer.authorize(attributesOf(query, user));
      if (result instanceof Promise) {
        asking.set(key, result.catch(failed));
        return NOT_YET;
      }
      const answer = answerOf(result);
      answers.set(key, answer);
      return answer;
    },
    async settled(evaluate) {
      for (let round = 0; ; round++) {
        const outcome = evaluate();
        if (asking.size === 0 || round === MAX_ROUNDS) return outcome;
        for (const [key, result] of asking) answers.set(key, answerOf(await result));
        asking.clear();
      }
    },
  };
}

function failed(error: unknown): AuthorizationResult {
  return { decision: 'no-opinion', evaluationError: error instanceof Error ? error.message : String(error) };
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

import type { UserInfo } from '../authentication/authenticator.ts';
import type { Attributes, AuthorizationResult, Authorizer, NonResourceRule, ResourceRule, RuleResolver } from './authorizer.ts';

const NO_OPINION: AuthorizationResult = { decision: 'no-opinion' };

/** May do everything, in every authorization mode: what an administrator can always fall back on. */
export const PRIVILEGED_GROUP = 'system:masters';

/** Allows members of the given groups everything; first in every chain, with `system:masters`. */
export function privilegedGroups(...groups: readonly string[]): Authorizer {
  const allowed: AuthorizationResult = { decision: 'allow' };
  return {
    name: 'privileged-groups',
    authorize: ({ user }) => (groups.some((group) => user.groups.includes(group)) ? allowed : NO_OPINION),
  };
}

export function alwaysAllow(): Authorizer & RuleResolver {
  return {
    name: 'AlwaysAllow',
    authorize: () => ({ decision: 'allow' }),
    rulesFor: () => ({
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
      incomplete: false,
    }),
  };
}

export function alwaysDeny(): Authorizer & RuleResolver {
  return {
    name: 'AlwaysDeny',
    authorize: () => ({ decision: 'no-opinion', reason: 'Everything is forbidden.' }),
    rulesFor: () => ({ resourceRules: [], nonResourceRules: [], incomplete: false }),
  };
}

/**
 * Asks each authorizer in turn: the first to allow or deny decides. When none does, their reasons stand together, a
 * line each. Answers at once while every authorizer asked does; an authorizer that fails has no opinion, and its error
 * is reported as evaluationError.
 */
export function unionAuthorizer(authorizers: readonly Authorizer[]): Authorizer {
  return {
    name: 'union',
    authorize(attributes) {
      const trail = new Trail();
      for (let i = 0; i < authorizers.length; i++) {
        const result = askSafely(authorizers[i] as Authorizer, attributes);
        if (result instanceof Promise) return askRest(authorizers, i, result, { attributes, trail });
        if (result.decision !== 'no-opinion') return result;
        trail.add(result);
      }
      return trail.verdict();
    },
  };
}

async function askRest(
  authorizers: readonly Authorizer[],
  index: number,
  pending: Promise<AuthorizationResult>,
  { attributes, trail }: { attributes: Attributes; trail: Trail },
): Promise<AuthorizationResult> {
  let result = await pending;
  for (let i = index + 1; ; i++) {
    if (result.decision !== 'no-opinion') return result;
    trail.add(result);
    const next = authorizers[i];
    if (next === undefined) return trail.verdict();
    result = await askSafely(next, attributes);
  }
}

function askSafely(authorizer: Authorizer, attributes: Attributes): AuthorizationResult | Promise<AuthorizationResult> {
  try {
    const result = authorizer.authorize(attributes);
    return result instanceof Promise ? result.catch(failed) : result;
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): AuthorizationResult {
  return { decision: 'no-opinion', evaluationError: error instanceof Error ? error.message : String(error) };
}

/** What the authorizers without an opinion said. */
class Trail {
  #reason = '';
  #error = '';
  add(result: AuthorizationResult): void {
    if (result.reason) this.#reason = this.#reason === '' ? result.reason : `${this.#reason}\n${result.reason}`;
    if (result.evaluationError) this.#error = this.#error === '' ? result.evaluationError : `${this.#error}, ${result.evaluationError}`;
  }
  verdict(): AuthorizationResult {
    if (this.#reason === '' && this.#error === '') return NO_OPINION;
    return {
      decision: 'no-opinion',
      ...(this.#reason === '' ? {} : { reason: this.#reason }),
      ...(this.#error === '' ? {} : { evaluationError: this.#error }),
    };
  }
}

/** All that the resolvers list, in their order; incomplete when any of them is. */
export function unionRuleResolver(resolvers: readonly RuleResolver[]): RuleResolver {
  return {
    rulesFor(user: UserInfo, namespace: string) {
      const resourceRules: ResourceRule[] = [];
      const nonResourceRules: NonResourceRule[] = [];
      const errors: string[] = [];
      let incomplete = false;
      for (const resolver of resolvers) {
        const rules = resolver.rulesFor(user, namespace);
        resourceRules.push(...rules.resourceRules);
        nonResourceRules.push(...rules.nonResourceRules);
        incomplete ||= rules.incomplete;
        if (rules.evaluationError) errors.push(rules.evaluationError);
      }
      return { resourceRules, nonResourceRules, incomplete, ...(errors.length === 0 ? {} : { evaluationError: errors.join(', ') }) };
    },
  };
}

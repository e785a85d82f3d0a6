import type { TokenAuthenticator, UserInfo } from '../../server/authentication/authenticator.ts';
import type { Attributes, AuthorizationResult, Authorizer } from '../../server/authorization/authorizer.ts';

export interface AuthenticatedUser {
  readonly name: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: NonNullable<UserInfo['extra']>;
  /** Those of the audiences asked for that the token is for. Default: all of them. */
  readonly audiences?: readonly string[];
}

type Known = AuthenticatedUser | undefined;

/** Says whose a bearer token is; undefined for tokens that it does not know. What it throws refuses the token. */
export function authenticator(name: string, identify: (token: string, audiences: readonly string[]) => Known | Promise<Known>): TokenAuthenticator {
  return {
    name,
    async authenticateToken(token, audiences) {
      const known = await identify(token, audiences);
      if (!known) return { type: 'none' };
      const { groups = [], audiences: accepted = audiences, ...user } = known;
      const common = audiences.filter((audience) => accepted.includes(audience));
      if (audiences.length > 0 && common.length === 0) return { type: 'none' };
      return { type: 'authenticated', user: { ...user, groups }, audiences: common };
    },
  };
}

export type Verdict = AuthorizationResult['decision'] | AuthorizationResult;

/** Says whether a request is allowed. `deny` decides for all that would be asked after it; what it throws is no opinion. */
export function authorizer(name: string, decide: (attributes: Attributes) => Verdict | Promise<Verdict>): Authorizer {
  const resultOf = (verdict: Verdict): AuthorizationResult => (typeof verdict === 'string' ? { decision: verdict } : verdict);
  return {
    name,
    authorize(attributes) {
      const verdict = decide(attributes);
      return verdict instanceof Promise ? verdict.then(resultOf) : resultOf(verdict);
    },
  };
}

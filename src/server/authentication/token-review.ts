import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, internalError } from '../../machinery/status-error.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { AuthenticationResult, TokenAuthenticator, UserInfo } from './authenticator.ts';
import { INVALID_BEARER_TOKEN } from './bearer-token.ts';
import { authenticated, joinReasons } from './union-authenticator.ts';

/** authentication/v1 UserInfo as it travels. */
export function userInfoJson(user: UserInfo): Record<string, unknown> {
  return {
    ...(user.name === '' ? {} : { username: user.name }),
    ...(user.uid ? { uid: user.uid } : {}),
    ...(user.groups.length === 0 ? {} : { groups: user.groups }),
    ...(user.extra === undefined || Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
  };
}

/** Answers a TokenReview: whose token it is, and for which of the audiences. Throws BadRequest without a token. */
export async function reviewToken(review: KubeObject, tokens: TokenAuthenticator, apiAudiences: readonly string[]): Promise<KubeObject> {
  const spec = (review['spec'] ?? {}) as { readonly token?: string; readonly audiences?: readonly string[] };
  if (!spec.token) throw badRequest('token is required for TokenReview in authentication');
  const audiences = spec.audiences?.length ? spec.audiences : apiAudiences;
  const result = await tokens.authenticateToken(spec.token, audiences);
  return { ...review, status: tokenStatus(withAudiences(result, audiences, apiAudiences), audiences) };
}

/** Tokens of a kind that knows no audiences are for the server's own. */
function withAudiences(result: AuthenticationResult, audiences: readonly string[], apiAudiences: readonly string[]): AuthenticationResult {
  if (result.type !== 'authenticated' || result.audiences !== undefined || audiences.length === 0) return result;
  const common = audiences.filter((audience) => apiAudiences.includes(audience));
  return common.length === 0 ? { type: 'none' } : { ...result, audiences: common };
}

function tokenStatus(result: AuthenticationResult, audiences: readonly string[]): Record<string, unknown> {
  if (result.type !== 'authenticated') {
    // Two answers, as Kubernetes tells them: that nobody took the token, and why the one it is meant for did not.
    return { user: {}, error: joinReasons([INVALID_BEARER_TOKEN, ...(result.type === 'rejected' ? [result.reason] : [])]) };
  }
  const accepted = result.audiences ?? [];
  if (audiences.length > 0 && !accepted.some((audience) => audiences.includes(audience))) throw internalError('unable to validate audience');
  return { authenticated: true, user: userInfoJson(authenticated(result.user)), ...(accepted.length === 0 ? {} : { audiences: accepted }) };
}

/** Answers a SelfSubjectReview: who asks. What the request says in its status does not matter. */
export function reviewSelf(review: KubeObject, user: UserInfo, nowMs: number): KubeObject {
  return {
    apiVersion: review.apiVersion,
    kind: review.kind,
    metadata: { creationTimestamp: formatTime(nowMs) },
    status: { userInfo: userInfoJson(user) },
  };
}

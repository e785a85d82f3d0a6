import type { Clock } from '../../../machinery/clock.ts';
import { isJsonObject, type JsonObject } from '../../../machinery/json.ts';
import type { AuthenticationResult, TokenAuthenticator, UserInfo } from '../../../server/authentication/authenticator.ts';
import { tokenDigest } from '../../../server/authentication/token-digest.ts';
import { ExpiringCache } from '../client/expiring-cache.ts';
import type { ReviewCaller } from '../client/review-caller.ts';
import { WebhookCallError } from '../client/webhook-call-error.ts';
import type { WebhookTarget } from '../client/webhook-target.ts';

/** `--authentication-token-webhook-*` */
export interface TokenWebhookSettings {
  readonly target: WebhookTarget;
  /** Of TokenReviews. Default v1beta1, as kube-apiserver's. */
  readonly version?: 'v1' | 'v1beta1';
  /** How long answers are kept, yes or no. Default two minutes; failures are never kept. */
  readonly cacheTtlMs?: number;
}

const TIMEOUT_MS = 30_000;
const CACHE_TTL_MS = 120_000;
const MAX_CACHED = 10_000;

type Settings = TokenWebhookSettings & { readonly caller: ReviewCaller; readonly clock: Clock; readonly apiAudiences: readonly string[] };

/** Asks a webhook whose a token is, with TokenReviews. One question is asked once at a time, however many wait for it. */
export function tokenWebhook({ target, version = 'v1beta1', cacheTtlMs = CACHE_TTL_MS, caller, clock, apiAudiences }: Settings): TokenAuthenticator {
  const cache = new ExpiringCache<AuthenticationResult>(clock, MAX_CACHED);
  const asking = new Map<string, Promise<AuthenticationResult>>();
  const endpoint = { target, kind: 'TokenReview', apiVersion: `authentication.k8s.io/${version}`, timeoutMs: TIMEOUT_MS };

  const ask = async (key: string, token: string, audiences: readonly string[]): Promise<AuthenticationResult> => {
    try {
      const status = await caller.status(endpoint, { token, ...(audiences.length > 0 && { audiences }) });
      const result = resultOf(status, audiences, apiAudiences);
      cache.set(key, result, cacheTtlMs);
      return result;
    } catch (error) {
      if (error instanceof WebhookCallError) return { type: 'rejected', reason: error.message };
      throw error;
    } finally {
      asking.delete(key);
    }
  };

  return {
    name: 'webhook',
    authenticateToken(token, audiences) {
      const key = `${tokenDigest(token)} ${audiences.join(' ')}`;
      const known = cache.get(key) ?? asking.get(key);
      if (known) return known;
      const pending = ask(key, token, audiences);
      asking.set(key, pending);
      return pending;
    },
  };
}

function resultOf(status: JsonObject, wanted: readonly string[], implicit: readonly string[]): AuthenticationResult {
  const told = stringsOf(status['audiences']);
  const audiences = wanted.filter((audience) => (told.length > 0 ? told : implicit).includes(audience));
  if (wanted.length > 0 && audiences.length === 0) return { type: 'none' };
  if (status['authenticated'] !== true) {
    const { error } = status;
    return typeof error === 'string' && error !== '' ? { type: 'rejected', reason: error } : { type: 'none' };
  }
  return { type: 'authenticated', user: userOf(isJsonObject(status['user']) ? status['user'] : {}), ...(wanted.length > 0 && { audiences }) };
}

function userOf({ username, uid, groups, extra }: JsonObject): UserInfo {
  const extras = isJsonObject(extra) ? Object.entries(extra).map(([key, values]) => [key, stringsOf(values)] as const) : [];
  return {
    name: typeof username === 'string' ? username : '',
    groups: stringsOf(groups),
    ...(typeof uid === 'string' && uid !== '' && { uid }),
    ...(extras.length > 0 && { extra: Object.fromEntries(extras) }),
  };
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

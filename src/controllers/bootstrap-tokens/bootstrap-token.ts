import type { Secret } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

export const TOKEN_NAMESPACE = 'kube-system';
/** The fields that the informers of both control loops select by. */
export const TOKEN_SELECTION = { namespace: TOKEN_NAMESPACE, fieldSelector: 'type=bootstrap.kubernetes.io/token' } as const;
const NAME_PREFIX = 'bootstrap-token-';

export type SharedSecret = DeepReadonly<Secret>;

export function field({ data }: SharedSecret, key: string): string {
  return Buffer.from(data?.[key] ?? '', 'base64').toString('utf8');
}

/** When the token ends, in epoch milliseconds; undefined for never. What cannot be read has ended. */
export function expiryOf(secret: SharedSecret): number | undefined {
  const text = field(secret, 'expiration');
  if (text === '') return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? 0 : ms;
}

/** Id and secret of a token that may sign now; undefined for others. */
export function signingToken(secret: SharedSecret, nowMs: number): { readonly id: string; readonly secret: string } | undefined {
  const { name = '', deletionTimestamp } = secret.metadata;
  const [id, key] = [field(secret, 'token-id'), field(secret, 'token-secret')];
  if (deletionTimestamp !== undefined || id === '' || key === '' || name !== NAME_PREFIX + id) return undefined;
  if (field(secret, 'usage-bootstrap-signing') !== 'true' || (expiryOf(secret) ?? Number.POSITIVE_INFINITY) <= nowMs) return undefined;
  return { id, secret: key };
}

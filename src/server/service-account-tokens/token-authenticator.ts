import type { Clock } from '../../machinery/clock.ts';
import type { AuthenticationResult, TokenAuthenticator, UserInfo } from '../authentication/authenticator.ts';
import { BoundedCache } from '../authentication/bounded-cache.ts';
import { joinReasons } from '../authentication/union-authenticator.ts';
import { tokenDigest } from '../authentication/token-digest.ts';
import type { ObjectReader } from '../object-reader.ts';
import { audiencesOf, readClaims, type KubernetesClaims, type TokenClaims } from './claims.ts';
import { decodeToken, verifySignature, type DecodedToken, type TokenKey } from './json-web-token.ts';
import { LEGACY_ISSUER, readLegacyClaims, refuteLegacyToken, type LegacyClaims } from './legacy-token.ts';
import { refuteClaims } from './token-validator.ts';

export interface ServiceAccountTokenOptions {
  /** `--service-account-issuer`: the first signs, all are believed. */
  readonly issuers: readonly string[];
  /** `--api-audiences`; by default the first issuer. Tokens that name no audience are for these. */
  readonly apiAudiences: readonly string[];
  /** Keys whose signatures are believed. */
  readonly keys: readonly TokenKey[];
  readonly reader: ObjectReader;
  readonly clock: Clock;
}

const NONE: AuthenticationResult = { type: 'none' };
const MAX_KEPT = 20_000;
/** As other servers word it, so that what people search for stays true. */
const BAD_SIGNATURE = 'go-jose/go-jose: error in cryptographic primitive';

/** A token whose signature held once. Its objects and its times are looked at with every use. */
type Known =
  | { readonly type: 'bound'; readonly claims: Partial<TokenClaims> & { readonly 'kubernetes.io': KubernetesClaims }; readonly audiences: readonly string[]; readonly user: UserInfo }
  | { readonly type: 'legacy'; readonly claims: LegacyClaims; readonly user: UserInfo };

/** Users by service account token. A token seen before costs a digest and a few look-ups. */
export function serviceAccountTokens(options: ServiceAccountTokenOptions): TokenAuthenticator {
  const known = new BoundedCache<string, Known>(MAX_KEPT);
  return {
    name: 'service-account',
    authenticateToken(token, audiences) {
      const digest = tokenDigest(token);
      let entry = known.get(digest);
      if (entry === undefined) {
        const read = readToken(token, options);
        if (read === undefined) return NONE;
        if (typeof read === 'string') return { type: 'rejected', reason: read };
        known.set(digest, (entry = read));
      }
      return judge(token, entry, { audiences, options });
    },
  };
}

function readToken(token: string, options: ServiceAccountTokenOptions): Known | string | undefined {
  const decoded = decodeToken(token);
  if (decoded === undefined) return undefined;
  const issuer = decoded.claims['iss'];
  const legacy = issuer === LEGACY_ISSUER;
  if (!legacy && (typeof issuer !== 'string' || !options.issuers.includes(issuer))) return undefined;
  const unsigned = checkSignature(token, decoded, options.keys);
  if (unsigned !== undefined) return unsigned === '' ? undefined : unsigned;
  return legacy ? readLegacy(decoded) : readBound(decoded, options);
}

/** undefined when a key's signature is on it; '' when there is no key to ask. */
function checkSignature(token: string, decoded: DecodedToken, keys: readonly TokenKey[]): string | undefined {
  const named = keys.filter((key) => key.keyId === decoded.keyId);
  const candidates = named.length > 0 ? named : keys;
  if (candidates.some((key) => verifySignature(token, decoded, key))) return undefined;
  return candidates.length === 0 ? '' : joinReasons(candidates.map(() => BAD_SIGNATURE));
}

function readLegacy(decoded: DecodedToken): Known | string {
  const claims = readLegacyClaims(decoded.claims);
  if (typeof claims === 'string') return claims;
  return { type: 'legacy', claims, user: accountUser(claims.namespace, { name: claims.serviceAccountName, uid: claims.serviceAccountUid }, {}) };
}

function readBound(decoded: DecodedToken, { apiAudiences }: ServiceAccountTokenOptions): Known | string {
  const claims = readClaims(decoded.claims);
  if (claims === undefined) return 'service account token claims could not be validated due to unexpected validation error';
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io'];
  const own = audiencesOf(decoded.claims);
  const prefix = 'authentication.kubernetes.io';
  const user = accountUser(namespace, serviceaccount, {
    ...(claims.jti === undefined ? {} : { [`${prefix}/credential-id`]: [`JTI=${claims.jti}`] }),
    ...(node === undefined ? {} : { [`${prefix}/node-name`]: [node.name], ...(node.uid === '' ? {} : { [`${prefix}/node-uid`]: [node.uid] }) }),
    ...(pod === undefined ? {} : { [`${prefix}/pod-name`]: [pod.name], [`${prefix}/pod-uid`]: [pod.uid] }),
  });
  return { type: 'bound', claims, audiences: own.length === 0 ? apiAudiences : own, user };
}

/** The user that a service account's requests come from. */
export function accountUser(namespace: string, account: { readonly name: string; readonly uid?: string }, extra: NonNullable<UserInfo['extra']>): UserInfo {
  return {
    name: `system:serviceaccount:${namespace}:${account.name}`,
    ...(account.uid === undefined ? {} : { uid: account.uid }),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function judge(token: string, entry: Known, { audiences, options }: { audiences: readonly string[]; options: ServiceAccountTokenOptions }): AuthenticationResult {
  const own = entry.type === 'legacy' ? options.apiAudiences : entry.audiences;
  const common = audiences.filter((audience) => own.includes(audience));
  if (common.length === 0 && options.apiAudiences.length > 0) {
    return { type: 'rejected', reason: `token audiences ${quoteList(own)} is invalid for the target audiences ${quoteList(audiences)}` };
  }
  const refutation = entry.type === 'legacy' ? refuteLegacyToken(token, entry.claims, options.reader) : refuteClaims(entry.claims, options.reader, options.clock.now());
  if (refutation !== undefined) return { type: 'rejected', reason: refutation };
  return { type: 'authenticated', user: entry.user, audiences: common };
}

function quoteList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}

import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ObjectReader } from '../object-reader.ts';
import { signToken, type TokenKey } from './json-web-token.ts';
import { SECRETS, SERVICE_ACCOUNTS } from './token-validator.ts';

/** Who issues the tokens that Secrets of type `kubernetes.io/service-account-token` hold. */
export const LEGACY_ISSUER = 'kubernetes/serviceaccount';
const PREFIX = 'kubernetes.io/serviceaccount';

export interface LegacyClaims {
  readonly namespace: string;
  readonly serviceAccountName: string;
  readonly serviceAccountUid: string;
  readonly secretName: string;
}

/** The token to put into a Secret: it holds, without an end, as long as the Secret and the account do. */
export function signLegacyToken(claims: LegacyClaims, key: TokenKey): string {
  const { namespace, serviceAccountName, serviceAccountUid, secretName } = claims;
  return signToken(
    {
      iss: LEGACY_ISSUER,
      [`${PREFIX}/namespace`]: namespace,
      [`${PREFIX}/secret.name`]: secretName,
      [`${PREFIX}/service-account.name`]: serviceAccountName,
      [`${PREFIX}/service-account.uid`]: serviceAccountUid,
      sub: `system:serviceaccount:${namespace}:${serviceAccountName}`,
    },
    key,
  );
}

/** The claims, or why they are none. */
export function readLegacyClaims(raw: Readonly<Record<string, unknown>>): LegacyClaims | string {
  const text = (name: string): string => {
    const value = raw[`${PREFIX}/${name}`];
    return typeof value === 'string' ? value : '';
  };
  const claims = { namespace: text('namespace'), serviceAccountName: text('service-account.name'), serviceAccountUid: text('service-account.uid'), secretName: text('secret.name') };
  if (typeof raw['sub'] !== 'string' || raw['sub'] === '') return 'sub claim is missing';
  if (claims.namespace === '') return 'namespace claim is missing';
  if (claims.secretName === '') return 'secretName claim is missing';
  if (claims.serviceAccountName === '') return 'serviceAccountName claim is missing';
  if (claims.serviceAccountUid === '') return 'serviceAccountUID claim is missing';
  if (raw['sub'] !== `system:serviceaccount:${claims.namespace}:${claims.serviceAccountName}`) return 'sub claim does not match the service account';
  return claims;
}

/** Why the token does not hold now, or undefined when it does: the Secret must be there and hold this very token. */
export function refuteLegacyToken(token: string, claims: LegacyClaims, reader: ObjectReader): string | undefined {
  const secret = reader.get(SECRETS, claims.namespace, claims.secretName);
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return 'service account token has been invalidated';
  if (tokenIn(secret) !== token) return 'service account token does not match server\'s copy';
  if (secret.metadata.labels?.['kubernetes.io/legacy-token-invalid-since'] !== undefined) return `the token in secret ${claims.namespace}/${claims.secretName} for service account ${claims.namespace}/${claims.serviceAccountName} has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the 'kubernetes.io/legacy-token-invalid-since' label from the secret to temporarily allow use of this token`;
  const account = reader.get(SERVICE_ACCOUNTS, claims.namespace, claims.serviceAccountName);
  if (account === undefined) return `serviceaccounts ${JSON.stringify(claims.serviceAccountName)} not found`;
  if (account.metadata.deletionTimestamp !== undefined) return `ServiceAccount ${claims.namespace}/${claims.serviceAccountName} has been deleted`;
  if (account.metadata.uid !== claims.serviceAccountUid) return `ServiceAccount UID (${account.metadata.uid ?? ''}) does not match claim (${claims.serviceAccountUid})`;
  return undefined;
}

function tokenIn(secret: DeepReadonly<KubeObject>): string | undefined {
  const value = (secret['data'] as Readonly<Record<string, unknown>> | undefined)?.['token'];
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined;
}

import type { GroupResource } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { notFound } from '../../machinery/status-error.ts';
import type { ObjectReader } from '../object-reader.ts';
import type { ObjectClaim, TokenClaims } from './claims.ts';

export const SERVICE_ACCOUNTS: GroupResource = { group: '', resource: 'serviceaccounts' };
export const PODS: GroupResource = { group: '', resource: 'pods' };
export const NODES: GroupResource = { group: '', resource: 'nodes' };
export const SECRETS: GroupResource = { group: '', resource: 'secrets' };

/** Clocks differ: a token holds, and a deletion counts, this much later than it says. */
export const LEEWAY_MS = 60_000;
const INVALIDATED = 'service account token has been invalidated';

type Claims = Partial<TokenClaims> & Pick<TokenClaims, 'kubernetes.io'>;

/** Why the claims do not hold now, or undefined when they do. Looks at the objects as they are at this moment. */
export function refuteClaims(claims: Claims, reader: ObjectReader, nowMs: number): string | undefined {
  return refuteTimes(claims, nowMs) ?? refuteObjects(claims['kubernetes.io'], reader, nowMs);
}

function refuteTimes({ exp, nbf, iat }: Claims, nowMs: number): string | undefined {
  if (exp !== undefined && nowMs - LEEWAY_MS > exp * 1000) return 'service account token has expired';
  const early = Math.max(nbf ?? 0, iat ?? 0) * 1000;
  if (nowMs + LEEWAY_MS < early) return 'service account token claims could not be validated due to unexpected validation error';
  return undefined;
}

function refuteObjects({ namespace, serviceaccount, pod, secret, node }: TokenClaims['kubernetes.io'], reader: ObjectReader, nowMs: number): string | undefined {
  const account = reader.get(SERVICE_ACCOUNTS, namespace, serviceaccount.name);
  if (account === undefined) return notFound(SERVICE_ACCOUNTS, serviceaccount.name).message;
  if (isLongDeleted(account, nowMs)) return INVALIDATED;
  if (account.metadata.uid !== serviceaccount.uid) return `service account UID (${account.metadata.uid ?? ''}) does not match claim (${serviceaccount.uid})`;
  return (
    (secret && refuteReference(reader.get(SECRETS, namespace, secret.name), secret, { nowMs, text: ['secret', 'service account secret ref claim'] })) ??
    (pod && refuteReference(reader.get(PODS, namespace, pod.name), pod, { nowMs, text: ['pod', 'service account pod ref claim'] })) ??
    // The node of a bound pod is a note, not a bond: the pod's end is the token's.
    (node && pod === undefined ? refuteReference(reader.get(NODES, '', node.name), node, { nowMs, text: ['node', 'service account node ref claim'] }) : undefined)
  );
}

function refuteReference(object: DeepReadonly<KubeObject> | undefined, claim: ObjectClaim, { nowMs, text }: { nowMs: number; text: readonly [string, string] }): string | undefined {
  if (object === undefined || isLongDeleted(object, nowMs)) return INVALIDATED;
  if (object.metadata.uid !== claim.uid) return `${text[0]} UID (${object.metadata.uid ?? ''}) does not match ${text[1]} (${claim.uid})`;
  return undefined;
}

/** What is being deleted still counts for the grace that clocks are given. */
function isLongDeleted(object: DeepReadonly<KubeObject>, nowMs: number): boolean {
  const { deletionTimestamp } = object.metadata;
  return deletionTimestamp !== undefined && Date.parse(deletionTimestamp) < nowMs - LEEWAY_MS;
}

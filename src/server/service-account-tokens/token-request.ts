import { formatTime } from '../../machinery/clock.ts';
import { fieldInvalid } from '../../machinery/field-error.ts';
import { parseApiVersion, type GroupResource } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, conflict, invalid, notFound } from '../../machinery/status-error.ts';
import type { ObjectReader } from '../object-reader.ts';
import { buildClaims, type BoundObjects, type ObjectClaim } from './claims.ts';
import { signToken, type TokenKey } from './json-web-token.ts';
import { NODES, PODS, SECRETS, SERVICE_ACCOUNTS } from './token-validator.ts';

const KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
export const DEFAULT_EXPIRATION_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
/** What the volume that admission adds asks for: such tokens outlive it, so that old clients that never reload go on. */
const WARN_ONLY_SECONDS = 3607;
const EXTENDED_SECONDS = 365 * 24 * 3600;

export interface BoundObjectReference {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly name?: string;
  readonly uid?: string;
}

export interface TokenRequestSpec {
  readonly audiences: readonly string[];
  readonly boundObjectRef: BoundObjectReference | null;
  readonly expirationSeconds: number;
}

/** authentication.k8s.io/v1 TokenRequest with everything filled in. */
export interface TokenRequest extends KubeObject {
  readonly spec: TokenRequestSpec;
}

export interface TokenIssuerOptions {
  readonly issuer: string;
  readonly apiAudiences: readonly string[];
  readonly key: TokenKey;
  /** `--service-account-max-token-expiration` in seconds; 0 for none but the general limit. */
  readonly maxExpirationSeconds?: number;
  /** `--service-account-extend-token-expiration`; default true. */
  readonly extendExpiration?: boolean;
  readonly reader: ObjectReader;
  /** A fresh UUID, the token's id. */
  randomUuid(): string;
}

export interface TokenRequestContext {
  readonly namespace: string;
  /** Of the service account, out of the path. */
  readonly name: string;
  readonly nowMs: number;
  warn(text: string): void;
}

/**
 * Defaults and validates a TokenRequest. Admission sees the result; `issueToken` answers it. Throws NotFound without the
 * account, Invalid for durations out of bounds or names that differ from the path's, Conflict for another account's uid.
 */
export function prepareTokenRequest(request: DeepReadonly<KubeObject>, context: TokenRequestContext, options: TokenIssuerOptions): TokenRequest {
  const { namespace, name, nowMs } = context;
  const account = accountOf(context, options.reader);
  const { metadata } = request;
  if (metadata.name && metadata.name !== name) throw invalid(KIND, name, [fieldInvalid('metadata.name', metadata.name, 'must match the service account name if specified')]);
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw invalid(KIND, name, [fieldInvalid('metadata.namespace', metadata.namespace, 'must match the service account namespace if specified')]);
  }
  const uid = account.metadata.uid ?? '';
  if (metadata.uid && metadata.uid !== uid) {
    throw conflict({ group: KIND.group, resource: KIND.kind }, name, `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${uid})`);
  }
  const given = (request['spec'] ?? {}) as DeepReadonly<Partial<TokenRequestSpec>>;
  const expirationSeconds = given.expirationSeconds ?? DEFAULT_EXPIRATION_SECONDS;
  checkDuration(expirationSeconds);
  return {
    ...(request as KubeObject),
    metadata: { ...(metadata as KubeObject['metadata']), name, namespace, uid, creationTimestamp: formatTime(nowMs) },
    spec: {
      audiences: given.audiences?.length ? given.audiences : options.apiAudiences,
      boundObjectRef: given.boundObjectRef ?? null,
      expirationSeconds,
    },
    status: { token: '', expirationTimestamp: null },
  };
}

function checkDuration(seconds: number): void {
  const refuse = (detail: string): never => {
    throw invalid(KIND, '', [fieldInvalid('spec.expirationSeconds', seconds, detail)]);
  };
  if (seconds < MIN_SECONDS) refuse('may not specify a duration less than 10 minutes');
  if (seconds > MAX_SECONDS) refuse('may not specify a duration larger than 2^32 seconds');
}

/** Answers a prepared request with a token. Throws when what it is to be bound to is not there, or not the same. */
export function issueToken(request: TokenRequest, context: TokenRequestContext, options: TokenIssuerOptions): TokenRequest {
  const { namespace, name, nowMs } = context;
  const account = accountOf(context, options.reader);
  const bound = boundObjects(request.spec.boundObjectRef, context, options.reader);
  const expirationSeconds = shorten(request.spec.expirationSeconds, context, options);
  const { audiences } = request.spec;
  const extended = (options.extendExpiration ?? true) && expirationSeconds === WARN_ONLY_SECONDS && audiences.every((audience) => options.apiAudiences.includes(audience));
  const claims = buildClaims({
    issuer: options.issuer,
    audiences,
    namespace,
    serviceAccount: { name, uid: account.metadata.uid ?? '' },
    bound,
    nowMs,
    expirationSeconds: extended ? EXTENDED_SECONDS : expirationSeconds,
    ...(extended ? { warnAfterSeconds: expirationSeconds } : {}),
    tokenId: options.randomUuid(),
  });
  return {
    ...request,
    spec: { ...request.spec, expirationSeconds },
    status: { token: signToken(claims, options.key), expirationTimestamp: formatTime(nowMs + expirationSeconds * 1000) },
  };
}

function shorten(seconds: number, context: TokenRequestContext, { maxExpirationSeconds = 0 }: TokenIssuerOptions): number {
  if (maxExpirationSeconds <= 0 || seconds <= maxExpirationSeconds) return seconds;
  context.warn(`requested expiration of ${seconds} seconds shortened to ${maxExpirationSeconds} seconds`);
  return maxExpirationSeconds;
}

function accountOf({ namespace, name }: TokenRequestContext, reader: ObjectReader): DeepReadonly<KubeObject> {
  return getOrThrow(reader, { resource: SERVICE_ACCOUNTS, namespace, name });
}

function boundObjects(ref: BoundObjectReference | null, context: TokenRequestContext, reader: ObjectReader): BoundObjects {
  if (ref === null) return {};
  const { namespace } = context;
  const { group, version } = parseApiVersion(ref.apiVersion ?? '') ?? { group: ref.apiVersion ?? '', version: '' };
  const kind = group === '' ? ref.kind : undefined;
  if (kind !== 'Pod' && kind !== 'Secret' && kind !== 'Node') {
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${ref.kind ?? ''}`);
  }
  const resource = { Pod: PODS, Secret: SECRETS, Node: NODES }[kind];
  const object = getOrThrow(reader, { resource, namespace: kind === 'Node' ? '' : namespace, name: ref.name ?? '' });
  const podSpec = kind === 'Pod' ? (object['spec'] as { readonly serviceAccountName?: string; readonly nodeName?: string } | undefined) : undefined;
  if (kind === 'Pod' && podSpec?.serviceAccountName !== context.name) {
    throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(context.name)} to pod running with different serviceaccount name.`);
  }
  const claim: ObjectClaim = { name: ref.name ?? '', uid: object.metadata.uid ?? '' };
  if (ref.uid && ref.uid !== claim.uid) {
    throw conflict({ group, resource: kind }, claim.name, `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`);
  }
  if (kind === 'Secret') return { secret: claim };
  if (kind === 'Node') return { node: claim };
  if (!podSpec?.nodeName) return { pod: claim };
  const node = reader.get(NODES, '', podSpec.nodeName);
  return { pod: claim, node: { name: podSpec.nodeName, uid: node?.metadata.uid ?? '' } };
}

function getOrThrow(reader: ObjectReader, { resource, namespace, name }: { resource: GroupResource; namespace: string; name: string }): DeepReadonly<KubeObject> {
  if (name === '') throw badRequest('Name parameter required.');
  const object = reader.get(resource, namespace, name);
  if (object === undefined) throw notFound(resource, name);
  return object;
}

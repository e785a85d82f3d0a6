/** A named object with the uid that the token is good for. */
export interface ObjectClaim {
  readonly name: string;
  readonly uid: string;
}

/** What `kubernetes.io` holds in the claims of a token. */
export interface KubernetesClaims {
  readonly namespace: string;
  readonly serviceaccount: ObjectClaim;
  readonly pod?: ObjectClaim;
  readonly secret?: ObjectClaim;
  /** The node the token is bound to, or that the pod ran on when the token was made. */
  readonly node?: ObjectClaim;
  /** Seconds since 1970 after which the holder should have asked for another one. */
  readonly warnafter?: number;
}

/** The claims of a bound token. Times are seconds since 1970. */
export interface TokenClaims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly 'kubernetes.io': KubernetesClaims;
  readonly nbf: number;
  readonly sub: string;
}

export interface BoundObjects {
  readonly pod?: ObjectClaim;
  readonly secret?: ObjectClaim;
  readonly node?: ObjectClaim;
}

export interface ClaimOptions {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly namespace: string;
  readonly serviceAccount: ObjectClaim;
  readonly bound?: BoundObjects;
  readonly nowMs: number;
  readonly expirationSeconds: number;
  readonly warnAfterSeconds?: number;
  readonly tokenId: string;
}

export function buildClaims({ issuer, audiences, namespace, serviceAccount, bound = {}, nowMs, expirationSeconds, warnAfterSeconds, tokenId }: ClaimOptions): TokenClaims {
  const now = Math.floor(nowMs / 1000);
  return {
    aud: audiences,
    exp: now + expirationSeconds,
    iat: now,
    iss: issuer,
    jti: tokenId,
    'kubernetes.io': {
      namespace,
      ...(bound.node === undefined ? {} : { node: bound.node }),
      ...(bound.pod === undefined ? {} : { pod: bound.pod }),
      ...(bound.secret === undefined ? {} : { secret: bound.secret }),
      serviceaccount: serviceAccount,
      ...(warnAfterSeconds === undefined ? {} : { warnafter: now + warnAfterSeconds }),
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
  };
}

/** Claims out of a token whose signature holds; undefined when they are not those of a bound token. */
export function readClaims(raw: Readonly<Record<string, unknown>>): (Partial<TokenClaims> & { readonly 'kubernetes.io': KubernetesClaims }) | undefined {
  const own = raw['kubernetes.io'] as Partial<KubernetesClaims> | undefined;
  if (typeof own !== 'object' || own === null || typeof own.namespace !== 'string' || !isObjectClaim(own.serviceaccount)) return undefined;
  for (const claim of [own.pod, own.secret, own.node]) if (claim !== undefined && !isObjectClaim(claim)) return undefined;
  for (const name of ['exp', 'nbf', 'iat']) if (raw[name] !== undefined && typeof raw[name] !== 'number') return undefined;
  return { ...raw, 'kubernetes.io': own as KubernetesClaims };
}

/** `aud` may be one string or a list. */
export function audiencesOf(raw: Readonly<Record<string, unknown>>): readonly string[] {
  const audiences = raw['aud'];
  if (typeof audiences === 'string') return [audiences];
  return Array.isArray(audiences) ? audiences.filter((audience): audience is string => typeof audience === 'string') : [];
}

function isObjectClaim(value: unknown): value is ObjectClaim {
  const claim = value as Partial<ObjectClaim> | null | undefined;
  return typeof claim?.name === 'string' && typeof claim.uid === 'string';
}

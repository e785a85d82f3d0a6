import type { TokenKey } from './json-web-token.ts';

/** Where the key set is served, next to `/.well-known/openid-configuration`. */
export const JWKS_PATH = '/openid/v1/jwks';
export const DISCOVERY_PATH = '/.well-known/openid-configuration';

export interface DiscoveryOptions {
  readonly issuer: string;
  /** `--service-account-jwks-uri`; by default the path above under the issuer's or the server's address. */
  readonly jwksUri: string;
  readonly keys: readonly TokenKey[];
}

/** The OpenID Connect discovery document, by which others learn to verify the cluster's tokens. */
export function discoveryDocument({ issuer, jwksUri, keys }: DiscoveryOptions): Record<string, unknown> {
  return {
    issuer,
    jwks_uri: jwksUri,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(keys.map((key) => key.algorithm))].sort(),
  };
}

/** The public keys as a JSON Web Key Set. */
export function jsonWebKeySet(keys: readonly TokenKey[]): { keys: Record<string, unknown>[] } {
  return {
    keys: keys.map((key) => {
      const { kty, ...rest } = key.publicKey.export({ format: 'jwk' });
      return { use: 'sig', kty, kid: key.keyId, alg: key.algorithm, ...rest };
    }),
  };
}

import { constants, createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** JSON Web Tokens as far as service accounts need them: RS256, and ECDSA with the hash that belongs to the curve. */
export type TokenAlgorithm = 'RS256' | 'ES256' | 'ES384' | 'ES512';

/** A key of the issuer. `keyId` is the same for every process that holds the key: the digest of the public one. */
export interface TokenKey {
  readonly keyId: string;
  readonly algorithm: TokenAlgorithm;
  readonly publicKey: KeyObject;
  /** Absent for keys that verify only (a signing key that was replaced). */
  readonly privateKey?: KeyObject;
}

const CURVES: Readonly<Record<string, TokenAlgorithm>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
const HASHES: Readonly<Record<TokenAlgorithm, string>> = { RS256: 'sha256', ES256: 'sha256', ES384: 'sha384', ES512: 'sha512' };
/** Longer ones are no tokens of ours. */
const MAX_TOKEN_LENGTH = 16_384;

/** Reads a PEM key, private or public. Throws for kinds that cannot sign tokens. */
export function tokenKey(pem: string): TokenKey {
  const privateKey = pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : undefined;
  const publicKey = createPublicKey(pem);
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha256').update(der).digest('base64url');
  return { keyId, algorithm: algorithmOf(publicKey), publicKey, ...(privateKey === undefined ? {} : { privateKey }) };
}

function algorithmOf(key: KeyObject): TokenAlgorithm {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  const algorithm = key.asymmetricKeyType === 'ec' ? CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''] : undefined;
  if (algorithm === undefined) throw new Error(`a key of type ${key.asymmetricKeyType ?? 'unknown'} cannot sign service account tokens; RSA and ECDSA keys can`);
  return algorithm;
}

/** Signs the claims. Throws when the key is a public one. */
export function signToken(claims: object, key: TokenKey): string {
  if (key.privateKey === undefined) throw new Error('the key verifies tokens and cannot sign any');
  const head = Buffer.from(JSON.stringify({ alg: key.algorithm, kid: key.keyId })).toString('base64url');
  const body = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  const signature = sign(HASHES[key.algorithm], Buffer.from(body), signingOptions(key.privateKey));
  return `${body}.${signature.toString('base64url')}`;
}

export interface DecodedToken {
  readonly algorithm: string;
  readonly keyId: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Reads a token without believing it; undefined for what is not one. */
export function decodeToken(token: string): DecodedToken | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const parts = token.split('.');
  const signature = parts[2] ?? '';
  if (parts.length !== 3 || !isBase64Url(signature) || signature.length % 4 === 1) return undefined;
  const head = decodePart(parts[0] ?? '');
  const claims = decodePart(parts[1] ?? '');
  if (head === undefined || claims === undefined || typeof head['alg'] !== 'string') return undefined;
  return { algorithm: head['alg'], keyId: typeof head['kid'] === 'string' ? head['kid'] : '', claims };
}

function decodePart(part: string): Record<string, unknown> | undefined {
  if (!isBase64Url(part)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const isBase64Url = (text: string): boolean => /^[A-Za-z0-9_-]*$/.test(text);

/** True when the token's signature was made with the key, by the algorithm that belongs to the key and no other. */
export function verifySignature(token: string, decoded: DecodedToken, key: TokenKey): boolean {
  if (decoded.algorithm !== key.algorithm) return false;
  const dot = token.lastIndexOf('.');
  const signature = token.slice(dot + 1);
  const bytes = Buffer.from(signature, 'base64url');
  // A second spelling of the same bytes would be a second token.
  if (bytes.toString('base64url') !== signature) return false;
  return verify(HASHES[key.algorithm], Buffer.from(token.slice(0, dot)), signingOptions(key.publicKey), bytes);
}

function signingOptions(key: KeyObject): { key: KeyObject; dsaEncoding?: 'ieee-p1363'; padding?: number } {
  return key.asymmetricKeyType === 'rsa' ? { key, padding: constants.RSA_PKCS1_PADDING } : { key, dsaEncoding: 'ieee-p1363' };
}

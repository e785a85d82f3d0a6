import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { AlgorithmIdentifier, CertificateRequest } from './certificate-request.ts';

interface SignatureAlgorithm {
  readonly key: 'RSA' | 'ECDSA' | 'Ed25519';
  readonly hash: string | null;
  readonly pss?: boolean;
}

const ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map<string, SignatureAlgorithm>([
  ['1.2.840.113549.1.1.5', { key: 'RSA', hash: 'sha1' }],
  ['1.2.840.113549.1.1.11', { key: 'RSA', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { key: 'RSA', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { key: 'RSA', hash: 'sha512' }],
  ['1.2.840.10045.4.1', { key: 'ECDSA', hash: 'sha1' }],
  ['1.2.840.10045.4.3.2', { key: 'ECDSA', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { key: 'ECDSA', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { key: 'ECDSA', hash: 'sha512' }],
  ['1.3.101.112', { key: 'Ed25519', hash: null }],
]);
const MD5_WITH_RSA = '1.2.840.113549.1.1.4';
const RSA_PSS = '1.2.840.113549.1.1.10';

/** The hash functions of RSASSA-PSS parameters, by the end of their object identifiers (2.16.840.1.101.3.4.2.x). */
const PSS_HASHES: readonly (readonly [string, string])[] = [
  ['608648016503040201', 'sha256'],
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
];

/** The key algorithms that Go's crypto/x509 knows; a request with another key is well formed, but nothing verifies it. */
const KNOWN_KEYS: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.1', 'x509: invalid RSA public key'],
  ['1.2.840.10045.2.1', 'x509: failed to unmarshal elliptic curve point'],
  ['1.3.101.112', 'x509: wrong Ed25519 public key size'],
]);
const GO_KEY_TYPES: Readonly<Record<string, string>> = { rsa: '*rsa.PublicKey', ec: '*ecdsa.PublicKey', ed25519: 'ed25519.PublicKey' };
const FAILURES: Readonly<Record<SignatureAlgorithm['key'], string>> = {
  RSA: 'crypto/rsa: verification error',
  ECDSA: 'x509: ECDSA verification failure',
  Ed25519: 'x509: Ed25519 verification failure',
};

/**
 * What is wrong with a request's proof that the requester holds the key, in Go's words; undefined when the signature is
 * good. SHA-1 is accepted in requests, as in Kubernetes.
 */
export function signatureProblem(request: CertificateRequest): string | undefined {
  const keyProblem = KNOWN_KEYS.get(request.publicKeyAlgorithm);
  const key = keyProblem === undefined ? undefined : publicKeyOf(request);
  if (keyProblem !== undefined && key === undefined) return keyProblem;
  if (request.signatureAlgorithm.algorithm === MD5_WITH_RSA) return 'x509: cannot verify signature: insecure algorithm MD5-RSA';
  const algorithm = algorithmOf(request.signatureAlgorithm);
  if (algorithm === undefined || key === undefined) return 'x509: cannot verify signature: algorithm unimplemented';
  const keyType = { RSA: 'rsa', ECDSA: 'ec', Ed25519: 'ed25519' }[algorithm.key];
  if (key.asymmetricKeyType !== keyType) {
    const found = GO_KEY_TYPES[key.asymmetricKeyType ?? ''] ?? '<nil>';
    return `x509: signature algorithm specifies an ${algorithm.key} public key, but have public key of type ${found}`;
  }
  return isGood(request, algorithm, key) ? undefined : FAILURES[algorithm.key];
}

function algorithmOf({ algorithm, parameters }: AlgorithmIdentifier): SignatureAlgorithm | undefined {
  if (algorithm !== RSA_PSS) return ALGORITHMS.get(algorithm);
  const hex = Buffer.from(parameters).toString('hex');
  const hash = PSS_HASHES.find(([identifier]) => hex.includes(identifier))?.[1];
  return hash === undefined ? undefined : { key: 'RSA', hash, pss: true };
}

function publicKeyOf(request: CertificateRequest): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(request.publicKey), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

function isGood(request: CertificateRequest, algorithm: SignatureAlgorithm, key: KeyObject): boolean {
  const padding = algorithm.pss === true ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  try {
    return verify(algorithm.hash, request.signedBytes, { key, dsaEncoding: 'der', ...padding }, request.signature);
  } catch {
    return false;
  }
}

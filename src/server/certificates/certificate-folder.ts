import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readCertificateFields } from './certificate-fields.ts';
import { isAddress } from './is-address.ts';
import { ADMIN, FRONT_PROXY_CLIENT, generateServiceAccountKey, issueCa, issueClient, issueServer, type ClusterCertificates, type ServiceAccountKeyPem } from './cluster-certificates.ts';
import { pemToDer, type KeyPair } from './issue-certificate.ts';

const RENEW_LEAF_BEFORE_MS = 30 * 86_400_000;
const RENEW_CA_BEFORE_MS = 365 * 86_400_000;

export interface CertificateFolderOptions {
  readonly folder: string;
  /** What the serving certificate must be good for; it is issued anew when a name is missing. */
  readonly hosts: readonly string[];
  readonly nowMs: number;
}

/**
 * The cluster's certificates in a folder, named as kubeadm names them: made when they are missing, kept, and issued anew
 * when they are near their end or were signed by another CA. Keys can be read by their owner alone, and every file is
 * written whole or not at all. A CA certificate without its key is never replaced: somebody else signs there, and what
 * is missing is an error.
 */
export function openCertificateFolder({ folder, hosts, nowMs }: CertificateFolderOptions): ClusterCertificates {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ca = openCa(folder, { file: 'ca', commonName: 'kubernetes', nowMs });
  const frontProxyCa = openCa(folder, { file: 'front-proxy-ca', commonName: 'front-proxy-ca', nowMs });
  return {
    ca,
    frontProxyCa,
    server: openLeaf(folder, { file: 'apiserver', ca, nowMs, hosts }, () => issueServer(ca, hosts, nowMs)),
    admin: openLeaf(folder, { file: 'admin', ca, nowMs }, () => issueClient(ca, ADMIN, nowMs)),
    frontProxyClient: openLeaf(folder, { file: 'front-proxy-client', ca: frontProxyCa, nowMs }, () => issueClient(frontProxyCa, FRONT_PROXY_CLIENT, nowMs)),
    serviceAccount: openServiceAccountKey(folder),
  };
}

/**
 * When one of these certificates should be issued anew, in milliseconds since 1970: a running server opens its folder
 * again then, and serves with what it finds.
 */
export function renewalTimeMs({ server, admin, frontProxyClient }: Pick<ClusterCertificates, 'server' | 'admin' | 'frontProxyClient'>): number {
  return Math.min(...[server, admin, frontProxyClient].map(({ cert }) => readCertificateFields(pemToDer(cert)).notAfterMs)) - RENEW_LEAF_BEFORE_MS;
}

function openCa(folder: string, { file, commonName, nowMs }: { file: string; commonName: string; nowMs: number }): KeyPair {
  const cert = read(join(folder, `${file}.crt`));
  const key = read(join(folder, `${file}.key`));
  if (cert !== undefined && key === undefined) return { cert, key: '' };
  if (cert !== undefined && key !== undefined && remainingMs(cert, nowMs) > RENEW_CA_BEFORE_MS && belongsTogether(cert, key)) return { cert, key };
  const made = issueCa(commonName, nowMs);
  writePair(folder, file, made);
  return made;
}

function openLeaf(folder: string, expected: { file: string; ca: KeyPair; nowMs: number; hosts?: readonly string[] }, issue: () => KeyPair): KeyPair {
  const cert = read(join(folder, `${expected.file}.crt`));
  const key = read(join(folder, `${expected.file}.key`));
  if (cert !== undefined && key !== undefined && isGood({ cert, key }, expected)) return { cert, key };
  if (expected.ca.key === '') throw new Error(`${join(folder, `${expected.file}.crt`)} is missing or no longer good, and the key of its CA is not here to issue another`);
  const made = issue();
  writePair(folder, expected.file, made);
  return made;
}

function isGood({ cert, key }: KeyPair, { ca, nowMs, hosts = [] }: { ca: KeyPair; nowMs: number; hosts?: readonly string[] }): boolean {
  try {
    if (remainingMs(cert, nowMs) <= RENEW_LEAF_BEFORE_MS) return false;
    const leaf = new X509Certificate(cert);
    const issuer = new X509Certificate(ca.cert);
    if (!leaf.checkIssued(issuer) || !leaf.verify(issuer.publicKey) || !leaf.checkPrivateKey(createPrivateKey(key))) return false;
    return hosts.every((host) => (isAddress(host) ? leaf.checkIP(host) : leaf.checkHost(host)) !== undefined);
  } catch {
    return false;
  }
}

function belongsTogether(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function remainingMs(cert: string, nowMs: number): number {
  try {
    const { notBeforeMs, notAfterMs } = readCertificateFields(pemToDer(cert));
    return nowMs < notBeforeMs ? 0 : notAfterMs - nowMs;
  } catch {
    return 0;
  }
}

function openServiceAccountKey(folder: string): ServiceAccountKeyPem {
  const privateKey = read(join(folder, 'sa.key'));
  if (privateKey !== undefined) {
    const publicKey = read(join(folder, 'sa.pub')) ?? createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
    return { privateKey, publicKey };
  }
  const made = generateServiceAccountKey();
  writeWhole(join(folder, 'sa.pub'), made.publicKey, 0o644);
  writeWhole(join(folder, 'sa.key'), made.privateKey, 0o600);
  return made;
}

/** The certificate last: a pair torn by a crash does not belong together, and is issued anew. */
function writePair(folder: string, file: string, pair: KeyPair): void {
  writeWhole(join(folder, `${file}.key`), pair.key, 0o600);
  writeWhole(join(folder, `${file}.crt`), pair.cert, 0o644);
}

function writeWhole(path: string, text: string, mode: number): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

import { hash, X509Certificate } from 'node:crypto';
import { readCertificateFields } from '../certificates/certificate-fields.ts';
import { certificatesOfPem } from '../certificates/issue-certificate.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { AuthenticationResult, Authenticator, UserInfo } from './authenticator.ts';
import { BoundedCache } from './bounded-cache.ts';

const NONE: AuthenticationResult = { type: 'none' };
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';
const MAX_CHAIN = 8;
const MAX_KEPT = 10_000;

/** A certificate that was found good once: only time can change that. */
interface Verified {
  readonly result: AuthenticationResult;
  readonly commonName: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface ClientCertificateOptions {
  /** PEM bundle of the authorities that sign for clients. */
  readonly ca: string;
  readonly clock: Clock;
}

/** Verifies client certificates against a bundle, and remembers by fingerprint those that are good. */
export class ClientCertificates {
  readonly #roots: readonly X509Certificate[];
  readonly #clock: Clock;
  readonly #byBytes = new WeakMap<Uint8Array, Verified>();
  readonly #byFingerprint = new BoundedCache<string, Verified>(MAX_KEPT);

  constructor({ ca, clock }: ClientCertificateOptions) {
    this.#roots = certificatesOfPem(ca).map((der) => new X509Certificate(der));
    if (this.#roots.length === 0) throw new Error('the client CA bundle holds no certificate');
    this.#clock = clock;
  }

  /** The verified leaf, or why it is not: `x509: certificate signed by unknown authority`. */
  verify(peerCertificates: readonly Uint8Array[]): Verified | string {
    const leaf = peerCertificates[0];
    if (leaf === undefined) return 'x509: no certificate';
    let known = this.#byBytes.get(leaf);
    if (known === undefined) {
      const fingerprint = hash('sha256', leaf, 'hex');
      known = this.#byFingerprint.get(fingerprint);
      if (known === undefined) {
        const verified = this.#verifyChain(peerCertificates, fingerprint);
        if (typeof verified === 'string') return verified;
        this.#byFingerprint.set(fingerprint, (known = verified));
      }
      this.#byBytes.set(leaf, known);
    }
    const nowMs = this.#clock.now();
    if (nowMs < known.notBeforeMs || nowMs > known.notAfterMs) return expired(nowMs, known);
    return known;
  }

  #verifyChain(peerCertificates: readonly Uint8Array[], fingerprint: string): Verified | string {
    let chain: X509Certificate[];
    try {
      chain = peerCertificates.slice(0, MAX_CHAIN).map((der) => new X509Certificate(der));
    } catch {
      return 'x509: malformed certificate';
    }
    const [leaf, ...intermediates] = chain;
    if (leaf === undefined) return 'x509: no certificate';
    const path = this.#pathToRoot(leaf, intermediates, 0);
    if (path === undefined) return 'x509: certificate signed by unknown authority';
    // Every certificate of the path that states usages must allow this one.
    if (!path.every(({ keyUsage }) => keyUsage === undefined || keyUsage.length === 0 || keyUsage.includes(CLIENT_AUTH) || keyUsage.includes(ANY_USAGE))) {
      return 'x509: certificate specifies an incompatible key usage';
    }
    const all = path.map((certificate) => readCertificateFields(certificate.raw));
    // The nth issuer has n - 1 authorities between itself and the leaf.
    if (all.some(({ pathLength }, n) => n > 0 && pathLength !== undefined && n - 1 > pathLength)) return 'x509: too many intermediates for path length constraint';
    const { commonName, organizations, uid } = readCertificateFields(leaf.raw);
    const user: UserInfo = {
      name: commonName,
      ...(uid === undefined ? {} : { uid }),
      groups: organizations,
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
    };
    return {
      result: { type: 'authenticated', user },
      commonName,
      notBeforeMs: Math.max(...all.map((fields) => fields.notBeforeMs)),
      notAfterMs: Math.min(...all.map((fields) => fields.notAfterMs)),
    };
  }

  #pathToRoot(certificate: X509Certificate, intermediates: readonly X509Certificate[], depth: number): X509Certificate[] | undefined {
    for (const root of this.#roots) {
      if (certificate.fingerprint256 === root.fingerprint256) return [certificate];
      if (isSignedBy(certificate, root)) return [certificate, root];
    }
    if (depth >= MAX_CHAIN) return undefined;
    for (const issuer of intermediates) {
      if (issuer === certificate || !isSignedBy(certificate, issuer)) continue;
      const rest = this.#pathToRoot(issuer, intermediates.filter((other) => other !== issuer), depth + 1);
      if (rest !== undefined) return [certificate, ...rest];
    }
    return undefined;
  }
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function expired(nowMs: number, { notBeforeMs, notAfterMs }: Verified): string {
  const shown = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const where = nowMs < notBeforeMs ? `is before ${shown(notBeforeMs)}` : `is after ${shown(notAfterMs)}`;
  return `x509: certificate has expired or is not yet valid: current time ${shown(nowMs)} ${where}`;
}

/** Users by client certificate: the common name is the user's, the organizations are the groups. */
export function clientCertificateAuthenticator(options: ClientCertificateOptions): Authenticator {
  const certificates = new ClientCertificates(options);
  return {
    name: 'x509',
    authenticate({ peerCertificates }) {
      if (peerCertificates.length === 0) return NONE;
      const verified = certificates.verify(peerCertificates);
      if (typeof verified === 'string') return { type: 'rejected', reason: verified };
      return verified.commonName === '' ? NONE : verified.result;
    },
  };
}

import { generateKeyPairSync } from 'node:crypto';
import { lazily } from '../../machinery/lazily.ts';
import { issueCertificate, type KeyPair } from './issue-certificate.ts';

/** All that a cluster proves itself with. PEM texts. */
export interface ClusterCertificates {
  readonly ca: KeyPair;
  /** Of the API server. */
  readonly server: KeyPair;
  /** Of the administrator, in `system:masters`. */
  readonly admin: KeyPair;
  /** Signs for those who may state another user in headers: the API server towards aggregated ones. */
  readonly frontProxyCa: KeyPair;
  readonly frontProxyClient: KeyPair;
  /** Signs service account tokens. */
  readonly serviceAccount: ServiceAccountKeyPem;
}

export interface ServiceAccountKeyPem {
  readonly privateKey: string;
  readonly publicKey: string;
}

const DAY_MS = 86_400_000;
export const CA_LIFETIME_MS = 3650 * DAY_MS;
export const LEAF_LIFETIME_MS = 365 * DAY_MS;
/** Clocks of clients may be behind. */
const BACKDATE_MS = 5 * 60_000;

/** The names by which pods and the machine itself know the API server, and those given. */
export function servingHosts(options: { readonly serviceAddress?: string; readonly clusterDomain?: string; readonly extra?: readonly string[] } = {}): string[] {
  const { serviceAddress, clusterDomain = 'cluster.local', extra = [] } = options;
  return [
    ...new Set([
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      `kubernetes.default.svc.${clusterDomain}`,
      '127.0.0.1',
      '::1',
      ...(serviceAddress === undefined ? [] : [serviceAddress]),
      ...extra,
    ]),
  ];
}

export function issueCa(commonName: string, nowMs: number): KeyPair {
  return issueCertificate({ commonName, usage: 'ca', notBeforeMs: nowMs - BACKDATE_MS, notAfterMs: nowMs + CA_LIFETIME_MS });
}

export function issueServer(ca: KeyPair, hosts: readonly string[], nowMs: number): KeyPair {
  return issueCertificate({ commonName: 'kube-apiserver', usage: 'server', hosts, ...leafTimes(nowMs) }, ca);
}

/** For a user of the cluster: `commonName` is the user's name, the organizations are the groups. */
export function issueClient(ca: KeyPair, { commonName, organizations = [] }: { commonName: string; organizations?: readonly string[] }, nowMs: number): KeyPair {
  return issueCertificate({ commonName, organizations, usage: 'client', ...leafTimes(nowMs) }, ca);
}

export const ADMIN = { commonName: 'kubernetes-admin', organizations: ['system:masters'] };
export const FRONT_PROXY_CLIENT = { commonName: 'front-proxy-client' };

export function generateServiceAccountKey(): ServiceAccountKeyPem {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }), publicKey: publicKey.export({ type: 'spki', format: 'pem' }) };
}

/** Everything anew, in memory: for tests and for clusters that keep nothing. What is never asked for is never made. */
export function generateClusterCertificates(hosts: readonly string[], nowMs: number): ClusterCertificates {
  const ca = lazily(() => issueCa('kubernetes', nowMs));
  const server = lazily(() => issueServer(ca(), hosts, nowMs));
  const admin = lazily(() => issueClient(ca(), ADMIN, nowMs));
  const frontProxyCa = lazily(() => issueCa('front-proxy-ca', nowMs));
  const frontProxyClient = lazily(() => issueClient(frontProxyCa(), FRONT_PROXY_CLIENT, nowMs));
  const serviceAccount = lazily(generateServiceAccountKey);
  return {
    get ca() {
      return ca();
    },
    get server() {
      return server();
    },
    get admin() {
      return admin();
    },
    get frontProxyCa() {
      return frontProxyCa();
    },
    get frontProxyClient() {
      return frontProxyClient();
    },
    get serviceAccount() {
      return serviceAccount();
    },
  };
}

function leafTimes(nowMs: number): { notBeforeMs: number; notAfterMs: number } {
  return { notBeforeMs: nowMs - BACKDATE_MS, notAfterMs: nowMs + LEAF_LIFETIME_MS };
}

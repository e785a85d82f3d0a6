import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readCertificateFields } from './certificate-fields.ts';
import { openCertificateFolder, renewalTimeMs } from './certificate-folder.ts';
import { generateClusterCertificates, issueCa, issueClient, issueServer, servingHosts } from './cluster-certificates.ts';
import { certificatesOfPem, issueCertificate, pemToDer } from './issue-certificate.ts';
import { kubeconfigText } from './kubeconfig.ts';

const NOW = Date.UTC(2026, 5, 1);
const YEAR_MS = 365 * 86_400_000;
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  folders.push(folder);
  return folder;
}

describe('an issued certificate', () => {
  const ca = issueCa('test-ca', NOW);
  const caCert = new X509Certificate(ca.cert);

  test('is signed by its CA, and only the CA may sign', () => {
    const leaf = new X509Certificate(issueClient(ca, { commonName: 'jane', organizations: ['qa', 'dev'] }, NOW).cert);
    expect([caCert.ca, leaf.ca]).toEqual([true, false]);
    expect(caCert.verify(caCert.publicKey)).toBe(true);
    expect([leaf.checkIssued(caCert), leaf.verify(caCert.publicKey)]).toEqual([true, true]);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(leaf.verify(new X509Certificate(issueCa('test-ca', NOW).cert).publicKey)).toBe(false);
  });

  test('is good for its names and addresses', () => {
    const hosts = servingHosts({ serviceAddress: '10.96.0.1', extra: ['api.example.com', 'fd00::1:2', '::ffff:192.0.2.1'] });
    const server = new X509Certificate(issueServer(ca, hosts, NOW).cert);
    for (const host of ['localhost', 'kubernetes', 'kubernetes.default.svc.cluster.local', 'api.example.com']) expect([host, server.checkHost(host)]).toEqual([host, host]);
    for (const ip of ['127.0.0.1', '::1', '10.96.0.1', 'fd00::1:2']) expect([ip, server.checkIP(ip)]).not.toEqual([ip, undefined]);
    expect(server.checkHost('other.example.com')).toBeUndefined();
    expect(server.checkIP('10.96.0.2')).toBeUndefined();
  });

  test.each([Date.UTC(2026, 0, 1), Date.UTC(2049, 11, 31, 23, 59, 59), Date.UTC(2050, 0, 1), Date.UTC(2120, 1, 29)])('says when it ends, in either form of time (%i)', (notAfterMs) => {
    const { cert } = issueCertificate({ commonName: 'x', usage: 'client', notBeforeMs: 0, notAfterMs });
    expect(readCertificateFields(pemToDer(cert))).toMatchObject({ notBeforeMs: 0, notAfterMs });
    expect(Date.parse(new X509Certificate(cert).validTo)).toBe(notAfterMs);
  });

  test('keeps names as they are given', () => {
    const names = { commonName: 'система:ü\n, O=x', organizations: ['system:masters', 'a=b'] };
    expect(readCertificateFields(pemToDer(issueClient(ca, names, NOW).cert))).toMatchObject(names);
  });

  test('reads what others made, and throws for what is no certificate', () => {
    expect(readCertificateFields(pemToDer(ca.cert)).publicKeyDer).toEqual(caCert.publicKey.export({ type: 'spki', format: 'der' }));
    for (const bytes of [[], [0x30], [0x30, 0x84, 0xff, 0xff, 0xff, 0xff], [0x30, 0x03, 0x02, 0x01, 0x01]]) expect(() => readCertificateFields(Uint8Array.from(bytes))).toThrow();
    expect(certificatesOfPem(`${ca.cert}\nrubbish\n${ca.cert}`)).toHaveLength(2);
  });

  test('serves TLS to a client that trusts its CA, and knows the client by its own', async () => {
    const server = issueServer(ca, servingHosts(), Date.now());
    const client = issueClient(ca, { commonName: 'jane' }, Date.now());
    const listener = tls.createServer({ ...server, ca: ca.cert, requestCert: true, rejectUnauthorized: true });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    try {
      const seen = new Promise<string>((resolve) => listener.once('secureConnection', (socket) => {
        resolve(socket.getPeerCertificate().subject.CN as string);
        socket.end();
      }));
      const { port } = listener.address() as { port: number };
      const socket = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', ca: ca.cert, cert: client.cert, key: client.key });
      await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
      expect(socket.authorized).toBe(true);
      expect(await seen).toBe('jane');
      socket.destroy();
    } finally {
      await new Promise((resolve) => listener.close(resolve));
    }
  });
});

test('everything a cluster needs is made', () => {
  const made = generateClusterCertificates(servingHosts(), NOW);
  for (const { cert, key } of [made.ca, made.server, made.admin, made.frontProxyCa, made.frontProxyClient]) {
    expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true);
  }
});

describe('a folder of certificates', () => {
  const hosts = servingHosts();
  const open = (folder: string, nowMs = NOW, names = hosts): ReturnType<typeof openCertificateFolder> => openCertificateFolder({ folder, hosts: names, nowMs });

  test('is filled once and kept, with keys for the owner alone', () => {
    const folder = newFolder();
    const first = open(folder);
    expect(open(folder)).toEqual(first);
    for (const key of ['ca.key', 'apiserver.key', 'admin.key', 'front-proxy-ca.key', 'front-proxy-client.key', 'sa.key']) {
      expect([key, statSync(join(folder, key)).mode & 0o777]).toEqual([key, 0o600]);
    }
  });

  test.each([
    ['leaves near their end are issued anew by the same CA', YEAR_MS - 20 * 86_400_000, { ca: true, server: false, admin: false }],
    ['a CA near its end takes its leaves with it', 9.5 * YEAR_MS, { ca: false, server: false, admin: false }],
    ['a clock that was set back makes a new CA', -86_400_000, { ca: false, server: false, admin: false }],
    ['in between all is kept', YEAR_MS / 2, { ca: true, server: true, admin: true }],
  ])('%s', (_, laterMs, kept) => {
    const folder = newFolder();
    const first = open(folder);
    const later = open(folder, NOW + laterMs);
    expect({ ca: later.ca.cert === first.ca.cert, server: later.server.cert === first.server.cert, admin: later.admin.cert === first.admin.cert }).toEqual(kept);
    expect(later.serviceAccount).toEqual(first.serviceAccount);
  });

  test('says when to look at it again, and has something new then', () => {
    const folder = newFolder();
    const first = open(folder);
    const dueMs = renewalTimeMs(first);
    expect(dueMs).toBe(NOW + YEAR_MS - 30 * 86_400_000);
    expect(open(folder, dueMs - 1_000).server).toEqual(first.server);
    expect(open(folder, dueMs).server).not.toEqual(first.server);
  });

  test('a new name makes a new serving certificate alone', () => {
    const folder = newFolder();
    const first = open(folder);
    const second = open(folder, NOW, [...hosts, 'api.example.com']);
    expect(second.server.cert).not.toBe(first.server.cert);
    expect(second.admin).toEqual(first.admin);
  });

  test('a torn or foreign file is replaced', () => {
    const folder = newFolder();
    const first = open(folder);
    writeFileSync(join(folder, 'admin.crt'), 'not a certificate');
    writeFileSync(join(folder, 'apiserver.key'), first.admin.key);
    const second = open(folder);
    expect(new X509Certificate(second.admin.cert).checkIssued(new X509Certificate(first.ca.cert))).toBe(true);
    expect(new X509Certificate(second.server.cert).checkPrivateKey(createPrivateKey(second.server.key))).toBe(true);
    expect(readFileSync(join(folder, 'admin.crt'), 'utf8')).toBe(second.admin.cert);
  });

  test('a CA without its key signs elsewhere: it stays, and what is missing is an error', () => {
    const folder = newFolder();
    open(folder);
    rmSync(join(folder, 'ca.key'));
    expect(open(folder).ca.key).toBe('');
    rmSync(join(folder, 'admin.crt'));
    expect(() => open(folder)).toThrow(/admin\.crt is missing or no longer good, and the key of its CA is not here/);
  });
});

test('a kubeconfig carries the certificates', () => {
  const { ca, admin } = generateClusterCertificates([], NOW);
  const config = parse(kubeconfigText({ server: 'https://[::1]:6443', ca: ca.cert, client: admin, namespace: 'x' })) as Record<string, unknown>;
  expect(config).toMatchObject({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'kubernetes-admin@steersman',
    clusters: [{ name: 'steersman', cluster: { server: 'https://[::1]:6443', 'certificate-authority-data': Buffer.from(ca.cert).toString('base64') } }],
    contexts: [{ context: { cluster: 'steersman', user: 'kubernetes-admin', namespace: 'x' } }],
  });
});

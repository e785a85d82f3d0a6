import { createPublicKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CertificateSigningRequest } from '../../api/types/generated/certificates-v1.ts';
import { issueCa } from '../../server/certificates/cluster-certificates.ts';
import { bits, explicit, implicit, integer, octets, oid, sequence, set, utf8 } from '../../server/certificates/der.ts';
import { derToPem } from '../../server/certificates/issue-certificate.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';
import { endOf } from './certificate-cleaner-controller.ts';
import type { SharedRequest } from './signing-request.ts';

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const CLIENT = 'kubernetes.io/kube-apiserver-client';
const KUBELET = 'kubernetes.io/kube-apiserver-client-kubelet';
const SERVING = 'kubernetes.io/kubelet-serving';
const NODE = { commonName: 'system:node:n', organizations: ['system:nodes'] };
const KEYS = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PUBLIC = KEYS.publicKey.export({ type: 'spki', format: 'der' });

interface Names {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly dns?: readonly string[];
}

/** A PKCS#10 request as the API carries it. */
function request({ commonName, organizations = [], dns = [] }: Names, signer = KEYS.privateKey): string {
  const attribute = (type: string, text: string): Buffer => set(sequence(oid(type), utf8(text)));
  const names = sequence(...dns.map((name) => implicit(2, Buffer.from(name))));
  const extensions = sequence(oid('1.2.840.113549.1.9.14'), set(sequence(sequence(oid('2.5.29.17'), octets(names)))));
  const info = sequence(
    integer(Buffer.from([0])),
    sequence(...organizations.map((text) => attribute('2.5.4.10', text)), attribute('2.5.4.3', commonName)),
    PUBLIC,
    explicit(0, ...(dns.length > 0 ? [extensions] : [])),
  );
  return Buffer.from(derToPem(sequence(info, sequence(oid('1.2.840.10045.4.3.2')), bits(sign('sha256', info, signer))), 'CERTIFICATE REQUEST')).toString('base64');
}

describe('a request for a certificate', () => {
  let loops: LoopCluster;
  const ca = issueCa('kubernetes', Date.UTC(2026, 0, 1));
  beforeEach(async () => {
    loops = await LoopCluster.open(['certificatesigningrequest-signing-controller', 'certificatesigningrequest-approving-controller', 'certificatesigningrequest-cleaner-controller'], { clusterSigning: ca });
  });
  afterEach(() => loops.close());

  const create = (spec: object): Promise<unknown> => loops.create(REQUESTS, { metadata: { name: 'r' }, spec: { signerName: CLIENT, usages: ['client auth'], request: request({ commonName: 'robot', organizations: ['team'] }), ...spec } });
  const approve = async (type = 'Approved'): Promise<void> => {
    await loops.merge(`${REQUESTS}/r/approval`, { status: { conditions: [{ type, status: 'True', reason: 'ByHand', message: 'by hand' }] } });
    await loops.settle();
  };
  const status = async (): Promise<CertificateSigningRequest['status']> => (await loops.get<CertificateSigningRequest>(`${REQUESTS}/r`))?.status;
  const certificate = async (): Promise<X509Certificate> => new X509Certificate(Buffer.from((await status())?.certificate ?? '', 'base64'));

  test('that is approved is signed: for its names and key, for what it is to be used, for a year', async () => {
    await create({ request: request({ commonName: 'robot', organizations: ['team', 'ops'], dns: ['robot.example.com'] }), usages: ['client auth', 'digital signature'] });
    expect((await status())?.certificate).toBeUndefined();
    await approve();
    const made = await certificate();
    expect([made.subject, made.subjectAltName, made.keyUsage, made.ca]).toEqual(['O=team\nO=ops\nCN=robot', 'DNS:robot.example.com', ['1.3.6.1.5.5.7.3.2'], false]);
    expect(made.verify(createPublicKey(ca.cert)) && made.checkIssued(new X509Certificate(ca.cert))).toBe(true);
    expect(made.publicKey.export({ type: 'spki', format: 'der' }).equals(PUBLIC)).toBe(true);
    const now = loops.clock.now();
    expect(now - made.validFromDate.getTime()).toBeLessThan(302_000);
    expect(made.validToDate.getTime() - made.validFromDate.getTime()).toBe(365 * 86_400_000);
    expect(loops.log).toEqual([]);
  });

  test.each<[string, number, number]>([
    ['as long as it asks for', 3600, 3900],
    ['less what it is dated back, when it is long', 86_400, 86_400],
    ['no longer than others', 10 * 365 * 86_400, 365 * 86_400],
  ])('gets a certificate that lasts %s', async (_, expirationSeconds, seconds) => {
    await create({ expirationSeconds });
    await approve();
    const made = await certificate();
    expect((made.validToDate.getTime() - made.validFromDate.getTime()) / 1000).toBe(seconds);
  });

  test.each<[string, object, Names, string]>([
    [CLIENT, { usages: ['server auth'] }, { commonName: 'x' }, 'invalid usage for client certificate: server auth'],
    [CLIENT, { usages: ['digital signature'] }, { commonName: 'x' }, 'missing required usage for client certificate: client auth'],
    [KUBELET, { usages: ['client auth', 'digital signature'] }, { commonName: 'system:node:n' }, 'subject organization is not system:nodes'],
    [KUBELET, { usages: ['client auth', 'digital signature'] }, { ...NODE, dns: ['n'] }, 'DNS subjectAltNames are not allowed'],
    [KUBELET, { usages: ['client auth'] }, NODE, 'usages did not match [client auth digital signature key encipherment]'],
    [KUBELET, { usages: ['client auth', 'digital signature'] }, { ...NODE, commonName: 'n' }, 'subject common name does not begin with system:node: '],
    [SERVING, { usages: ['server auth', 'digital signature'] }, NODE, 'DNS or IP subjectAltName is required'],
    [SERVING, { usages: ['client auth', 'digital signature'] }, { ...NODE, dns: ['n'] }, 'usages did not match [digital signature key encipherment server auth]'],
  ])('to %s with %j of %j is refused: %s', async (signerName, spec, names, message) => {
    await create({ signerName, ...spec, request: request(names) });
    await approve();
    expect((await status())?.conditions).toMatchObject([{ type: 'Approved' }, { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message }]);
  });

  test.each<[string, object, Names]>([
    [KUBELET, { usages: ['client auth', 'digital signature', 'key encipherment'] }, NODE],
    [SERVING, { usages: ['server auth', 'digital signature'] }, { ...NODE, dns: ['n'] }],
  ])('to %s with %j of %j is signed', async (signerName, spec, names) => {
    await create({ signerName, ...spec, request: request(names) });
    await approve();
    expect((await certificate()).checkIssued(new X509Certificate(ca.cert))).toBe(true);
  });

  test('that is denied, undecided or another signer’s is left alone', async () => {
    await create({});
    await approve('Denied');
    expect((await status())?.certificate).toBeUndefined();
    await loops.create(REQUESTS, { metadata: { name: 'other' }, spec: { signerName: 'example.com/mine', usages: ['client auth'], request: request({ commonName: 'x' }) } });
    await loops.merge(`${REQUESTS}/other/approval`, { status: { conditions: [{ type: 'Approved', status: 'True', reason: 'ByHand' }] } });
    await loops.settle();
    expect((await loops.get<CertificateSigningRequest>(`${REQUESTS}/other`))?.status).not.toHaveProperty('certificate');
  });

  test('of a kubelet is approved for those who may ask for it', async () => {
    const user = { name: 'system:node:n', groups: ['system:nodes', 'system:authenticated'] };
    const spec = { signerName: KUBELET, usages: ['client auth', 'digital signature'], request: request(NODE) };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:nodes' }];
    const bind = (name: string): Promise<unknown> =>
      loops.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', { metadata: { name: name.replaceAll(':', '.') }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }, subjects });
    const { status: code } = await loops.cluster.request('POST', REQUESTS, { body: { metadata: { name: 'r' }, spec }, user });
    expect(code).toBe(201);
    await loops.settle();
    expect((await status())?.conditions).toBeUndefined();
    expect(loops.log[0]).toContain('recognized csr "r" as [selfnodeclient nodeclient] but subject access review was not approved');
    await bind('system:certificates.k8s.io:certificatesigningrequests:selfnodeclient');
    await loops.until(async () => (await status())?.certificate !== undefined);
    expect((await status())?.conditions).toMatchObject([{ type: 'Approved', reason: 'AutoApproved', message: 'Auto approving self kubelet client certificate after SubjectAccessReview.' }]);
    expect((await certificate()).subject).toBe('O=system:nodes\nCN=system:node:n');
  });

  test('is deleted a day after it was made, or an hour after it was answered', async () => {
    await create({});
    await loops.settle(23 * 3_600_000);
    expect(await status()).toBeDefined();
    await approve('Denied');
    await loops.settle(3_590_000);
    expect(await status()).toBeDefined();
    await loops.settle(20_000);
    expect(await status()).toBeUndefined();
  });
});

test.each<[string, object, string, number]>([
  ['undecided', {}, '', 24],
  ['denied', { type: 'Denied' }, '', 3],
  ['failed', { type: 'Failed' }, '', 3],
  ['approved and not signed', { type: 'Approved' }, '', 24],
  ['signed', { type: 'Approved' }, 'c', 3],
])('a request that is %s ends in time', (_, condition, certificate, hours) => {
  const conditions = 'type' in condition ? [{ ...condition, status: 'True', lastUpdateTime: '1970-01-01T02:00:00Z' }] : [];
  const made = { metadata: { name: 'r', creationTimestamp: '1970-01-01T00:00:00Z' }, spec: {}, status: { conditions, certificate: Buffer.from(certificate).toString('base64') } } as unknown as SharedRequest;
  expect(endOf(made) / 3_600_000).toBe(hours);
});

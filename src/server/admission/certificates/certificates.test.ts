import { describe, expect, test } from 'vitest';
import type { Attributes, Authorizer } from '../../authorization/authorizer.ts';
import { object } from '../../authorization/memory-reader.test-data.ts';
import { sequence, set, tlv, oid, utf8, integer } from '../../certificates/der.ts';
import { refusal, write, type RecordedWrite } from '../admission-request.test-data.ts';
import { certificateApproval } from './certificate-approval.ts';
import { certificateSigning } from './certificate-signing.ts';
import { certificateSubjectRestriction } from './certificate-subject-restriction.ts';
import { clusterTrustBundleAttest } from './cluster-trust-bundle-attest.ts';
import { readRequestSubject } from './request-subject.ts';

/** The base64 of a request's PEM; unsigned, since nobody here looks at signatures. */
function requestFor(commonName: string, organizations: readonly string[]): string {
  const attribute = (type: string, value: string) => set(sequence(oid(type), utf8(value)));
  const subject = sequence(...organizations.map((o) => attribute('2.5.4.10', o)), attribute('2.5.4.3', commonName));
  const der = sequence(sequence(integer(Buffer.from([0])), subject), tlv(0x03, Buffer.from([0])));
  return Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`).toString('base64');
}

const csr = (spec: object, status: object = {}) => object('certificates.k8s.io/v1', 'CertificateSigningRequest', { name: 'a' }, { spec, status });
const about = (resource: string, partial: Partial<RecordedWrite>) => write({ resource: { group: 'certificates.k8s.io', version: 'v1', resource }, namespace: '', name: 'a', ...partial });
const asked: Attributes[] = [];
const mayOnly = (...allowed: string[]): Authorizer => ({
  name: 'test',
  authorize(attributes) {
    asked.push(attributes);
    return { decision: allowed.includes(`${attributes.verb} ${attributes.name}`) ? 'allow' : 'no-opinion' };
  },
});

describe('approving and signing need a right on the signer', () => {
  const approval = about('certificatesigningrequests', { operation: 'UPDATE', subresource: 'approval', oldObject: csr({ signerName: 'a.com/s' }), object: csr({ signerName: 'b.com/s' }) });
  const signing = { ...approval, subresource: 'status', object: csr({ signerName: 'a.com/s' }, { certificate: 'PEM' }) };
  const bundle = about('clustertrustbundles', { object: object('certificates.k8s.io/v1beta1', 'ClusterTrustBundle', { name: 'a' }, { spec: { signerName: 'a.com/s' } }) });
  const head = 'certificatesigningrequests.certificates.k8s.io "a" is forbidden: user not permitted to';
  test.each([
    [certificateApproval(mayOnly('approve a.com/s')), approval, undefined],
    [certificateApproval(mayOnly('approve a.com/*')), approval, undefined],
    [certificateApproval(mayOnly('sign a.com/s', 'approve b.com/s')), approval, `${head} approve requests with signerName "a.com/s"`],
    [certificateSigning(mayOnly('sign a.com/s')), signing, undefined],
    [certificateSigning(mayOnly('approve a.com/s')), signing, `${head} sign requests with signerName "a.com/s"`],
    [certificateSigning(mayOnly()), { ...signing, object: csr({}) }, undefined],
    [clusterTrustBundleAttest(mayOnly('attest a.com/*')), bundle, undefined],
    [clusterTrustBundleAttest(mayOnly()), bundle, 'clustertrustbundles.certificates.k8s.io "a" is forbidden: user not permitted to attest for signerName "a.com/s"'],
    [clusterTrustBundleAttest(mayOnly()), { ...bundle, object: csr({}) }, undefined],
  ])('%#', async (plugin, request, message) => expect((await refusal(plugin, request))?.message).toBe(message));

  test('on a resource that stands for the signers', async () => {
    asked.length = 0;
    await refusal(certificateApproval(mayOnly()), approval);
    expect(asked.map(({ group, resource, name, namespace, resourceRequest }) => [group, resource, name, namespace, resourceRequest])).toEqual([
      ['certificates.k8s.io', 'signers', 'a.com/s', '', true],
      ['certificates.k8s.io', 'signers', 'a.com/*', '', true],
    ]);
  });
});

describe('nobody becomes a master by certificate', () => {
  const signerName = 'kubernetes.io/kube-apiserver-client';
  const head = 'certificatesigningrequests.certificates.k8s.io "a" is forbidden:';
  test.each([
    [{ signerName, request: requestFor('u', ['dev', 'system:masters']) }, `${head} use of ${signerName} signer with system:masters group is not allowed`],
    [{ signerName, request: requestFor('u', ['dev']) }, undefined],
    [{ signerName: 'a.com/s', request: requestFor('u', ['system:masters']) }, undefined],
    [{ signerName, request: 'bm8=' }, `${head} failed to parse CSR: PEM block type must be CERTIFICATE REQUEST`],
  ])('%#', async (spec, message) => expect((await refusal(certificateSubjectRestriction(), about('certificatesigningrequests', { object: csr(spec) })))?.message).toBe(message));
});

test('a request’s subject', () => {
  expect(readRequestSubject(requestFor('alice', ['a', 'b']))).toEqual({ commonName: 'alice', organizations: ['a', 'b'] });
});

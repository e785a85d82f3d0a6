import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseCertificateRequest } from '../../api/certificates/certificate-request.ts';
import { EC_REQUEST, ED25519_REQUEST, RSA_PSS_REQUEST, RSA_REQUEST } from '../../api/certificates/sample-requests.contract.ts';
import { issueCa } from './cluster-certificates.ts';
import { bits, bool, explicit, integer, octets, oid, sequence, set, time, utf8 } from './der.ts';
import { derToPem, type KeyPair } from './issue-certificate.ts';
import { keyUsages } from './key-usages.ts';
import { signRequest } from './sign-request.ts';

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

/** An authority with an RSA key, whose key identifier is one of its own choice. */
function rsaAuthority(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const algorithm = sequence(oid('1.2.840.113549.1.1.11'), Buffer.from([5, 0]));
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8('rsa'))));
  const extensions = explicit(3, sequence(sequence(oid('2.5.29.19'), bool(true), octets(sequence(bool(true)))), sequence(oid('2.5.29.14'), octets(octets(Buffer.from('own'))))));
  const body = sequence(explicit(0, integer(Buffer.from([2]))), integer(Buffer.from([1])), algorithm, name, sequence(time(NOW), time(NOW + 10 * DAY_MS)), name, publicKey.export({ type: 'spki', format: 'der' }), extensions);
  const cert = derToPem(sequence(body, algorithm, bits(sign('sha256', body, privateKey))), 'CERTIFICATE');
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

const parsed = (base64: string): ReturnType<typeof parseCertificateRequest> => parseCertificateRequest(Buffer.from(base64, 'base64'));

describe('a request for a certificate', () => {
  test.each([
    ['ECDSA', () => issueCa('ec', NOW)],
    ['RSA', rsaAuthority],
  ])('is signed by an authority with a key of %s, whatever kind of key it is for', (_, authority) => {
    const issuer = authority();
    for (const request of [EC_REQUEST, ED25519_REQUEST, RSA_REQUEST]) {
      const made = new X509Certificate(signRequest({ request: parsed(request), usages: ['client auth', 'digital signature'], notBeforeMs: NOW, notAfterMs: NOW + DAY_MS }, issuer));
      const ca = new X509Certificate(issuer.cert);
      expect([made.verify(ca.publicKey), made.checkIssued(ca), made.validToDate.getTime()]).toEqual([true, true, NOW + DAY_MS]);
      expect(made.publicKey.export({ type: 'spki', format: 'der' }).equals(parsed(request).publicKey)).toBe(true);
    }
  });

  test('gets a certificate that ends with its issuer', () => {
    const made = new X509Certificate(signRequest({ request: parsed(EC_REQUEST), usages: ['any'], notBeforeMs: NOW, notAfterMs: NOW + 99 * DAY_MS }, rsaAuthority()));
    expect(made.validToDate.getTime()).toBe(NOW + 10 * DAY_MS);
  });

  test('is not signed when its own signature is wrong', () => {
    const request = parsed(EC_REQUEST);
    expect(() => signRequest({ request: { ...request, signature: parsed(RSA_PSS_REQUEST).signature }, usages: [], notBeforeMs: NOW, notAfterMs: NOW }, issueCa('ec', NOW))).toThrow('unable to verify certificate request signature: x509: ECDSA verification failure');
  });
});

test('usages become bits and purposes, each once', () => {
  expect(keyUsages(['signing', 'digital signature', 'key encipherment', 'server auth', 'client auth', 'decipher only'])).toEqual({ bits: [0, 2, 8], extended: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'] });
  expect(() => keyUsages(['flying'])).toThrow('unrecognized usage values: ["flying"]');
});

import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import type { CertificateRequest } from '../../api/certificates/certificate-request.ts';
import { signatureProblem } from '../../api/certificates/request-signature.ts';
import { requestedNames } from '../../api/certificates/requested-names.ts';
import { readCertificateFields } from './certificate-fields.ts';
import { bits, bool, explicit, implicit, integer, octets, oid, sequence, time, tlv } from './der.ts';
import { derToPem, keyIdentifier, pemToDer, serialNumber, type KeyPair } from './issue-certificate.ts';
import { keyUsages } from './key-usages.ts';

export interface RequestToSign {
  readonly request: CertificateRequest;
  /** As the API names them: `client auth`. */
  readonly usages: readonly string[];
  readonly notBeforeMs: number;
  /** The certificate ends no later than its issuer. */
  readonly notAfterMs: number;
}

const NULL = tlv(0x05);

/** A certificate for whom the request names, PEM. Throws when the request is not signed with its own key, and for issuers without an RSA or ECDSA key. */
export function signRequest({ request, usages, notBeforeMs, notAfterMs }: RequestToSign, issuer: KeyPair): string {
  const problem = signatureProblem(request);
  if (problem !== undefined) throw new Error(`unable to verify certificate request signature: ${problem}`);
  const fields = readCertificateFields(pemToDer(issuer.cert));
  const key = createPrivateKey(issuer.key);
  const algorithm = signatureAlgorithm(key);
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    algorithm,
    fields.subjectDer,
    sequence(time(notBeforeMs), time(Math.min(notAfterMs, fields.notAfterMs))),
    request.subject,
    request.publicKey,
    explicit(3, sequence(...extensions(request, usages, fields.subjectKeyId ?? keyIdentifier(fields.publicKeyDer)))),
  );
  return derToPem(sequence(body, algorithm, bits(sign('sha256', body, key))), 'CERTIFICATE');
}

function signatureAlgorithm({ asymmetricKeyType }: KeyObject): Buffer {
  if (asymmetricKeyType === 'rsa') return sequence(oid('1.2.840.113549.1.1.11'), NULL);
  if (asymmetricKeyType === 'ec') return sequence(oid('1.2.840.10045.4.3.2'));
  throw new Error(`a key of type ${asymmetricKeyType ?? 'unknown'} cannot sign certificates; RSA and ECDSA keys can`);
}

function extensions(request: CertificateRequest, usages: readonly string[], issuerKeyId: Uint8Array): Buffer[] {
  const extension = (type: string, critical: boolean, value: Uint8Array): Buffer => sequence(oid(type), ...(critical ? [bool(true)] : []), octets(value));
  const { bits: usageBits, extended } = keyUsages(usages);
  const list = [];
  if (usageBits.length > 0) list.push(extension('2.5.29.15', true, bitString(usageBits)));
  if (extended.length > 0) list.push(extension('2.5.29.37', false, sequence(...extended.map((each) => oid(each)))));
  list.push(extension('2.5.29.19', true, sequence()), extension('2.5.29.35', false, sequence(implicit(0, issuerKeyId))));
  const names = alternativeNames(request);
  // Without a subject they are all that tells whose certificate it is.
  if (names.length > 0) list.push(extension('2.5.29.17', request.subject.length === 2, sequence(...names)));
  return list;
}

function alternativeNames(request: CertificateRequest): Buffer[] {
  const { dnsNames, emailAddresses, ipAddresses, uris } = requestedNames(request);
  const texts = (tag: number, values: readonly string[]): Buffer[] => values.map((value) => implicit(tag, Buffer.from(value, 'latin1')));
  return [...texts(2, dnsNames), ...texts(1, emailAddresses), ...ipAddresses.map((address) => implicit(7, address)), ...texts(6, uris)];
}

/** The named bits of a bit string, the first the highest of the first byte. */
function bitString(numbers: readonly number[]): Buffer {
  const last = numbers.at(-1) ?? 0;
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const number of numbers) bytes[number >> 3] = (bytes[number >> 3] ?? 0) | (0x80 >> (number & 7));
  return bits(bytes, 7 - (last % 8));
}

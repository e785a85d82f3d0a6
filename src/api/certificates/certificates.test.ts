import { describe, expect, test } from 'vitest';
import { formatFieldError, type FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { RuleContext } from '../kind-rules.ts';
import { certificateProblem } from './certificate-chain.ts';
import { parseCertificateRequest } from './certificate-request.ts';
import { DerError, DerReader, readBitString, readObjectIdentifier } from './der.ts';
import { certificatesKinds } from './kinds.ts';
import { decodePem } from './pem.ts';
import { signatureProblem } from './request-signature.ts';
import { CERTIFICATE, EC_REQUEST, ED25519_REQUEST, MD5_REQUEST, pemBase64, RSA_PSS_REQUEST, RSA_REQUEST } from './sample-requests.contract.ts';

const NOW = Date.parse('2024-01-01T00:00:00Z');
const CONTEXT: RuleContext = { nowMs: NOW, userName: 'alice', userGroups: ['dev'], userUid: '7', userExtra: { scope: ['a'] }, random: () => 0.5 };
const rules = certificatesKinds['certificatesigningrequests'] ?? {};
const REQUEST = pemBase64('CERTIFICATE REQUEST', EC_REQUEST);
const ISSUED = pemBase64('CERTIFICATE', CERTIFICATE);
const GOOD = { request: REQUEST, signerName: 'example.com/signer', usages: ['client auth'] };

const made = (spec: object, status: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'x', creationTimestamp: '2023-12-31T23:00:00Z', ...metadata },
  spec: structuredClone(spec),
  status: structuredClone(status),
});
const texts = (findings: FieldError[] | undefined): string[] => (findings ?? []).map(formatFieldError);
const condition = (type: string, status = 'True', more: object = {}): object => ({ type, status, reason: 'r', message: 'm', lastUpdateTime: null, lastTransitionTime: null, ...more });

function updated(endpoint: '' | 'status' | 'approval', before: object, after: object): { object: KubeObject; findings: string[] } {
  const old = made(GOOD, before);
  const object = made(GOOD, after);
  const endpointRules = endpoint === '' ? rules : endpoint === 'status' ? rules.status : rules.subresources?.['approval'];
  endpointRules?.prepareForUpdate?.(object, old, CONTEXT);
  return { object, findings: texts(endpointRules?.validateUpdate?.(object, old, CONTEXT)) };
}

describe('a new request', () => {
  test('says who asks as the server knows it, not as it claims', () => {
    const object = made({ ...GOOD, username: 'root', uid: '0', groups: ['system:masters'], extra: { a: ['b'] } });
    rules.prepareForCreate?.(object, CONTEXT);
    expect(object['spec']).toEqual({ ...GOOD, username: 'alice', uid: '7', groups: ['dev'], extra: { scope: ['a'] } });
  });

  test.each([
    ['is good', {}, []],
    ['is no PEM', { request: 'aGVsbG8=' }, ['spec.request: Invalid value: "aGVsbG8=": PEM block type must be CERTIFICATE REQUEST']],
    ['is a certificate', { request: ISSUED }, [`spec.request: Invalid value: "${ISSUED}": PEM block type must be CERTIFICATE REQUEST`]],
    ['has no usages', { usages: [] }, ['spec.usages: Required value']],
    ['repeats a usage', { usages: ['any', 'any'] }, ['spec.usages[1]: Duplicate value: "any"']],
    ['has no signer', { signerName: '' }, ['spec.signerName: Required value']],
    ['has a signer without domain', { signerName: 'x' }, [`spec.signerName: Invalid value: "x": must be a fully qualified domain and path of the form 'example.com/signer-name'`]],
    ['has a domain of one label', { signerName: 'x/y' }, ['spec.signerName: Invalid value: "x": should be a domain with at least two segments separated by dots']],
    ['means the legacy signer', { signerName: 'kubernetes.io/legacy-unknown' }, ['spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version']],
    ['wants too short a time', { expirationSeconds: 599 }, ['spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)']],
  ])('%s', (_, fields, expected) => {
    expect(texts(rules.validate?.(made({ ...GOOD, ...fields }), CONTEXT))).toEqual(expected);
  });

  test('has a usage that is known', () => {
    expect(texts(rules.validate?.(made({ ...GOOD, usages: ['make coffee'] }), CONTEXT))[0]).toMatch(/^spec\.usages\[0\]: Unsupported value: "make coffee": supported values: "any", "cert sign", /);
  });

  test('may be named by anything that fits into a path', () => {
    expect(rules.validateName?.('node-csr-AbC_1', false)).toEqual([]);
    expect(rules.validateName?.('a/b', false)).toEqual(["may not contain '/'"]);
  });
});

describe('updates', () => {
  test('leave the request as it was made', () => {
    const old = made(GOOD);
    const object = made({ ...GOOD, usages: ['server auth'] });
    rules.prepareForUpdate?.(object, old, CONTEXT);
    expect(object['spec']).toEqual(GOOD);
  });

  test('give conditions their times, and keep when one became so', () => {
    const old = { conditions: [condition('Approved', 'True', { lastTransitionTime: '2023-01-01T00:00:00Z', lastUpdateTime: '2023-01-01T00:00:00Z' })] };
    const { object } = updated('approval', old, { conditions: [condition('Approved'), condition('Other', 'False')] });
    expect(object['status']).toMatchObject({
      conditions: [
        { type: 'Approved', lastUpdateTime: '2024-01-01T00:00:00Z', lastTransitionTime: '2023-01-01T00:00:00Z' },
        { type: 'Other', lastUpdateTime: '2024-01-01T00:00:00Z', lastTransitionTime: '2024-01-01T00:00:00Z' },
      ],
    });
  });

  test.each([
    ['approval', {}, { conditions: [condition('Approved')] }, []],
    ['approval', {}, { conditions: [condition('Approved', 'False')] }, ['status.conditions[0].status: Unsupported value: "False": supported values: "True"']],
    ['approval', {}, { conditions: [condition('Other', 'Maybe')] }, ['status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"']],
    ['approval', {}, { conditions: [condition('')] }, ['status.conditions[0].type: Required value']],
    ['approval', {}, { conditions: [condition('Denied'), condition('Approved')] }, ['status.conditions: Invalid value: "Approved": Approved and Denied conditions are mutually exclusive']],
    ['approval', {}, { conditions: [condition('Other'), condition('Other')] }, ['status.conditions[1].type: Duplicate value: "Other"']],
    ['approval', { conditions: [condition('Approved')] }, { conditions: [] }, ['status.conditions: Forbidden: updates may not remove a condition of type "Approved"']],
    ['status', {}, { conditions: [condition('Denied')] }, ['status.conditions: Forbidden: updates may not add a condition of type "Denied"']],
    ['status', {}, { conditions: [condition('Failed')], certificate: ISSUED }, []],
    ['status', {}, { certificate: REQUEST }, ['status.certificate: Invalid value: "<certificate data>": only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"']],
    ['status', { certificate: ISSUED }, {}, ['status.certificate: Forbidden: updates may not modify existing certificate content']],
  ] as const)('by %s, from %j to %j', (endpoint, before, after, expected) => {
    expect(updated(endpoint, before, after).findings).toEqual(expected);
  });

  test('by approvers issue nothing', () => {
    expect(updated('approval', { certificate: ISSUED }, {}).object['status']).toEqual({ certificate: ISSUED });
  });
});

describe('table cells', () => {
  test.each([
    [{}, {}, ['<none>', 'Pending']],
    [{ expirationSeconds: 3600 }, { conditions: [condition('Approved')], certificate: ISSUED }, ['60m', 'Approved,Issued']],
    [{}, { conditions: [condition('Approved'), condition('Denied'), condition('Failed')] }, ['<none>', 'Denied,Failed']],
  ])('of %j with %j', (spec, status, [duration, state]) => {
    expect(rules.cells?.(made({ ...GOOD, username: 'alice', ...spec }, status), { nowMs: NOW })).toEqual(['x', '60m', 'example.com/signer', 'alice', duration, state]);
  });
});

describe('proofs of possession', () => {
  const parsed = (base64: string): ReturnType<typeof parseCertificateRequest> => parseCertificateRequest(Buffer.from(base64, 'base64'));

  test.each([
    ['ECDSA', EC_REQUEST],
    ['Ed25519', ED25519_REQUEST],
    ['RSA', RSA_REQUEST],
    ['RSA-PSS', RSA_PSS_REQUEST],
  ])('by %s are good until a byte of what was signed changes', (_, request) => {
    expect(signatureProblem(parsed(request))).toBeUndefined();
    const bytes = Buffer.from(request, 'base64');
    const changed = parseCertificateRequest(bytes);
    bytes[bytes.indexOf(Buffer.from(changed.subject)) + changed.subject.length - 1] = 0x7a;
    expect(signatureProblem(parseCertificateRequest(bytes))).toMatch(/verification (error|failure)$/);
  });

  test('by MD5 are none', () => {
    expect(signatureProblem(parsed(MD5_REQUEST))).toBe('x509: cannot verify signature: insecure algorithm MD5-RSA');
  });

  test.each([
    ['hello', "asn1: structure error: tags don't match (16 vs {class:1 tag:8 length:101 isCompound:true}) {optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false} certificateRequest @2"],
    ['\u0030', 'asn1: syntax error: truncated tag or length'],
    ['\u0030\u0005abc', 'asn1: syntax error: data truncated'],
    ['\u0030\u0080', 'asn1: syntax error: indefinite length found (not DER)'],
    ['\u0030\u0081\u0001a', 'asn1: structure error: non-minimal length'],
    ['\u0030\u0082\u0000\u0001a', 'asn1: structure error: superfluous leading zeros in length'],
    ['', 'asn1: syntax error: sequence truncated'],
  ])('are not read out of %j', (text, message) => {
    expect(() => parseCertificateRequest(Buffer.from(text, 'latin1'))).toThrow(DerError);
    expect(() => parseCertificateRequest(Buffer.from(text, 'latin1'))).toThrow(message);
  });

  test('end where the request ends', () => {
    expect(() => parseCertificateRequest(Buffer.concat([Buffer.from(EC_REQUEST, 'base64'), Buffer.from([5, 0])]))).toThrow('asn1: syntax error: trailing data');
  });
});

describe('DER', () => {
  test('object identifiers are read as dotted numbers', () => {
    expect(readObjectIdentifier(Buffer.from('2a864886f70d01010b', 'hex'))).toBe('1.2.840.113549.1.1.11');
    expect(readObjectIdentifier(Buffer.from('8837', 'hex'))).toBe('2.999');
    expect(() => readObjectIdentifier(Buffer.alloc(0))).toThrow('zero length OBJECT IDENTIFIER');
  });

  test('bit strings end on a byte, with zeros behind', () => {
    expect([...readBitString(Buffer.from([0, 1, 2]))]).toEqual([1, 2]);
    expect(() => readBitString(Buffer.from([1, 1]))).toThrow('invalid padding bits in BIT STRING');
    expect(() => readBitString(Buffer.alloc(0))).toThrow('zero length BIT STRING');
  });

  test('elements follow one another', () => {
    const reader = new DerReader(Buffer.from('0201050500', 'hex'));
    expect([reader.next(), reader.next()].map(({ tag, content }) => [tag, content.length])).toEqual([
      [2, 1],
      [5, 0],
    ]);
    expect(reader.atEnd).toBe(true);
  });
});

describe('PEM', () => {
  test.each([
    ['a block', '-----BEGIN A-----\naGk=\n-----END A-----\nrest', ['A', 'hi', 'rest']],
    ['text before it', 'x\n-----BEGIN A-----\naGk=\n-----END A-----', ['A', 'hi', '']],
    ['broken lines', '-----BEGIN A-----\r\naG\r\nk=\r\n-----END A-----\r\n', ['A', 'hi', '']],
    ['headers', '-----BEGIN A-----\nK: v\n\naGk=\n-----END A-----', ['A', 'hi', '']],
    ['nothing inside', '-----BEGIN A-----\n-----END A-----', ['A', '', '']],
    ['a malformed block before a good one', '-----BEGIN A-----\n*\n-----END A-----\n-----BEGIN B-----\naGk=\n-----END B-----', ['B', 'hi', '']],
    ['two names', '-----BEGIN A-----\naGk=\n-----END B-----', undefined],
    ['no end', '-----BEGIN A-----\naGk=\n', undefined],
    ['dashes in the middle of a line', 'x-----BEGIN A-----\naGk=\n-----END A-----', undefined],
  ])('with %s', (_, text, expected) => {
    const { block, rest } = decodePem(text);
    expect(block && [block.type, Buffer.from(block.bytes).toString(), rest]).toEqual(expected);
  });

  test('is read in a time that grows with the text only', () => {
    const hostile = `${'-----BEGIN A:-----\n'.repeat(100_000)}-----END B-----\n`;
    expect(decodePem(hostile).block).toBeUndefined();
  });
});

describe('issued certificates', () => {
  const pem = (base64: string): string => Buffer.from(base64, 'base64').toString();
  test.each([
    ['one', pem(ISSUED), undefined],
    ['a chain with words between', `${pem(ISSUED)}issued by:\n${pem(ISSUED)}`, undefined],
    ['none', 'hello', 'must contain at least one CERTIFICATE PEM block'],
    ['a request', pem(REQUEST), 'only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"'],
    ['headers', pem(ISSUED).replace('-----\n', '-----\nK: v\n\n'), 'no PEM block headers are permitted'],
    ['nothing inside', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----', 'found CERTIFICATE PEM block containing 0 certificates'],
    ['other bytes', pem(pemBase64('CERTIFICATE', 'aGVsbG8=')), 'x509: malformed certificate'],
    ['a sequence of something else', pem(pemBase64('CERTIFICATE', 'MAMCAQU=')), 'x509: malformed tbs certificate'],
  ])('%s', (_, text, expected) => {
    expect(certificateProblem(text)).toBe(expected);
  });
});

import { createPrivateKey, generateKeyPairSync, hash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isAddress } from './is-address.ts';
import { isIPv4 } from 'node:net';
import { readCertificateFields } from './certificate-fields.ts';
import { bits, bool, explicit, implicit, integer, octets, oid, readElements, readElement, sequence, set, time, utf8 } from './der.ts';

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** `ca` may sign others; the rest may not. */
  readonly usage: 'ca' | 'server' | 'client';
  /** Names and addresses a server answers to. */
  readonly hosts?: readonly string[];
  /** Of a CA: how many further authorities may stand below it; no limit by default. */
  readonly pathLength?: number;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** Makes an ECDSA P-256 key and a certificate for it, signed by `issuer` (which must have such a key too), or by itself. */
export function issueCertificate(request: CertificateRequest, issuer?: KeyPair): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = publicKey.export({ type: 'spki', format: 'der' });
  const subject = distinguishedName(request);
  const issuerFields = issuer === undefined ? undefined : readCertificateFields(pemToDer(issuer.cert));
  const signer: KeyObject = issuer === undefined ? privateKey : createPrivateKey(issuer.key);

  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    ECDSA_SHA256,
    issuerFields?.subjectDer ?? subject,
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    subject,
    own,
    explicit(3, sequence(...extensions(request, own, issuerFields?.publicKeyDer ?? own))),
  );
  const signed = sequence(body, ECDSA_SHA256, bits(sign('sha256', body, signer)));
  return { cert: derToPem(signed, 'CERTIFICATE'), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

/** Positive and 127 bits long. */
export function serialNumber(): Uint8Array {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

function distinguishedName({ commonName, organizations = [] }: CertificateRequest): Buffer {
  const attribute = (type: string, text: string): Buffer => set(sequence(oid(type), utf8(text)));
  return sequence(...organizations.map((text) => attribute('2.5.4.10', text)), attribute('2.5.4.3', commonName));
}

function extensions({ usage, hosts = [], pathLength }: CertificateRequest, ownKey: Uint8Array, issuerKey: Uint8Array): Buffer[] {
  const extension = (type: string, critical: boolean, value: Uint8Array): Buffer => sequence(oid(type), ...(critical ? [bool(true)] : []), octets(value));
  const isCa = usage === 'ca';
  const list = [
    extension('2.5.29.15', true, isCa ? bits(Buffer.from([0b1000_0110]), 1) : bits(Buffer.from([0b1000_0000]), 7)),
    extension('2.5.29.19', true, isCa ? sequence(bool(true), ...(pathLength === undefined ? [] : [integer(Buffer.from([pathLength]))])) : sequence()),
    extension('2.5.29.14', false, octets(keyIdentifier(ownKey))),
    extension('2.5.29.35', false, sequence(implicit(0, keyIdentifier(issuerKey)))),
  ];
  if (!isCa) list.push(extension('2.5.29.37', false, sequence(oid(usage === 'server' ? SERVER_AUTH : CLIENT_AUTH))));
  if (hosts.length > 0) list.push(extension('2.5.29.17', false, sequence(...hosts.map(alternativeName))));
  return list;
}

/** RFC 5280, 4.2.1.2: SHA-1 over the bits of the key. */
export function keyIdentifier(publicKeyDer: Uint8Array): Buffer {
  const [, key] = readElements(readElement(publicKeyDer).content);
  return hash('sha1', (key?.content ?? publicKeyDer).subarray(1), 'buffer');
}

function alternativeName(host: string): Buffer {
  return isAddress(host) ? implicit(7, addressBytes(host)) : implicit(2, Buffer.from(host));
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const ipv4 = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = ipv4 === null ? address : `${ipv4[1]}${((Number(ipv4[2]) << 8) | Number(ipv4[3])).toString(16)}:${((Number(ipv4[4]) << 8) | Number(ipv4[5])).toString(16)}`;
  const [head = '', tail] = text.split('::');
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
  const bytes = Buffer.alloc(16);
  all.forEach((group, i) => bytes.writeUInt16BE(group, i * 2));
  return bytes;
}

export function derToPem(der: Uint8Array, label: string): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** The first block of a PEM text. Throws when there is none. */
export function pemToDer(pem: string): Buffer {
  const match = /-----BEGIN [A-Z0-9 ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z0-9 ]+-----/.exec(pem);
  if (match === null) throw new Error('no PEM block');
  return Buffer.from(match[1] ?? '', 'base64');
}

/** Every CERTIFICATE block of a bundle, in its order. */
export function certificatesOfPem(pem: string): Buffer[] {
  return [...pem.matchAll(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g)].map(([block]) => pemToDer(block));
}

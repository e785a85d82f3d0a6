import type { CertificateRequest } from './certificate-request.ts';
import { DerReader, OBJECT_IDENTIFIER, readObjectIdentifier, sequence } from './der.ts';

/** Whom a certificate is asked for. */
export interface RequestedNames {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  /** In network order. */
  readonly ipAddresses: readonly Uint8Array[];
  readonly uris: readonly string[];
}

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const ALTERNATIVE_NAMES = '2.5.29.17';
const SET = { name: 'set', tag: 17, compound: true } as const;
/** RFC 5280, GeneralName. */
const EMAIL = 1;
const DNS = 2;
const URI = 6;
const IP = 7;
const BMP_STRING = 30;

/** Throws DerError where the request is malformed. */
export function requestedNames({ subject, attributes }: CertificateRequest): RequestedNames {
  const values = subjectValues(subject);
  const names = alternativeNames(attributes);
  const texts = (tag: number): string[] => names.filter((name) => name.tag === tag).map(({ content }) => Buffer.from(content).toString('latin1'));
  return {
    commonName: values.findLast(([type]) => type === COMMON_NAME)?.[1] ?? '',
    organizations: values.filter(([type]) => type === ORGANIZATION).map(([, text]) => text),
    dnsNames: texts(DNS),
    emailAddresses: texts(EMAIL),
    ipAddresses: names.filter(({ tag }) => tag === IP).map(({ content }) => content),
    uris: texts(URI),
  };
}

function subjectValues(subject: Uint8Array): [type: string, text: string][] {
  const values: [string, string][] = [];
  const names = new DerReader(new DerReader(subject).expect(sequence('RDNSequence')).content);
  while (!names.atEnd) {
    const set = new DerReader(names.expect(SET).content);
    while (!set.atEnd) {
      const attribute = new DerReader(set.expect(sequence('AttributeTypeAndValue')).content);
      const type = readObjectIdentifier(attribute.expect(OBJECT_IDENTIFIER).content);
      const { tag, content } = attribute.next();
      values.push([type, tag === BMP_STRING ? Buffer.from(content).swap16().toString('utf16le') : Buffer.from(content).toString('utf8')]);
    }
  }
  return values;
}

function alternativeNames(attributes: Uint8Array): { readonly tag: number; readonly content: Uint8Array }[] {
  const found: { tag: number; content: Uint8Array }[] = [];
  const reader = new DerReader(attributes);
  while (!reader.atEnd) {
    const attribute = new DerReader(reader.expect(sequence('attribute')).content);
    if (readObjectIdentifier(attribute.expect(OBJECT_IDENTIFIER).content) !== EXTENSION_REQUEST) continue;
    const extensions = new DerReader(new DerReader(attribute.expect(SET).content).expect(sequence('Extensions')).content);
    while (!extensions.atEnd) {
      const extension = new DerReader(extensions.expect(sequence('Extension')).content);
      const type = readObjectIdentifier(extension.expect(OBJECT_IDENTIFIER).content);
      // Whether it is critical may stand in between.
      let value = extension.next();
      while (!extension.atEnd) value = extension.next();
      if (type !== ALTERNATIVE_NAMES) continue;
      const names = new DerReader(new DerReader(value.content).expect(sequence('GeneralNames')).content);
      while (!names.atEnd) found.push(names.next());
    }
  }
  return found;
}

import { BIT_STRING, DerError, DerReader, INTEGER, OBJECT_IDENTIFIER, readBitString, readObjectIdentifier, sequence } from './der.ts';

/** A PKCS#10 request (RFC 2986), as far as judging and signing it need. */
export interface CertificateRequest {
  /** What the requester signed. */
  readonly signedBytes: Uint8Array;
  /** The subject's distinguished name, DER. */
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly publicKeyAlgorithm: string;
  /** DER of the attributes, one behind the other; empty where there are none. */
  readonly attributes: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

export interface AlgorithmIdentifier {
  /** An object identifier: `1.2.840.10045.4.3.2`. */
  readonly algorithm: string;
  /** DER; empty where there are none. */
  readonly parameters: Uint8Array;
}

const CONTEXT = 2;

/** Throws DerError for what is no request. */
export function parseCertificateRequest(der: Uint8Array): CertificateRequest {
  const outer = new DerReader(der);
  const fields = new DerReader(outer.expect(sequence('certificateRequest')).content);
  const signed = fields.expect(sequence('tbsCertificateRequest'));
  const info = parseRequestInfo(signed.content);
  const signatureAlgorithm = readAlgorithm(fields);
  const signature = readBitString(fields.expect(BIT_STRING).content);
  if (!outer.atEnd) throw new DerError('syntax', 'trailing data');
  checkDistinguishedName(info.subject);
  return { ...info, signedBytes: signed.whole, signatureAlgorithm, signature };
}

function parseRequestInfo(content: Uint8Array): Pick<CertificateRequest, 'subject' | 'publicKey' | 'publicKeyAlgorithm' | 'attributes'> {
  const reader = new DerReader(content);
  const version = reader.expect(INTEGER).content;
  if (version.length === 0) throw new DerError('structure', 'empty integer');
  const subject = reader.next().whole;
  const key = reader.expect(sequence('publicKeyInfo'));
  const keyFields = new DerReader(key.content);
  const { algorithm } = readAlgorithm(keyFields);
  readBitString(keyFields.expect(BIT_STRING).content);
  const last = reader.atEnd ? undefined : reader.next();
  const attributes = last?.class === CONTEXT && last.tag === 0 ? last.content : new Uint8Array();
  return { subject, publicKey: key.whole, publicKeyAlgorithm: algorithm, attributes };
}

function readAlgorithm(reader: DerReader): AlgorithmIdentifier {
  const fields = new DerReader(reader.expect(sequence('AlgorithmIdentifier')).content);
  const algorithm = readObjectIdentifier(fields.expect(OBJECT_IDENTIFIER).content);
  return { algorithm, parameters: fields.atEnd ? new Uint8Array() : fields.next().whole };
}

/** A sequence of sets of attributes; what the attributes say is the signer's to judge. */
function checkDistinguishedName(subject: Uint8Array): void {
  const names = new DerReader(new DerReader(subject).expect(sequence('RDNSequence')).content);
  while (!names.atEnd) {
    const set = new DerReader(names.expect({ name: 'RelativeDistinguishedNameSET', tag: 17, compound: true }).content);
    while (!set.atEnd) {
      const attribute = new DerReader(set.expect(sequence('AttributeTypeAndValue')).content);
      readObjectIdentifier(attribute.expect(OBJECT_IDENTIFIER).content);
      attribute.next();
    }
  }
}

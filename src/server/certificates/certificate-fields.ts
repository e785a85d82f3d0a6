import { readElement, readElements, readOid, readText, readTime, type DerElement } from './der.ts';

/** What of a certificate its holder is known by, and how long it holds. */
export interface CertificateFields {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The subject's name as it stands, for those who sign with it. */
  readonly subjectDer: Uint8Array;
  readonly publicKeyDer: Uint8Array;
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** The user's uid in the subject, as Kubernetes reads it (1.3.6.1.4.1.57683.2). */
  readonly uid?: string;
  /** By which certificates that it signed name its key; absent where it does not say. */
  readonly subjectKeyId?: Uint8Array;
  /** How many further authorities may stand between this one and a leaf; absent for no limit. */
  readonly pathLength?: number;
}

const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_KEY_ID = '2.5.29.14';
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const KUBERNETES_UID = '1.3.6.1.4.1.57683.2';

/** Reads a certificate's fields without verifying anything. Throws for what is not an X.509 certificate. */
export function readCertificateFields(der: Uint8Array): CertificateFields {
  const tbs = readElements(readElement(readElement(der).content).content);
  // A version may come first; then the serial number, the algorithm and the issuer.
  const at = (tbs[0]?.tag === 0xa0 ? 1 : 0) + 3;
  const [times, name, key] = [tbs[at], tbs[at + 1], tbs[at + 2]];
  if (times === undefined || name === undefined || key === undefined) throw new Error('not an X.509 certificate');
  const [notBefore, notAfter] = readElements(times.content);
  if (notBefore === undefined || notAfter === undefined) throw new Error('not an X.509 certificate');
  const values = readName(name);
  const uid = values.find(([type]) => type === KUBERNETES_UID)?.[1];
  const extensions = tbs.find(({ tag }) => tag === 0xa3);
  const pathLength = readPathLength(extensions);
  const keyId = extensionOf(extensions, SUBJECT_KEY_ID);
  return {
    notBeforeMs: readTime(notBefore),
    notAfterMs: readTime(notAfter),
    subjectDer: name.whole,
    publicKeyDer: key.whole,
    commonName: values.findLast(([type]) => type === COMMON_NAME)?.[1] ?? '',
    organizations: values.filter(([type]) => type === ORGANIZATION).map(([, text]) => text),
    ...(uid === undefined ? {} : { uid }),
    ...(pathLength === undefined ? {} : { pathLength }),
    ...(keyId === undefined ? {} : { subjectKeyId: readElement(keyId).content }),
  };
}

/** Out of the basic constraints among the extensions. */
function readPathLength(extensions: DerElement | undefined): number | undefined {
  const constraints = extensionOf(extensions, BASIC_CONSTRAINTS);
  if (constraints === undefined) return undefined;
  const length = readElements(readElement(constraints).content).find(({ tag }) => tag === 0x02);
  return length?.content.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** The value of an extension, DER. */
function extensionOf(extensions: DerElement | undefined, wanted: string): Uint8Array | undefined {
  if (extensions === undefined) return undefined;
  for (const extension of readElements(readElement(extensions.content).content)) {
    const parts = readElements(extension.content);
    const type = parts[0];
    const value = parts.at(-1);
    if (type !== undefined && value !== undefined && readOid(type.content) === wanted) return value.content;
  }
  return undefined;
}

function readName(name: DerElement): [type: string, text: string][] {
  const values: [string, string][] = [];
  for (const relative of readElements(name.content)) {
    for (const attribute of readElements(relative.content)) {
      const [type, value] = readElements(attribute.content);
      const text = value === undefined ? undefined : readText(value);
      if (type !== undefined && text !== undefined) values.push([readOid(type.content), text]);
    }
  }
  return values;
}

import { readElement, readElements, readOid, readText } from '../../certificates/der.ts';

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const PEM_BLOCK = /-----BEGIN CERTIFICATE REQUEST-----([^-]*)-----END CERTIFICATE REQUEST-----/;

/** Who a certificate is asked for: its holder's name and groups. */
export interface RequestSubject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/**
 * The subject of a certificate request. Takes the base64 of the PEM, as the API carries it; throws for what is no
 * certificate request.
 */
export function readRequestSubject(base64: string): RequestSubject {
  const block = PEM_BLOCK.exec(Buffer.from(base64, 'base64').toString('latin1'));
  if (block === null) throw new Error('PEM block type must be CERTIFICATE REQUEST');
  // CertificationRequest { CertificationRequestInfo { version, subject, … }, … } of RFC 2986
  const [, subject] = readElements(readElement(readElement(Buffer.from(block[1] ?? '', 'base64')).content).content);
  if (subject === undefined) throw new Error('the subject is missing');
  const organizations: string[] = [];
  let commonName = '';
  for (const relative of readElements(subject.content)) {
    for (const attribute of readElements(relative.content)) {
      const [type, value] = readElements(attribute.content);
      const text = value && readText(value);
      if (type === undefined || text === undefined) continue;
      const name = readOid(type.content);
      if (name === ORGANIZATION) organizations.push(text);
      else if (name === COMMON_NAME) commonName = text;
    }
  }
  return { commonName, organizations };
}

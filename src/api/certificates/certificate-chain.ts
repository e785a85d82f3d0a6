import { X509Certificate } from 'node:crypto';
import { quoteGo } from '../../machinery/go-format.ts';
import { DerError, DerReader, sequence } from './der.ts';
import { decodePem } from './pem.ts';

/** What is wrong with the PEM text of issued certificates, in Kubernetes' words; undefined when nothing is. */
export function certificateProblem(pem: string): string | undefined {
  let rest = pem;
  for (let blocks = 0; ; blocks++) {
    const reading = decodePem(rest);
    if (reading.block === undefined) return blocks === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
    const { type, hasHeaders, bytes } = reading.block;
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quoteGo(type)}`;
    if (hasHeaders) return 'no PEM block headers are permitted';
    if (bytes.length === 0) return 'found CERTIFICATE PEM block containing 0 certificates';
    const problem = certificatesProblem(bytes);
    if (problem !== undefined) return problem;
    ({ rest } = reading);
  }
}

/** One block may hold several certificates, one behind the other. */
function certificatesProblem(der: Uint8Array): string | undefined {
  const reader = new DerReader(der);
  while (!reader.atEnd) {
    const problem = certificateAt(reader);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function certificateAt(reader: DerReader): string | undefined {
  let whole: Uint8Array;
  try {
    const certificate = reader.expect(sequence('certificate'));
    ({ whole } = certificate);
    if (!isSequence(certificate.content)) return 'x509: malformed tbs certificate';
  } catch (error) {
    if (error instanceof DerError) return 'x509: malformed certificate';
    throw error;
  }
  return isCertificate(whole) ? undefined : 'x509: malformed certificate';
}

function isCertificate(der: Uint8Array): boolean {
  try {
    return new X509Certificate(der).raw.length > 0;
  } catch {
    return false;
  }
}

function isSequence(der: Uint8Array): boolean {
  try {
    new DerReader(der).expect(sequence('tbsCertificate'));
    return true;
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

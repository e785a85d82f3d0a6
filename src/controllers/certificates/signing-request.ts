import { parseCertificateRequest, type CertificateRequest } from '../../api/certificates/certificate-request.ts';
import type { CertificateSigningRequest } from '../../api/types/generated/certificates-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

export type SharedRequest = DeepReadonly<CertificateSigningRequest>;

const PEM_BLOCK = /-----BEGIN CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE REQUEST-----/;

export function hasCondition({ status }: SharedRequest, wanted: string): boolean {
  return status?.conditions?.some(({ type, status: state }) => type === wanted && (state as string) === 'True') === true;
}

export function isIssued({ status }: SharedRequest): boolean {
  return (status?.certificate ?? '') !== '';
}

/** What is asked for. Throws for what is no request. */
export function parseRequest({ metadata, spec }: SharedRequest): CertificateRequest {
  const block = PEM_BLOCK.exec(Buffer.from(spec.request ?? '', 'base64').toString('latin1'));
  try {
    if (!block) throw new Error('PEM block type must be CERTIFICATE REQUEST');
    return parseCertificateRequest(Buffer.from(block[1] ?? '', 'base64'));
  } catch (error) {
    throw new Error(`unable to parse csr "${metadata.name ?? ''}": ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

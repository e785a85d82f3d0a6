import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import type * as v1 from '../../types/generated/certificates-v1.ts';

export type SigningRequest = KubeObject & { spec?: SigningRequestSpec; status?: SigningRequestStatus };
export type SigningRequestSpec = Omit<Loose<v1.CertificateSigningRequestSpec>, 'extra'> & { extra?: Record<string, string[]> | undefined };
export type SigningRequestStatus = Loose<v1.CertificateSigningRequestStatus>;
export type RequestCondition = Loose<v1.CertificateSigningRequestCondition>;

export const APPROVED = 'Approved';
export const DENIED = 'Denied';
export const FAILED = 'Failed';

export function conditionsOf(request: SigningRequest, type?: string): RequestCondition[] {
  const conditions = request.status?.conditions ?? [];
  return type === undefined ? conditions : conditions.filter((condition) => condition.type === type);
}

// Made by scripts/facts/generate-types.ts. Do not edit.
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { ListMeta } from './meta-v1.ts';

export type CertificateSigningRequest = {
  apiVersion: 'certificates.k8s.io/v1';
  kind: 'CertificateSigningRequest';
  metadata: ObjectMeta;
  spec: CertificateSigningRequestSpec;
  status?: CertificateSigningRequestStatus;
};

export type CertificateSigningRequestCondition = {
  lastTransitionTime?: string | null;
  lastUpdateTime?: string | null;
  message?: string;
  reason?: string;
  status: string;
  type: string;
};

export type CertificateSigningRequestList = {
  apiVersion: 'certificates.k8s.io/v1';
  kind: 'CertificateSigningRequestList';
  items: CertificateSigningRequest[];
  metadata: ListMeta;
};

export type CertificateSigningRequestSpec = {
  expirationSeconds?: number;
  extra?: Record<string, string[]>;
  groups?: string[];
  request: string;
  signerName: string;
  uid?: string;
  usages?: string[];
  username?: string;
};

export type CertificateSigningRequestStatus = {
  certificate?: string;
  conditions?: CertificateSigningRequestCondition[];
};

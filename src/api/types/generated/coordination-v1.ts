// Made by scripts/facts/generate-types.ts. Do not edit.
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { ListMeta } from './meta-v1.ts';

export type Lease = {
  apiVersion: 'coordination.k8s.io/v1';
  kind: 'Lease';
  metadata: ObjectMeta;
  spec?: LeaseSpec;
};

export type LeaseList = {
  apiVersion: 'coordination.k8s.io/v1';
  kind: 'LeaseList';
  items: Lease[];
  metadata: ListMeta;
};

export type LeaseSpec = {
  acquireTime?: string;
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  leaseTransitions?: number;
  preferredHolder?: string;
  renewTime?: string;
  strategy?: string;
};

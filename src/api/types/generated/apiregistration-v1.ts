// Made by scripts/facts/generate-types.ts. Do not edit.
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { ListMeta } from './meta-v1.ts';

export type APIService = {
  apiVersion: 'apiregistration.k8s.io/v1';
  kind: 'APIService';
  metadata: ObjectMeta;
  spec?: APIServiceSpec;
  status?: APIServiceStatus;
};

export type APIServiceCondition = {
  lastTransitionTime?: string | null;
  message?: string;
  reason?: string;
  status: string;
  type: string;
};

export type APIServiceList = {
  apiVersion: 'apiregistration.k8s.io/v1';
  kind: 'APIServiceList';
  items: APIService[];
  metadata: ListMeta;
};

export type APIServiceSpec = {
  caBundle?: string;
  group?: string;
  groupPriorityMinimum: number;
  insecureSkipTLSVerify?: boolean;
  service?: ServiceReference;
  version?: string;
  versionPriority: number;
};

export type APIServiceStatus = {
  conditions?: APIServiceCondition[];
};

export type ServiceReference = {
  name?: string;
  namespace?: string;
  port?: number;
};

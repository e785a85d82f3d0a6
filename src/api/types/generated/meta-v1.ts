// Made by scripts/facts/generate-types.ts. Do not edit.
import type { JsonObject } from '../../../machinery/json.ts';
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
export type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '../../../machinery/object-meta.ts';

export type APIGroup = {
  apiVersion: 'v1';
  kind: 'APIGroup';
  name: string;
  preferredVersion?: GroupVersionForDiscovery;
  serverAddressByClientCIDRs?: ServerAddressByClientCIDR[];
  versions: GroupVersionForDiscovery[];
};

export type APIGroupList = {
  apiVersion: 'v1';
  kind: 'APIGroupList';
  groups: APIGroup[];
};

export type APIResource = {
  categories?: string[];
  group?: string;
  kind: string;
  name: string;
  namespaced: boolean;
  shortNames?: string[];
  singularName: string;
  storageVersionHash?: string;
  verbs: string[];
  version?: string;
};

export type APIResourceList = {
  apiVersion: 'v1';
  kind: 'APIResourceList';
  groupVersion: string;
  resources: APIResource[];
};

export type APIVersions = {
  apiVersion: 'v1';
  kind: 'APIVersions';
  serverAddressByClientCIDRs: ServerAddressByClientCIDR[];
  versions: string[];
};

export type Condition = {
  lastTransitionTime: string;
  message: string;
  observedGeneration?: number;
  reason: string;
  status: string;
  type: string;
};

export type DeleteOptions = {
  apiVersion: string;
  kind: 'DeleteOptions';
  dryRun?: string[];
  gracePeriodSeconds?: number;
  ignoreStoreReadErrorWithClusterBreakingPotential?: boolean;
  orphanDependents?: boolean;
  preconditions?: Preconditions;
  propagationPolicy?: string;
};

export type FieldSelectorRequirement = {
  key: string;
  operator: string;
  values?: string[];
};

export type GroupVersionForDiscovery = {
  groupVersion: string;
  version: string;
};

export type LabelSelector = {
  matchExpressions?: LabelSelectorRequirement[];
  matchLabels?: Record<string, string>;
};

export type LabelSelectorRequirement = {
  key: string;
  operator: string;
  values?: string[];
};

export type ListMeta = {
  continue?: string;
  remainingItemCount?: number;
  resourceVersion?: string;
  selfLink?: string;
  shardInfo?: ShardInfo;
};

export type Patch = {
};

export type Preconditions = {
  resourceVersion?: string;
  uid?: string;
};

export type ServerAddressByClientCIDR = {
  clientCIDR: string;
  serverAddress: string;
};

export type ShardInfo = {
  selector: string;
};

export type Status = {
  apiVersion: 'v1';
  kind: 'Status';
  code?: number;
  details?: StatusDetails;
  message?: string;
  metadata: ListMeta;
  reason?: string;
  status?: string;
};

export type StatusCause = {
  field?: string;
  message?: string;
  reason?: string;
};

export type StatusDetails = {
  causes?: StatusCause[];
  group?: string;
  kind?: string;
  name?: string;
  retryAfterSeconds?: number;
  uid?: string;
};

export type WatchEvent = {
  object: JsonObject;
  type: string;
};

export type PartialObjectMetadata = {
  apiVersion: 'meta.k8s.io/v1' | 'meta.k8s.io/v1beta1';
  kind: 'PartialObjectMetadata';
  metadata: ObjectMeta;
};

export type PartialObjectMetadataList = {
  apiVersion: 'meta.k8s.io/v1' | 'meta.k8s.io/v1beta1';
  kind: 'PartialObjectMetadataList';
  metadata: ListMeta;
  items: PartialObjectMetadata[];
};

export type CreateOptions = {
  apiVersion: 'v1';
  kind: 'CreateOptions';
  dryRun?: string[];
  fieldManager?: string;
  fieldValidation?: string;
};

// Made by scripts/facts/generate-types.ts. Do not edit.
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { PersistentVolumeSpec, TopologySelectorTerm } from './core-v1.ts';
import type { LabelSelector, ListMeta } from './meta-v1.ts';

export type CSIDriver = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'CSIDriver';
  metadata: ObjectMeta;
  spec: CSIDriverSpec;
};

export type CSIDriverList = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'CSIDriverList';
  items: CSIDriver[];
  metadata: ListMeta;
};

export type CSIDriverSpec = {
  attachRequired?: boolean;
  fsGroupPolicy?: string;
  nodeAllocatableUpdatePeriodSeconds?: number;
  podInfoOnMount?: boolean;
  preventPodSchedulingIfMissing?: boolean;
  requiresRepublish?: boolean;
  seLinuxMount?: boolean;
  serviceAccountTokenInSecrets?: boolean;
  storageCapacity?: boolean;
  tokenRequests?: TokenRequest[];
  volumeLifecycleModes?: string[];
};

export type CSINode = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'CSINode';
  metadata: ObjectMeta;
  spec: CSINodeSpec;
};

export type CSINodeDriver = {
  allocatable?: VolumeNodeResources;
  name: string;
  nodeID: string;
  topologyKeys?: string[] | null;
};

export type CSINodeList = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'CSINodeList';
  items: CSINode[];
  metadata: ListMeta;
};

export type CSINodeSpec = {
  drivers: CSINodeDriver[];
};

export type CSIStorageCapacity = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'CSIStorageCapacity';
  capacity?: string;
  maximumVolumeSize?: string;
  metadata: ObjectMeta;
  nodeTopology?: LabelSelector;
  storageClassName: string;
};

export type CSIStorageCapacityList = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'CSIStorageCapacityList';
  items: CSIStorageCapacity[];
  metadata: ListMeta;
};

export type StorageClass = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'StorageClass';
  allowVolumeExpansion?: boolean;
  allowedTopologies?: TopologySelectorTerm[];
  metadata: ObjectMeta;
  mountOptions?: string[];
  parameters?: Record<string, string>;
  provisioner: string;
  reclaimPolicy?: 'Delete' | 'Recycle' | 'Retain';
  volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer';
};

export type StorageClassList = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'StorageClassList';
  items: StorageClass[];
  metadata: ListMeta;
};

export type TokenRequest = {
  audience: string;
  expirationSeconds?: number;
};

export type VolumeAttachment = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'VolumeAttachment';
  metadata: ObjectMeta;
  spec: VolumeAttachmentSpec;
  status?: VolumeAttachmentStatus;
};

export type VolumeAttachmentList = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'VolumeAttachmentList';
  items: VolumeAttachment[];
  metadata: ListMeta;
};

export type VolumeAttachmentSource = {
  inlineVolumeSpec?: PersistentVolumeSpec;
  persistentVolumeName?: string;
};

export type VolumeAttachmentSpec = {
  attacher: string;
  nodeName: string;
  source: VolumeAttachmentSource;
};

export type VolumeAttachmentStatus = {
  attachError?: VolumeError;
  attached: boolean;
  attachmentMetadata?: Record<string, string>;
  detachError?: VolumeError;
};

export type VolumeAttributesClass = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'VolumeAttributesClass';
  driverName: string;
  metadata: ObjectMeta;
  parameters?: Record<string, string>;
};

export type VolumeAttributesClassList = {
  apiVersion: 'storage.k8s.io/v1';
  kind: 'VolumeAttributesClassList';
  items: VolumeAttributesClass[];
  metadata: ListMeta;
};

export type VolumeError = {
  errorCode?: number;
  message?: string;
  time?: string | null;
};

export type VolumeNodeResources = {
  count?: number;
};

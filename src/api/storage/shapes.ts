import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Loose } from '../pod-template/shapes.ts';
import type * as v1 from '../types/generated/storage-v1.ts';

export type CsiDriver = KubeObject & { spec?: CsiDriverSpec };
export type CsiDriverSpec = Loose<v1.CSIDriverSpec>;
export type CsiNode = KubeObject & { spec?: { drivers?: CsiNodeDriver[] | null } };
export type CsiNodeDriver = Loose<v1.CSINodeDriver>;
export type CsiStorageCapacity = KubeObject & {
  capacity?: string;
  maximumVolumeSize?: string;
  nodeTopology?: Loose<v1.CSIStorageCapacity>['nodeTopology'];
  storageClassName?: string;
};
export type StorageClass = KubeObject & {
  provisioner?: string;
  parameters?: Parameters;
  reclaimPolicy?: string;
  volumeBindingMode?: string;
  allowVolumeExpansion?: boolean;
  allowedTopologies?: TopologySelectorTerm[];
};
export type TopologySelectorTerm = NonNullable<Loose<v1.StorageClass>['allowedTopologies']>[number];
export type VolumeAttachment = KubeObject & { spec?: VolumeAttachmentSpec; status?: VolumeAttachmentStatus };
export type VolumeAttachmentSpec = Loose<v1.VolumeAttachmentSpec>;
export type VolumeAttachmentStatus = Loose<v1.VolumeAttachmentStatus>;
export type VolumeError = Loose<v1.VolumeError>;
export type VolumeAttributesClass = KubeObject & { driverName?: string; parameters?: Parameters };

/** Free settings that a provisioner understands. */
export type Parameters = { readonly [name: string]: string | undefined };

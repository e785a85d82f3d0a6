import type { PersistentVolume, PersistentVolumeClaim, Volume } from '../../../api/types/generated/core-v1.ts';
import type { CSIDriver, CSINode, CSIStorageCapacity, StorageClass } from '../../../api/types/generated/storage-v1.ts';
import { BUILTIN } from '../../../client/builtin-resources.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import type { Informer } from '../../../runtime/informer.ts';
import type { SharedInformers } from '../../../runtime/shared-informers.ts';
import type { PodInfo } from '../../framework/pod-info.ts';

export type SharedClaim = DeepReadonly<PersistentVolumeClaim>;
export type SharedVolume = DeepReadonly<PersistentVolume>;
export type SharedClass = DeepReadonly<StorageClass>;

/** The objects of storage that volume plugins read. */
export interface VolumeStores {
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
  readonly classes: Informer<StorageClass>;
  readonly csiNodes: Informer<CSINode>;
  readonly csiDrivers: Informer<CSIDriver>;
  readonly capacities: Informer<CSIStorageCapacity>;
}

export function volumeStores(informers: SharedInformers): VolumeStores {
  return {
    claims: informers.get<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims),
    volumes: informers.get<PersistentVolume>(BUILTIN.persistentVolumes),
    classes: informers.get<StorageClass>(BUILTIN.storageClasses),
    csiNodes: informers.get<CSINode>(BUILTIN.csiNodes),
    csiDrivers: informers.get<CSIDriver>(BUILTIN.csiDrivers),
    capacities: informers.get<CSIStorageCapacity>(BUILTIN.csiStorageCapacities),
  };
}

/** A volume of a pod that stands for a claim. */
export interface ClaimVolume {
  /** `namespace/name` */
  readonly key: string;
  readonly name: string;
  readonly ephemeral: boolean;
}

export function claimVolumes({ pod, namespace, name: podName }: PodInfo): ClaimVolume[] {
  return (pod.spec?.volumes ?? []).flatMap((volume: DeepReadonly<Volume>) => {
    const ephemeral = volume.ephemeral !== undefined;
    const name = volume.persistentVolumeClaim?.claimName ?? (ephemeral ? `${podName}-${volume.name}` : undefined);
    return name === undefined ? [] : [{ key: `${namespace}/${name}`, name, ephemeral }];
  });
}

/** What kube-scheduler says of claims that pods cannot use; undefined when nothing is to be said. */
export function whyUnusable({ name, ephemeral }: ClaimVolume, claim: SharedClaim | undefined, { pod, key, uid }: PodInfo): string | undefined {
  if (!claim) return ephemeral ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${JSON.stringify(name)}` : `persistentvolumeclaim ${JSON.stringify(name)} not found`;
  if (claim.status?.phase === 'Lost') return `persistentvolumeclaim ${JSON.stringify(name)} bound to non-existent persistentvolume ${JSON.stringify(claim.spec?.volumeName ?? '')}`;
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim ${JSON.stringify(name)} is being deleted`;
  const isOwn = (claim.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === uid);
  return ephemeral && !isOwn ? `PVC ${JSON.stringify(`${pod.metadata.namespace}/${name}`)} was not created for pod ${JSON.stringify(key)} (pod is not owner)` : undefined;
}

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

/** Both sides know of each other. */
export function isFullyBound({ spec, metadata }: SharedClaim): boolean {
  return (spec?.volumeName ?? '') !== '' && metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

export function classOf({ spec, metadata }: SharedClaim): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
}

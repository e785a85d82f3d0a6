import { storageClassOf } from '../../api/core/persistentvolumes/persistent-volume.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { labelSelectorFromObject } from '../../machinery/label-selector.ts';
import { compareQuantity, parseQuantity, type Quantity } from '../../machinery/quantity.ts';

export type SharedVolume = DeepReadonly<PersistentVolume>;
export type SharedClaim = DeepReadonly<PersistentVolumeClaim>;


/** The storage class of a volume or a claim; '' for none. */
export function classOf({ metadata, spec }: SharedVolume | SharedClaim): string {
  return storageClassOf({ apiVersion: '', kind: '', metadata } as KubeObject, spec?.storageClassName);
}

/** Whether the volume names this claim as its own: by its uid, or, while it is only reserved, by name. */
export function isBoundTo({ spec }: SharedVolume, { metadata }: SharedClaim): boolean {
  const { claimRef } = spec ?? {};
  if (claimRef?.name !== metadata.name || claimRef?.namespace !== metadata.namespace) return false;
  return (claimRef?.uid ?? '') === '' || claimRef?.uid === metadata.uid;
}

export function modesDiffer(volume: SharedVolume, claim: SharedClaim): boolean {
  return (volume.spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem');
}

/** Why a claim cannot have the volume that it names, as Kubernetes words it; undefined when it can. */
export function mismatch(volume: SharedVolume, claim: SharedClaim): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined) return `the volume is marked for deletion "${volume.metadata.name ?? ''}"`;
  if (compareQuantity(sizeOf(volume), requestOf(claim)) < 0) return 'requested PV is too small';
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if (attributesOf(volume) !== attributesOf(claim)) return 'volumeAttributesClassName does not match';
  if (modesDiffer(volume, claim)) return 'incompatible volumeMode';
  if (!offersAccess(volume, claim)) return 'incompatible accessMode';
  return undefined;
}

/**
 * The volume for a claim that names none: one that is reserved for it, or else the smallest that is large enough among
 * those with the fewest access modes. `reservedOnly` leaves the choice of all others to the scheduler.
 */
export function findBestMatch(claim: SharedClaim, volumes: readonly SharedVolume[], { reservedOnly }: { readonly reservedOnly: boolean }): SharedVolume | undefined {
  const fitting = volumes.filter((volume) => offersAccess(volume, claim));
  const byModes = Map.groupBy(fitting, ({ spec }) => (spec?.accessModes ?? []).toSorted((a, b) => (a < b ? -1 : 1)).join());
  const groups = [...byModes].toSorted(([a], [b]) => a.split(',').length - b.split(',').length || (a < b ? -1 : 1));
  for (const [, group] of groups) {
    const found = smallest(claim, group, reservedOnly);
    if (found) return found;
  }
  return undefined;
}

function smallest(claim: SharedClaim, volumes: readonly SharedVolume[], reservedOnly: boolean): SharedVolume | undefined {
  const request = requestOf(claim);
  const selector = claim.spec?.selector && labelSelectorFromObject(claim.spec.selector as Parameters<typeof labelSelectorFromObject>[0]);
  let best: SharedVolume | undefined;
  for (const volume of volumes) {
    const reserved = isBoundTo(volume, claim);
    const { metadata, spec, status } = volume;
    if ((spec?.claimRef && !reserved) || metadata.deletionTimestamp !== undefined || modesDiffer(volume, claim)) continue;
    if (compareQuantity(sizeOf(volume), request) < 0 || attributesOf(volume) !== attributesOf(claim)) continue;
    if (reserved) return volume;
    if (reservedOnly || status?.phase !== 'Available' || classOf(volume) !== classOf(claim)) continue;
    if (selector && !selector.matches(metadata.labels)) continue;
    if (!best || compareQuantity(sizeOf(best), sizeOf(volume)) > 0) best = volume;
  }
  return best;
}

function offersAccess({ spec }: SharedVolume, claim: SharedClaim): boolean {
  return (claim.spec?.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode) === true);
}

function attributesOf({ spec }: SharedVolume | SharedClaim): string {
  return spec?.volumeAttributesClassName ?? '';
}

function sizeOf({ spec }: SharedVolume): Quantity {
  return parseQuantity(spec?.capacity?.['storage'] ?? '0');
}

export function requestOf({ spec }: SharedClaim): Quantity {
  return parseQuantity(spec?.resources?.requests?.['storage'] ?? '0');
}

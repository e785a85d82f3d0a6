import type { ObjectReference, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimStatus } from '../../api/types/generated/core-v1.ts';
import { cloneJson, equalJson } from '../../machinery/json.ts';
import { compareQuantity, parseQuantity } from '../../machinery/quantity.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, STORAGE_PROVISIONERS } from './annotations.ts';
import { isBoundTo, type SharedClaim, type SharedVolume } from './volume-match.ts';

/** The volume with the claim's name on it, or undefined when it has that already. */
export function claimedVolume(volume: SharedVolume, claim: SharedClaim): PersistentVolume | undefined {
  const { claimRef } = volume.spec ?? {};
  const { namespace = '', name = '', uid = '', resourceVersion = '' } = claim.metadata;
  const ours = isBoundTo(volume, claim);
  if (ours && claimRef?.uid === uid) return undefined;
  const copy = cloneJson(volume) as PersistentVolume;
  const reference: ObjectReference = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
  // A volume that its author reserved for the claim is only made complete.
  return { ...copy, metadata: ours ? copy.metadata : annotated(copy.metadata, { [BOUND_BY_CONTROLLER]: 'yes' }), spec: { ...copy.spec, claimRef: reference } };
}

/** The volume free again: of what its author wrote only the uid is taken back. */
export function unclaimedVolume(volume: SharedVolume): PersistentVolume {
  const copy = cloneJson(volume) as PersistentVolume;
  const { claimRef, ...spec } = copy.spec ?? {};
  if (copy.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined) {
    const { uid: _, ...reserved } = claimRef ?? {};
    return { ...copy, spec: { ...spec, claimRef: reserved } };
  }
  const { [BOUND_BY_CONTROLLER]: __, ...annotations } = copy.metadata.annotations;
  return { ...copy, metadata: { ...copy.metadata, annotations }, spec };
}

/** The claim with the volume's name in it, or undefined when it has that already. */
export function boundClaim(claim: SharedClaim, volume: SharedVolume): PersistentVolumeClaim | undefined {
  const chosen = claim.spec?.volumeName === volume.metadata.name;
  if (chosen && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return undefined;
  const copy = cloneJson(claim) as PersistentVolumeClaim;
  const metadata = annotated(copy.metadata, { ...(!chosen && { [BOUND_BY_CONTROLLER]: 'yes' }), [BIND_COMPLETED]: 'yes' });
  return { ...copy, metadata, spec: { ...copy.spec, ...(volume.metadata.name !== undefined && { volumeName: volume.metadata.name }) } };
}

/** The claim as one that a provisioner looks for, or undefined when it is. */
export function provisionedClaim(claim: SharedClaim, provisioner: string): PersistentVolumeClaim | undefined {
  if (STORAGE_PROVISIONERS.every((key) => claim.metadata.annotations?.[key] === provisioner)) return undefined;
  const copy = cloneJson(claim) as PersistentVolumeClaim;
  return { ...copy, metadata: annotated(copy.metadata, Object.fromEntries(STORAGE_PROVISIONERS.map((key) => [key, provisioner]))) };
}

/** The status of a claim in a phase; what it has is the volume's, none without one. Undefined: it says so already. */
export function claimStatus(claim: SharedClaim, phase: 'Pending' | 'Bound' | 'Lost', volume?: SharedVolume): PersistentVolumeClaimStatus | undefined {
  const before = claim.status as PersistentVolumeClaimStatus | undefined;
  const { accessModes: _, capacity: __, ...rest } = before ?? {};
  const status = { ...rest, phase, ...(volume && offered(volume, before)) };
  return equalJson(status, before) ? undefined : status;
}

/** A claim that is bound and was enlarged tells its size itself: its file system may not have grown yet. */
function offered({ spec }: SharedVolume, before: PersistentVolumeClaimStatus | undefined): Partial<PersistentVolumeClaimStatus> {
  const accessModes = [...(spec?.accessModes ?? [])];
  const size = spec?.capacity?.['storage'];
  const known = before?.capacity?.['storage'];
  const keeps = before?.phase === 'Bound' && known !== undefined && size !== undefined && compareQuantity(parseQuantity(size), parseQuantity(known)) >= 0;
  const capacity = keeps ? before.capacity : { ...spec?.capacity };
  const attributes = spec?.volumeAttributesClassName;
  return { accessModes, ...(capacity && { capacity }), ...(before?.phase !== 'Bound' && attributes !== undefined && { currentVolumeAttributesClassName: attributes }) };
}

function annotated<T extends { annotations?: Record<string, string> }>(metadata: T, annotations: Record<string, string>): T {
  return { ...metadata, annotations: { ...metadata.annotations, ...annotations } };
}

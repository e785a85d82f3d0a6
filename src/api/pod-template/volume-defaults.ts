import { defaultPullPolicy } from './image-reference.ts';
import { roundResourceList } from './resource-list.ts';
import type { ObjectFieldSelector, ResourceFieldSelector, Volume, VolumeProjection } from './shapes.ts';

/** rw-r--r-- */
const DEFAULT_MODE = 0o644;
const DEFAULT_TOKEN_SECONDS = 3600;

export function defaultVolume(volume: Volume): void {
  if (!hasSource(volume)) volume.emptyDir = {};
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (source !== undefined) source.defaultMode ??= DEFAULT_MODE;
  }
  for (const file of volume.downwardAPI?.items ?? []) {
    defaultFieldRef(file.fieldRef);
    defaultResourceFieldRef(file.resourceFieldRef);
  }
  for (const projection of volume.projected?.sources ?? []) defaultProjection(projection);
  if (volume.hostPath !== undefined) volume.hostPath.type ??= '';
  if (volume.image !== undefined) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference ?? '');
  const { azureDisk, iscsi, rbd, scaleIO } = volume;
  if (azureDisk !== undefined) defaultAzureDisk(azureDisk);
  if (iscsi !== undefined) iscsi.iscsiInterface ||= 'default';
  if (rbd !== undefined) defaultRbd(rbd);
  if (scaleIO !== undefined) defaultScaleIo(scaleIO);
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
  if (claim !== undefined) {
    claim.volumeMode ??= 'Filesystem';
    roundResourceList(claim.resources?.requests);
    roundResourceList(claim.resources?.limits);
  }
}

/** Every field of a volume but its name is a source. */
function hasSource(volume: Volume): boolean {
  return Object.entries(volume).some(([field, value]) => field !== 'name' && value !== undefined);
}

function defaultProjection(projection: VolumeProjection): void {
  if (projection.serviceAccountToken !== undefined) projection.serviceAccountToken.expirationSeconds ??= DEFAULT_TOKEN_SECONDS;
  for (const file of projection.downwardAPI?.items ?? []) {
    defaultFieldRef(file.fieldRef);
    defaultResourceFieldRef(file.resourceFieldRef);
  }
}

export function defaultFieldRef(ref: ObjectFieldSelector | undefined): void {
  if (ref !== undefined) ref.apiVersion ||= 'v1';
}

export function defaultResourceFieldRef(ref: ResourceFieldSelector | undefined): void {
  if (ref !== undefined) ref.divisor ??= '0';
}

export interface AzureDiskFields {
  cachingMode?: string | undefined;
  fsType?: string | undefined;
  kind?: string | undefined;
  readOnly?: boolean | undefined;
}
export function defaultAzureDisk(source: AzureDiskFields): void {
  source.cachingMode ??= 'ReadWrite';
  source.kind ??= 'Shared';
  source.fsType ??= 'ext4';
  source.readOnly ??= false;
}

export interface RbdFields {
  pool?: string | undefined;
  user?: string | undefined;
  keyring?: string | undefined;
}
export function defaultRbd(source: RbdFields): void {
  source.pool ||= 'rbd';
  source.user ||= 'admin';
  source.keyring ||= '/etc/ceph/keyring';
}

export interface ScaleIoFields {
  storageMode?: string | undefined;
  fsType?: string | undefined;
}
export function defaultScaleIo(source: ScaleIoFields): void {
  source.storageMode ||= 'ThinProvisioned';
  source.fsType ||= 'xfs';
}

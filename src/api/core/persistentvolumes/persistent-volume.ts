import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import type * as v1 from '../../types/generated/core-v1.ts';

export type PersistentVolumeSpec = Loose<v1.PersistentVolumeSpec>;
export type PersistentVolumeStatus = Loose<v1.PersistentVolumeStatus>;

export interface PersistentVolume extends KubeObject {
  spec?: PersistentVolumeSpec;
  status?: PersistentVolumeStatus;
}

/** Where the class stood before it was a field; it still wins. */
export const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** The storage class of a volume or claim. */
export function storageClassOf(object: KubeObject, fieldValue: string | undefined): string {
  return object.metadata.annotations?.[CLASS_ANNOTATION] ?? fieldValue ?? '';
}

const SHORT_MODES = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const;

/** `RWO,ROX`, each mode once. */
export function formatAccessModes(modes: readonly string[] | undefined): string {
  return SHORT_MODES.filter(([mode]) => modes?.includes(mode)).map(([, short]) => short).join(',');
}

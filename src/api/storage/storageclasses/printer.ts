import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { StorageClass } from '../shapes.ts';

const DEFAULT_ANNOTATIONS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export function cells(object: KubeObject, context: { readonly nowMs: number }): (string | number | boolean | null)[] {
  const { metadata, provisioner = '', reclaimPolicy = 'Delete', volumeBindingMode = 'Immediate', allowVolumeExpansion = false } = object as StorageClass;
  const isDefault = DEFAULT_ANNOTATIONS.some((key) => metadata.annotations?.[key] === 'true');
  const name = metadata.name ?? '';
  return [isDefault ? `${name} (default)` : name, provisioner, reclaimPolicy, volumeBindingMode, allowVolumeExpansion, ageOf(object, context.nowMs)];
}

import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { StorageClass } from '../shapes.ts';

export function defaults(object: KubeObject): void {
  const storageClass = object as StorageClass;
  storageClass.reclaimPolicy ??= 'Delete';
  storageClass.volumeBindingMode ??= 'Immediate';
}

import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { CsiDriver } from '../shapes.ts';

export function defaults(object: KubeObject): void {
  const spec = ((object as CsiDriver).spec ??= {});
  spec.attachRequired ??= true;
  spec.podInfoOnMount ??= false;
  spec.storageCapacity ??= false;
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
  if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent'];
  spec.requiresRepublish ??= false;
  spec.seLinuxMount ??= false;
}

import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { isAbout } from '../admitted-pod.ts';
import { defaultClassName } from '../default-class.ts';

const CLASSES = { group: 'storage.k8s.io', resource: 'storageclasses' };
const IS_DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
/** Where claims named their class before the field was there. */
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** A claim that names no class, not even the empty one, gets the cluster's default. */
export function defaultStorageClass(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    handles: (operation) => operation === 'CREATE',
    admit(request) {
      const { object } = request;
      if (object === undefined || !isAbout(request, '', 'persistentvolumeclaims')) return;
      const spec = (object['spec'] ??= {}) as { storageClassName?: string };
      if (spec.storageClassName !== undefined || Object.hasOwn(object.metadata.annotations ?? {}, CLASS_ANNOTATION)) return;
      const name = defaultClassName(reader, CLASSES, IS_DEFAULT);
      if (name !== undefined) spec.storageClassName = name;
    },
  };
}

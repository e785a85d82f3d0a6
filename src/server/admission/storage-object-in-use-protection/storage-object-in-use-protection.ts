import type { AdmissionPlugin } from '../admission-plugin.ts';

const FINALIZERS: ReadonlyMap<string, string> = new Map([
  ['/persistentvolumes', 'kubernetes.io/pv-protection'],
  ['/persistentvolumeclaims', 'kubernetes.io/pvc-protection'],
  ['storage.k8s.io/volumeattributesclasses', 'kubernetes.io/vac-protection'],
]);

/** What pods or claims may be using does not vanish under them: a controller takes the finalizer off once it is free. */
export function storageObjectInUseProtection(): AdmissionPlugin {
  return {
    name: 'StorageObjectInUseProtection',
    handles: (operation) => operation === 'CREATE',
    admit({ resource, subresource, object }) {
      const finalizer = FINALIZERS.get(`${resource.group}/${resource.resource}`);
      if (finalizer === undefined || subresource !== '' || object === undefined) return;
      const { metadata } = object;
      if (!metadata.finalizers?.includes(finalizer)) (metadata.finalizers ??= []).push(finalizer);
    },
  };
}

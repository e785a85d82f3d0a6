import { amountOf } from '../../../api/pod-template/resource-list.ts';
import type { ResourceList } from '../../../api/pod-template/shapes.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { compareQuantity } from '../../../machinery/quantity.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { isAbout } from '../admitted-pod.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { claimClassOf } from '../../../api/core/persistentvolumeclaims/claim-class.ts';

const CLASSES = { group: 'storage.k8s.io', resource: 'storageclasses' };

/** A claim grows only where its class says that its volumes can. */
export function persistentVolumeClaimResize(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    handles: (operation) => operation === 'UPDATE',
    validate(request) {
      const { object, oldObject } = request;
      if (object === undefined || oldObject === undefined || !isAbout(request, '', 'persistentvolumeclaims')) return;
      if (compareQuantity(requestedStorage(object), requestedStorage(oldObject)) <= 0) return;
      if ((oldObject['status'] as { phase?: string } | undefined)?.phase !== 'Bound') {
        throw admissionRefusal(request, 'Only bound persistent volume claims can be expanded');
      }
      if (allowsResize(reader, object, oldObject)) return;
      throw admissionRefusal(request, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
    },
  };
}

function requestedStorage(claim: KubeObject): ReturnType<typeof amountOf> {
  return amountOf((claim['spec'] as { resources?: { requests?: ResourceList } } | undefined)?.resources?.requests, 'storage');
}

function allowsResize(reader: ObjectReader, claim: KubeObject, old: DeepReadonly<KubeObject>): boolean {
  const name = claimClassOf(claim);
  if (name === '' || name !== claimClassOf(old)) return false;
  return reader.get(CLASSES, '', name)?.['allowVolumeExpansion'] === true;
}

import { amountOf } from '../../framework/amounts.ts';
import { selectorOrNothing } from '../../framework/affinity-terms.ts';
import type { SharedNode } from '../../framework/objects.ts';
import { requestedBytes } from './match-volume.ts';
import { classOf, type SharedClaim, type SharedClass, type VolumeStores } from './volume-stores.ts';

/** Whether a volume could be made for the claim where the node reaches it. */
export function canProvision(claim: SharedClaim, node: SharedNode, stores: VolumeStores): 'yes' | 'no' | 'no space' {
  const storageClass = stores.classes.store.get(classOf(claim));
  const provisioner = storageClass?.provisioner ?? '';
  if (!storageClass || provisioner === '' || provisioner === 'kubernetes.io/no-provisioner') return 'no';
  if (!allows(storageClass, node)) return 'no';
  return hasSpace(claim, { node, provisioner, stores }) ? 'yes' : 'no space';
}

/** One of the allowed topologies must be the node's. */
function allows({ allowedTopologies = [] }: SharedClass, { metadata }: SharedNode): boolean {
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(({ matchLabelExpressions = [] }) => matchLabelExpressions.length > 0 && matchLabelExpressions.every(({ key, values }) => values.includes(metadata.labels?.[key] ?? '')));
}

/** Only drivers that publish their capacities are asked. */
function hasSpace(claim: SharedClaim, { node, provisioner, stores }: { readonly node: SharedNode; readonly provisioner: string; readonly stores: VolumeStores }): boolean {
  if (stores.csiDrivers.store.get(provisioner)?.spec.storageCapacity !== true) return true;
  const wanted = requestedBytes(claim);
  return stores.capacities.store.all().some(({ storageClassName, nodeTopology, capacity, maximumVolumeSize }) => {
    const free = maximumVolumeSize ?? capacity;
    return storageClassName === classOf(claim) && free !== undefined && amountOf('storage', free) >= wanted && selectorOrNothing(nodeTopology).matches(node.metadata.labels);
  });
}

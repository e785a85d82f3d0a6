import type { NodeSelectorTerm } from '../../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import { amountOf } from '../../framework/amounts.ts';
import { selectorOrNothing } from '../../framework/affinity-terms.ts';
import { NodeTerms } from '../../framework/node-selector.ts';
import type { SharedNode } from '../../framework/objects.ts';
import { classOf, type SharedClaim, type SharedVolume } from './volume-stores.ts';

/** Whether the volume can be used on the node. */
export function reaches({ spec }: SharedVolume, node: SharedNode): boolean {
  const terms: readonly DeepReadonly<NodeSelectorTerm>[] | undefined = spec?.nodeAffinity?.required?.nodeSelectorTerms;
  return terms === undefined || new NodeTerms(terms).matches(node);
}

export function requestedBytes({ spec }: SharedClaim): number {
  return amountOf('storage', spec?.resources?.requests?.['storage'] ?? '0');
}

function sizeOf({ spec }: SharedVolume): number {
  return amountOf('storage', spec?.capacity?.['storage'] ?? '0');
}

/** The volume that is meant for the claim, or the smallest free one that will do on the node. */
export function matchVolume(claim: SharedClaim, volumes: readonly SharedVolume[], { node, isTaken }: { readonly node: SharedNode; readonly isTaken: (volume: string) => boolean }): SharedVolume | undefined {
  const selector = claim.spec?.selector === undefined ? undefined : selectorOrNothing(claim.spec.selector);
  const wanted = requestedBytes(claim);
  let best: SharedVolume | undefined;
  for (const volume of volumes) {
    if (isTaken(volume.metadata.name ?? '') || !suits(volume, claim) || sizeOf(volume) < wanted || !reaches(volume, node)) continue;
    const { claimRef } = volume.spec ?? {};
    if (claimRef !== undefined) {
      const isMeant = claimRef.name === claim.metadata.name && claimRef.namespace === claim.metadata.namespace && (claimRef.uid === undefined || claimRef.uid === claim.metadata.uid);
      if (isMeant) return volume;
      continue;
    }
    if (volume.status?.phase !== 'Available' || (selector && !selector.matches(volume.metadata.labels))) continue;
    if (best === undefined || sizeOf(volume) < sizeOf(best)) best = volume;
  }
  return best;
}

function suits({ spec, metadata }: SharedVolume, claim: SharedClaim): boolean {
  const modes = new Set(spec?.accessModes ?? []);
  return (
    metadata.deletionTimestamp === undefined &&
    (spec?.storageClassName ?? '') === classOf(claim) &&
    (spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem') &&
    (spec?.volumeAttributesClassName ?? '') === (claim.spec?.volumeAttributesClassName ?? '') &&
    (claim.spec?.accessModes ?? []).every((mode) => modes.has(mode))
  );
}

import type { SharedNode } from '../../framework/objects.ts';
import { candidateVolumes, requestedBytes, type VolumeReach } from './match-volume.ts';
import { canProvision } from './provisioning.ts';
import type { AssumedVolumes, ClaimBinding } from './assumed-volumes.ts';
import type { SharedClaim, SharedVolume, VolumeStores } from './volume-stores.ts';

export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

const NOT_THERE = "node(s) didn't match PersistentVolume's node affinity";
const NO_VOLUME = "node(s) didn't find available persistent volumes to bind";
const NO_SPACE = 'node(s) did not have enough free storage';
const NO_SUCH_VOLUME = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

/** A pod's claims: those that have their volume, and those that get one where the pod goes. */
export interface PodClaims {
  readonly bound: readonly SharedClaim[];
  /** The smallest first, each with the volumes that it could get. */
  readonly waiting: readonly WaitingClaim[];
}

export interface WaitingClaim {
  readonly claim: SharedClaim;
  readonly candidates: readonly SharedVolume[];
}

export function waitingClaims(claims: readonly SharedClaim[], { volumes }: VolumeStores): WaitingClaim[] {
  if (claims.length === 0) return [];
  const all = volumes.store.all();
  return [...claims].sort((a, b) => requestedBytes(a) - requestedBytes(b)).map((claim) => ({ claim, candidates: candidateVolumes(claim, all) }));
}

/** What happens to the waiting claims if the pod goes to a node. */
export interface VolumePlan {
  readonly bindings: readonly ClaimBinding[];
  readonly provisions: readonly SharedClaim[];
}

/** The plan for a node, or the reasons why there is none. */
export function planVolumes({ bound, waiting }: PodClaims, node: SharedNode, { stores, assumed, reach }: { readonly stores: VolumeStores; readonly assumed: AssumedVolumes; readonly reach: VolumeReach }): VolumePlan | readonly string[] {
  const reasons = new Set<string>();
  for (const { spec } of bound) {
    const volume = stores.volumes.store.get(spec?.volumeName ?? '');
    if (!volume) reasons.add(NO_SUCH_VOLUME);
    else if (!reach.reaches(volume, node)) reasons.add(NOT_THERE);
  }
  const bindings: ClaimBinding[] = [];
  const provisions: SharedClaim[] = [];
  for (const { claim, candidates } of waiting) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected !== undefined && selected !== node.metadata.name) {
      reasons.add(NO_VOLUME);
      continue;
    }
    const isTaken = (name: string): boolean => assumed.isTaken(name, claim) || bindings.some(({ volume }) => volume.metadata.name === name);
    const volume = selected === undefined ? candidates.find((candidate) => !isTaken(candidate.metadata.name ?? '') && reach.reaches(candidate, node)) : undefined;
    if (volume) {
      bindings.push({ claim, volume });
      continue;
    }
    const provision = canProvision(claim, node, stores);
    if (provision === 'yes') provisions.push(claim);
    else reasons.add(provision === 'no' ? NO_VOLUME : NO_SPACE);
  }
  return reasons.size > 0 ? [...reasons] : { bindings, provisions };
}

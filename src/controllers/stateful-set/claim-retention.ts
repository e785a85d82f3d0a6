import type { PersistentVolumeClaim, Pod } from '../../api/types/generated/core-v1.ts';
import type { ApiObject } from '../../client/resource-definition.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { OwnerReference } from '../../machinery/object-meta.ts';
import { controllerRefTo } from '../ownership/controller-ref.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { isInRange, type SharedStatefulSet } from './stateful-identity.ts';

export type SharedClaim = DeepReadonly<PersistentVolumeClaim>;

/**
 * Who must own a claim so that it goes when the policy says: the set, where claims go with it; the pod, once it is no
 * longer wanted, where claims go with that. The answer is the claim's owners as they must be; undefined when they are.
 */
export function computeClaimOwners(set: SharedStatefulSet, claim: SharedClaim, { ordinal, pod }: { readonly ordinal: number; readonly pod: SharedPod }): OwnerReference[] | undefined {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  const owners = (claim.metadata.ownerReferences ?? []) as readonly OwnerReference[];
  // Somebody else manages the claim: the policy is not for it.
  if (owners.some((owner) => owner.controller === true && !refersTo(owner, set) && !isPod(owner, pod))) return undefined;
  const byPod = whenScaled === 'Delete' && !isInRange(set, ordinal);
  const bySet = whenDeleted === 'Delete' && !byPod;
  const wanted = [...owners.filter((owner) => !refersTo(owner, set) && !isPod(owner, pod)), ...(bySet ? [controllerRefTo(set)] : []), ...(byPod ? [controllerRefTo(asPod(pod))] : [])];
  const same = wanted.length === owners.length && wanted.every(({ uid, controller }) => owners.some((owner) => owner.uid === uid && (owner.controller === true) === (controller === true)));
  return same ? undefined : wanted;
}

/** The claim will be collected with an earlier pod of the same name: another must not begin to use it. */
export function isStale(set: SharedStatefulSet, claim: SharedClaim, podName: string, podUid: string | undefined): boolean {
  if (set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false;
  return (claim.metadata.ownerReferences ?? []).some(({ apiVersion, kind, name, uid }) => apiVersion === 'v1' && kind === 'Pod' && name === podName && uid !== podUid);
}

function refersTo(owner: OwnerReference, { metadata }: SharedStatefulSet): boolean {
  return owner.uid === metadata.uid;
}

/** This pod, or one that had its name before. */
function isPod({ apiVersion, kind, name }: OwnerReference, { metadata }: SharedPod): boolean {
  return apiVersion === 'v1' && kind === 'Pod' && name === metadata.name;
}

function asPod(pod: SharedPod): DeepReadonly<ApiObject> {
  return { ...(pod as unknown as Pod), apiVersion: 'v1', kind: 'Pod' } as DeepReadonly<ApiObject>;
}

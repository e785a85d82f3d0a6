import { StateKey } from '../../framework/cycle-state.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { Plugin } from '../../framework/plugin.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { Status } from '../../framework/status.ts';
import { AssumedVolumes } from './assumed-volumes.ts';
import { bindVolumes } from './bind-volumes.ts';
import { VolumeReach } from './match-volume.ts';
import { planVolumes, waitingClaims, type PodClaims, type VolumePlan } from './volume-plan.ts';
import { claimVolumes, classOf, isFullyBound, volumeStores, whyUnusable, type SharedClaim } from './volume-stores.ts';

export interface VolumeBindingArgs {
  /** How long a pod waits for its claims to be bound; default 10 min. */
  readonly bindTimeoutMs?: number;
}

const UNBOUND = Status.unresolvable('pod has unbound immediate PersistentVolumeClaims');
const DEFAULT_TIMEOUT_MS = 600_000;

/**
 * A pod goes where its volumes are; claims that wait for their first consumer get a volume that its node reaches, and the
 * pod is bound when they have it.
 */
export function volumeBinding(args: VolumeBindingArgs | undefined, handle: SchedulerHandle): Plugin {
  const timeoutMs = args?.bindTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  const stores = volumeStores(handle.informers);
  const assumed = new AssumedVolumes();
  const reach = new VolumeReach();
  const claimsKey = new StateKey<PodClaims>('VolumeBinding');
  const plansKey = new StateKey<Map<string, VolumePlan>>('VolumeBinding plans');
  const waitsForConsumer = (claim: SharedClaim): boolean => (claim.spec?.volumeName ?? '') === '' && stores.classes.store.get(classOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer';
  const claimsOf = (pod: PodInfo): PodClaims | Status => {
    const bound: SharedClaim[] = [];
    const waiting: SharedClaim[] = [];
    let immediate = false;
    for (const volume of claimVolumes(pod)) {
      const claim = stores.claims.store.get(volume.key);
      const unusable = whyUnusable(volume, claim, pod);
      if (unusable !== undefined || !claim) return Status.unresolvable(unusable ?? '');
      if (isFullyBound(claim)) bound.push(claim);
      else if (waitsForConsumer(claim)) waiting.push(claim);
      else immediate = true;
    }
    return immediate ? UNBOUND : { bound, waiting: waitingClaims(waiting, stores) };
  };
  return {
    name: 'VolumeBinding',
    events: [
      { resource: 'PersistentVolumeClaim', actions: ['Add', 'Update'], hint: (pod, { current }) => (pod.claims.includes(`${current?.metadata.namespace}/${current?.metadata.name}`) ? 'Queue' : 'Skip') },
      { resource: 'PersistentVolume', actions: ['Add', 'Update'] },
      { resource: 'StorageClass', actions: ['Add', 'Update'] },
      { resource: 'CSINode', actions: ['Add', 'Update'] },
      { resource: 'CSIDriver', actions: ['Update'] },
      { resource: 'CSIStorageCapacity', actions: ['Add', 'Update'] },
      { resource: 'Node', actions: ['Add', 'UpdateNodeLabel', 'UpdateNodeTaint'] },
    ],
    preFilter: (state, pod) => {
      if (pod.claims.length === 0) return Status.skip();
      const claims = claimsOf(pod);
      if (claims instanceof Status) return claims;
      state.set(claimsKey, claims);
      state.set(plansKey, new Map());
      return undefined;
    },
    filter: (state, _pod, { node, name }) => {
      const claims = state.get(claimsKey);
      if (!claims) return undefined;
      const plan = planVolumes(claims, node, { stores, assumed, reach });
      if (!('bindings' in plan)) return Status.unresolvable(...plan);
      state.get(plansKey)?.set(name, plan);
      return undefined;
    },
    reserve: (state, _pod, nodeName) => {
      const plan = state.get(plansKey)?.get(nodeName);
      if (plan) assumed.take(plan.bindings);
      return undefined;
    },
    unreserve: (state, _pod, nodeName) => {
      const plan = state.get(plansKey)?.get(nodeName);
      if (plan) assumed.release(plan.bindings);
    },
    preBind: async (state, _pod, nodeName) => {
      const plan = state.get(plansKey)?.get(nodeName);
      if (!plan || plan.bindings.length + plan.provisions.length === 0) return undefined;
      await bindVolumes(plan, nodeName, { handle, stores, timeoutMs });
      assumed.release(plan.bindings);
      return undefined;
    },
  };
}

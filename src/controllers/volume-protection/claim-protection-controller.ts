import type { PersistentVolumeClaim, Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { parseObjectKey } from '../../client/resource-definition.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { hasEnded, type SharedPod } from '../pods/pod-state.ts';
import { CLAIM_INDEX, claimKeysOf, indexByClaim } from '../volumes/claims-of-pods.ts';
import type { SharedClaim } from '../volumes/volume-match.ts';
import { computeFinalizer, withFinalizer } from './finalizer.ts';

const NAME = 'persistentvolumeclaim-protection-controller';
const FINALIZER = 'kubernetes.io/pvc-protection';

/** Keeps claims as long as pods on nodes use them. */
export function startClaimProtection({ client, clock, informers, log }: ControllerContext): RunningController {
  const claims = informers.get<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims);
  const pods = indexByClaim(informers.get<Pod>(BUILTIN.pods));
  const objects = client.resource<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims);

  /** The informer may lag behind a pod that was just bound: the server has the last word. */
  const isUsed = async (key: string, claim: SharedClaim, signal: AbortSignal): Promise<boolean> => {
    if (pods.store.byIndex(CLAIM_INDEX, key).some((pod) => uses(pod, claim))) return true;
    const { items } = await client.resource<Pod>(BUILTIN.pods).inNamespace(parseObjectKey(key).namespace).listAll({ signal });
    return items.some((pod) => claimKeysOf(pod).includes(key) && uses(pod, claim));
  };

  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const claim = claims.store.get(key);
      if (!claim) return;
      const going = claim.metadata.deletionTimestamp !== undefined && claim.metadata.finalizers?.includes(FINALIZER) === true;
      const change = computeFinalizer(claim, FINALIZER, going && (await isUsed(key, claim, signal)));
      if (!change) return;
      try {
        await objects.update(withFinalizer<PersistentVolumeClaim>(claim, FINALIZER, change), { signal });
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
    },
  });
  controller.watch(claims);
  controller.watch(pods, { keysOf: claimKeysOf, filter: ({ event, object }) => event === 'delete' || hasEnded(object) });
  controller.start();
  return controller;
}

/** Pods that have no node, or have ended, hold nothing. Of claims made for a pod only its own counts. */
function uses(pod: SharedPod, { metadata }: SharedClaim): boolean {
  if ((pod.spec?.nodeName ?? '') === '' || hasEnded(pod)) return false;
  return (pod.spec?.volumes ?? []).some(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return persistentVolumeClaim.claimName === metadata.name;
    const own = metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === pod.metadata.uid) === true;
    return ephemeral !== undefined && own && metadata.name === `${pod.metadata.name ?? ''}-${name}`;
  });
}

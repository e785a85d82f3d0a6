import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { compareQuantity, parseQuantity } from '../../machinery/quantity.ts';
import { Controller } from '../../runtime/controller.ts';
import { EventRecorder, type EventType } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { requestOf, type SharedClaim, type SharedVolume } from '../volumes/volume-match.ts';

const NAME = 'persistentvolume-expander-controller';
const MESSAGE = 'waiting for an external controller to expand this PVC';

/**
 * Says of claims that ask for more than they have that somebody else must grow their volume. Volumes that Kubernetes
 * grows itself are those of drivers that this control loop does not have.
 */
export function startVolumeExpander({ client, clock, random, informers, log }: ControllerContext): RunningController {
  const events = new EventRecorder({ client, random, component: 'volume_expand' });
  const claims = informers.get<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims);
  const volumes = informers.get<PersistentVolume>(BUILTIN.persistentVolumes);
  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (key) => {
      const claim = claims.store.get(key);
      const volume = claim && volumes.store.get(claim.spec?.volumeName ?? '');
      const type = claim && volume && computeExpansion(claim, volume);
      if (claim && type) events.event(claim, type, 'ExternalExpanding', MESSAGE);
    },
  });
  controller.read(volumes);
  controller.watch(claims, { filter: ({ event, object, old }) => event === 'add' || (old !== undefined && compareQuantity(requestOf(object), requestOf(old)) > 0) });
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}

/** How the wait for an outside driver is told of; undefined when there is nothing to wait for. */
export function computeExpansion(claim: SharedClaim, volume: SharedVolume): EventType | undefined {
  const has = claim.status?.capacity?.['storage'];
  if (claim.status?.phase !== 'Bound' || volume.spec?.claimRef?.uid !== claim.metadata.uid || has === undefined) return undefined;
  if (compareQuantity(requestOf(claim), parseQuantity(has)) <= 0) return undefined;
  return volume.spec?.csi ? 'Normal' : 'Warning';
}

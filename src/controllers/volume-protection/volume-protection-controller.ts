import type { PersistentVolume } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { computeFinalizer, withFinalizer } from './finalizer.ts';

const NAME = 'persistentvolume-protection-controller';
const FINALIZER = 'kubernetes.io/pv-protection';

/** Keeps volumes as long as they are bound. */
export function startVolumeProtection({ client, clock, informers, log }: ControllerContext): RunningController {
  const volumes = informers.get<PersistentVolume>(BUILTIN.persistentVolumes);
  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const volume = volumes.store.get(key);
      const change = volume && computeFinalizer(volume, FINALIZER, volume.status?.phase === 'Bound');
      if (!volume || !change) return;
      try {
        await client.resource<PersistentVolume>(BUILTIN.persistentVolumes).update(withFinalizer<PersistentVolume>(volume, FINALIZER, change), { signal });
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
    },
  });
  controller.watch(volumes, { filter: ({ event }) => event !== 'delete' });
  controller.start();
  return controller;
}

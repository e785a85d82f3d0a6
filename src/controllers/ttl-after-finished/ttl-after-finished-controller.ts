import type { Job } from '../../api/types/generated/batch-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { computeExpiry } from './compute-expiry.ts';

const NAME = 'ttl-after-finished-controller';
const WORKERS = 5;

/** Deletes jobs, with what they own, some time after they have finished. */
export function startTtlAfterFinishedController({ client, clock, informers, log }: ControllerContext): RunningController {
  const jobs = informers.get<Job>(BUILTIN.jobs);
  const reconcile = async (key: string, signal: AbortSignal): Promise<ReconcileResult | void> => {
    const shown = jobs.store.get(key);
    const leftMs = shown && computeExpiry(shown, clock.now());
    if (leftMs === undefined) return;
    if (leftMs > 0) return { requeueAfterMs: leftMs };
    const { namespace = '', name = '' } = shown?.metadata ?? {};
    const resource = client.resource<Job>(BUILTIN.jobs).inNamespace(namespace);
    try {
      // The time to live may have been extended meanwhile; what is deleted is deleted.
      const job = await resource.get(name, { signal });
      const latestMs = computeExpiry(job, clock.now());
      if (latestMs === undefined || latestMs > 0) return latestMs === undefined ? undefined : { requeueAfterMs: latestMs };
      const { uid = '', resourceVersion = '' } = job.metadata;
      await resource.delete(name, { propagationPolicy: 'Foreground', preconditions: { uid, resourceVersion }, signal });
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
    }
  };
  const controller = new Controller({ name: NAME, clock, workers: WORKERS, reconcile: (key, { signal }) => reconcile(key, signal), onError: failureLog(log, NAME) });
  controller.watch(jobs, { filter: ({ event, object }) => event !== 'delete' && object.spec?.ttlSecondsAfterFinished !== undefined });
  controller.start();
  return controller;
}

import type { CronJob, Job } from '../../api/types/generated/batch-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { Controller, type Change } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { controllerOf, indexByController } from '../ownership/controller-ref.ts';
import { CronJobReconciler } from './cron-job-reconciler.ts';

const NAME = 'cronjob-controller';
const WORKERS = 5;

/** Makes jobs by their schedules. */
export function startCronJobController(context: ControllerContext): RunningController {
  const { client, clock, random, informers, log } = context;
  const events = new EventRecorder({ client, random, component: NAME });
  const cronJobs = informers.get<CronJob>(BUILTIN.cronJobs);
  const jobs = indexByController(informers.get<Job>(BUILTIN.jobs));
  const reconciler = new CronJobReconciler(context, { cronJobs, jobs, events });
  const controller = new Controller({ name: NAME, clock, workers: WORKERS, reconcile: (key, { signal }) => reconciler.reconcile(key, signal), onError: failureLog(log, NAME) });
  /** A new schedule counts from now on: what it would have missed before is not made up for. */
  const isRescheduled = ({ object, old }: Change<CronJob>): boolean => {
    if (old === undefined || (object.spec.schedule === old.spec.schedule && object.spec.timeZone === old.spec.timeZone)) return false;
    const delayMs = reconciler.nextDelayMs(object);
    if (delayMs === undefined) return false;
    controller.queue.addAfter(`${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`, delayMs, { type: 'requeue', afterMs: delayMs });
    return true;
  };
  controller.watch(cronJobs, { filter: (change) => !isRescheduled(change) });
  controller.watch(jobs, {
    keysOf: (job) => {
      const owner = controllerOf(job);
      return owner?.kind === 'CronJob' ? [`${job.metadata.namespace ?? ''}/${owner.name}`] : [];
    },
  });
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}

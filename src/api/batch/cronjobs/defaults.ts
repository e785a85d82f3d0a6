import type { KubeObject } from '../../../machinery/object-meta.ts';
import { defaultJobTemplate } from '../jobs/defaults.ts';
import type { CronJob } from './cron-job.ts';

/** The jobs to come get a job's own defaults only when they are made. */
export function defaults(object: KubeObject): void {
  const spec = ((object as CronJob).spec ??= {});
  defaultJobTemplate(((spec.jobTemplate ??= {}).spec ??= {}));
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
}

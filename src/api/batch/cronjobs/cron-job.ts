import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import type * as batch from '../../types/generated/batch-v1.ts';
import type { JobSpec } from '../jobs/job.ts';

export interface CronJob extends KubeObject {
  spec?: Omit<Loose<batch.CronJobSpec>, 'jobTemplate'> & { jobTemplate?: { spec?: JobSpec | undefined } | undefined };
  status?: Loose<batch.CronJobStatus>;
}

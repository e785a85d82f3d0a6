import type { Job } from '../../api/types/generated/batch-v1.ts';
import { cloneJson } from '../../machinery/json.ts';
import { controllerRefTo } from '../ownership/controller-ref.ts';
import type { SharedCronJob } from './compute-schedule.ts';
import { formatInZone } from './cron-job-schedule.ts';

const SCHEDULED_ANNOTATION = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** One time has one name, so that no job is made twice. */
export function jobName({ metadata }: SharedCronJob, dueMs: number): string {
  return `${metadata.name ?? ''}-${Math.floor(dueMs / 60_000)}`;
}

/** The job of the run at this time. */
export function jobAt(cronJob: SharedCronJob, dueMs: number): Job {
  const { jobTemplate, timeZone = 'UTC' } = cronJob.spec;
  const { labels, annotations } = jobTemplate.metadata ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, dueMs),
      namespace: cronJob.metadata.namespace ?? '',
      ...(labels && { labels: { ...labels } }),
      annotations: { ...annotations, [SCHEDULED_ANNOTATION]: formatInZone(dueMs, timeZone) },
      ownerReferences: [controllerRefTo(cronJob)],
    },
    ...(jobTemplate.spec && { spec: cloneJson(jobTemplate.spec) as NonNullable<Job['spec']> }),
  };
}

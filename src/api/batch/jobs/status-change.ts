import { equalJson } from '../../../machinery/json.ts';
import { hasTrueCondition, type Job, type JobSpec, type JobStatus } from './job.ts';

/** What an update of a status changes: most rules are asked only then, so that what is stored already may stay. */
export interface StatusChange {
  readonly spec: JobSpec;
  readonly status: JobStatus;
  readonly old: JobStatus;
  readonly isComplete: boolean;
  readonly isFailed: boolean;
  readonly isFinished: boolean;
  readonly completeChanged: boolean;
  readonly failedChanged: boolean;
  readonly finishedChanged: boolean;
  readonly changed: (...fields: readonly (keyof JobStatus)[]) => boolean;
}

export function statusChangeOf(job: Job, oldJob: Job): StatusChange {
  const status = job.status ?? {};
  const old = oldJob.status ?? {};
  const changedCondition = (type: string): boolean => hasTrueCondition(status, type) !== hasTrueCondition(old, type);
  const isComplete = hasTrueCondition(status, 'Complete');
  const isFailed = hasTrueCondition(status, 'Failed');
  const wasFinished = hasTrueCondition(old, 'Complete') || hasTrueCondition(old, 'Failed');
  return {
    spec: job.spec ?? {},
    status,
    old,
    isComplete,
    isFailed,
    isFinished: isComplete || isFailed,
    completeChanged: changedCondition('Complete'),
    failedChanged: changedCondition('Failed'),
    finishedChanged: (isComplete || isFailed) !== wasFinished,
    changed: (...fields) => fields.some((field) => !equalJson(status[field], old[field])),
  };
}

import type { CronJobStatus, Job } from '../../api/types/generated/batch-v1.ts';
import type { ObjectReference } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { SharedCronJob } from './compute-schedule.ts';

export type SharedJob = DeepReadonly<Job>;

export interface ActiveChange {
  readonly status: CronJobStatus;
  /** In the list, and finished by now. */
  readonly finished: readonly { readonly job: SharedJob; readonly condition: string }[];
  /** At work, but not in the list: an earlier run may have ended before it was noted. */
  readonly unexpected: readonly SharedJob[];
  /** In the list, but not among the jobs. */
  readonly missing: readonly ObjectReference[];
}

/** What the cron job's list of active jobs says, beside the jobs that there are. */
export function computeActive({ status }: SharedCronJob, jobs: readonly SharedJob[]): ActiveChange {
  const before = (status?.active ?? []) as readonly ObjectReference[];
  const listed = new Set(before.map(({ uid }) => uid));
  const finished = jobs.flatMap((job) => {
    const condition = finishedCondition(job);
    return condition !== undefined && listed.has(job.metadata.uid) ? [{ job, condition }] : [];
  });
  const gone = new Set(finished.map(({ job }) => job.metadata.uid));
  const known = new Set(jobs.map(({ metadata }) => metadata.uid));
  const successes = jobs.filter((job) => finishedCondition(job) === 'Complete').flatMap(({ status: jobStatus }) => jobStatus?.completionTime ?? []);
  const lastSuccessfulTime = [...successes, ...(status?.lastSuccessfulTime === undefined ? [] : [status.lastSuccessfulTime])].toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
  const active = before.filter(({ uid }) => !gone.has(uid ?? ''));
  return {
    status: withActive({ ...(status as CronJobStatus | undefined), ...(lastSuccessfulTime !== undefined && { lastSuccessfulTime }) }, active),
    finished,
    unexpected: jobs.filter((job) => finishedCondition(job) === undefined && !listed.has(job.metadata.uid)),
    missing: before.filter(({ uid }) => !known.has(uid ?? '')),
  };
}

export function withActive(status: CronJobStatus, active: readonly ObjectReference[]): CronJobStatus {
  const { active: _, ...rest } = status;
  return active.length === 0 ? rest : { ...rest, active: [...active] };
}

/** `Complete`, or `Failed`; undefined while the job is at work. */
export function finishedCondition({ status }: SharedJob): 'Complete' | 'Failed' | undefined {
  const condition = status?.conditions?.find(({ type, status: value }) => (type === 'Complete' || type === 'Failed') && value === 'True');
  return condition?.type as 'Complete' | 'Failed' | undefined;
}

/** The finished jobs beyond the limits of the history, the oldest first. */
export function jobsToForget({ spec }: SharedCronJob, jobs: readonly SharedJob[]): SharedJob[] {
  const surplus = (condition: 'Complete' | 'Failed', limit: number | undefined): SharedJob[] => {
    if (limit === undefined) return [];
    const finished = jobs.filter((job) => finishedCondition(job) === condition && job.metadata.deletionTimestamp === undefined).toSorted(byStart);
    return finished.slice(0, Math.max(0, finished.length - limit));
  };
  return [...surplus('Complete', spec.successfulJobsHistoryLimit), ...surplus('Failed', spec.failedJobsHistoryLimit)];
}

function byStart(a: SharedJob, b: SharedJob): number {
  const startMs = ({ status }: SharedJob): number => (status?.startTime === undefined ? Number.POSITIVE_INFINITY : Date.parse(status.startTime));
  const [aMs, bMs] = [startMs(a), startMs(b)];
  return aMs === bMs ? ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1) : aMs - bMs;
}

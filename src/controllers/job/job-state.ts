import type { Job, JobCondition, JobSpec, JobStatus } from '../../api/types/generated/batch-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

export type SharedJob = DeepReadonly<Job>;
export type SharedJobSpec = DeepReadonly<JobSpec>;

/** On pods that their job has not counted yet. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';

const MANAGER = 'kubernetes.io/job-controller';

/** Somebody else brings the job about. */
export function isManagedElsewhere({ spec }: SharedJob): boolean {
  return spec?.managedBy !== undefined && spec.managedBy !== MANAGER;
}

export function isIndexed({ spec }: SharedJob): boolean {
  return spec?.completionMode === 'Indexed';
}

export function hasBackoffPerIndex(job: SharedJob): boolean {
  return isIndexed(job) && job.spec?.backoffLimitPerIndex !== undefined;
}

/** A pod is replaced when it has failed, not yet when it is about to end. */
export function replacesOnlyFailed({ spec }: SharedJob): boolean {
  return spec?.podReplacementPolicy === 'Failed' || spec?.podFailurePolicy !== undefined;
}

export function isSuspended({ spec }: SharedJob): boolean {
  return spec?.suspend === true;
}

/** Complete or failed, and nothing of it is left to do. */
export function isFinished({ status }: SharedJob): boolean {
  return trueCondition(status, 'Complete') !== undefined || trueCondition(status, 'Failed') !== undefined;
}

export function trueCondition(status: DeepReadonly<JobStatus> | undefined, type: string): DeepReadonly<JobCondition> | undefined {
  return status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

export type Finding = Pick<JobCondition, 'type' | 'status'> & { readonly reason: string; readonly message: string };

/** The conditions with the finding in its place; the same list when it says nothing new. What is absent counts as False. */
export function withFinding(conditions: readonly JobCondition[], finding: Finding, nowMs: number): readonly JobCondition[] {
  const { type, status, reason, message } = finding;
  const known = conditions.findIndex((condition) => condition.type === type);
  if (known < 0 && status === 'False') return conditions;
  const before = conditions[known];
  if (before?.status === status && before.reason === reason && before.message === message) return conditions;
  const now = formatTime(nowMs);
  const condition: JobCondition = { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message };
  return known < 0 ? [...conditions, condition] : conditions.with(known, condition);
}

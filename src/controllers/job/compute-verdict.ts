import type { SharedPod } from '../pods/pod-state.ts';
import type { JobObservation } from './compute-observation.ts';
import { judgeFailure } from './failure-policy.ts';
import { hasFailed } from './job-pod-state.ts';
import { isSuspended, trueCondition, type Finding, type SharedJob } from './job-state.ts';
import { matchSuccessPolicy } from './success-policy.ts';

/** The decision that a job has come to its end; what follows is to end its pods and to count them. */
export interface Verdict extends Finding {
  readonly type: 'FailureTarget' | 'SuccessCriteriaMet';
  readonly status: 'True';
}

/** Undefined while the job goes on. A verdict that the status shows is final. */
export function computeVerdict(job: SharedJob, observation: JobObservation, nowMs: number): Verdict | undefined {
  for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const known = trueCondition(job.status, type);
    if (known) return { type, status: 'True', reason: known.reason ?? '', message: known.message ?? '' };
  }
  const message = observation.pods.filter((pod) => hasFailed(pod, job)).map((pod) => judgeFailure(job, pod).message).find((text) => text !== undefined);
  if (message !== undefined) return failure('PodFailurePolicy', message);
  if (observation.failed > (job.spec?.backoffLimit ?? 6) || hasRestartedTooOften(job, observation.pods)) {
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  }
  if (deadlineLeftMs(job, nowMs) === 0) return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
  return indexVerdict(job, observation);
}

/** Every completion is there, and no pod is left that runs. */
export function completed({ spec }: SharedJob, succeeded: number, active: number): Verdict | undefined {
  const enough = spec?.completions === undefined ? succeeded > 0 : succeeded >= spec.completions;
  return enough && active === 0 ? success('CompletionsReached', 'Reached expected number of succeeded pods') : undefined;
}

/** Milliseconds until the job's deadline; undefined when none runs. */
export function deadlineLeftMs(job: SharedJob, nowMs: number): number | undefined {
  const { activeDeadlineSeconds } = job.spec ?? {};
  const { startTime } = job.status ?? {};
  if (activeDeadlineSeconds === undefined || startTime === undefined || isSuspended(job)) return undefined;
  return Math.max(0, Date.parse(startTime) + activeDeadlineSeconds * 1000 - nowMs);
}

function indexVerdict(job: SharedJob, { indexes }: JobObservation): Verdict | undefined {
  if (!indexes) return undefined;
  const { maxFailedIndexes, completions = 0 } = job.spec ?? {};
  const failed = indexes.failed?.size ?? 0;
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  }
  if (failed > 0 && failed + indexes.succeeded.size >= completions) return failure('FailedIndexes', 'Job has failed indexes');
  const matched = matchSuccessPolicy(job, indexes.succeeded);
  return matched === undefined ? undefined : success('SuccessPolicy', matched);
}

/** Containers that are restarted in place fail without their pod's failing. */
function hasRestartedTooOften({ spec }: SharedJob, pods: readonly SharedPod[]): boolean {
  if (spec?.template.spec?.restartPolicy !== 'OnFailure') return false;
  const limit = spec.backoffLimit ?? 6;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue;
    for (const { restartCount } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) restarts += restartCount ?? 0;
  }
  return restarts > 0 && restarts >= limit;
}

function failure(reason: string, message: string): Verdict {
  return { type: 'FailureTarget', status: 'True', reason, message };
}

function success(reason: string, message: string): Verdict {
  return { type: 'SuccessCriteriaMet', status: 'True', reason, message };
}

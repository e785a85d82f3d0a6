import { getOwn } from '../../machinery/json.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { replacesOnlyFailed, TRACKING_FINALIZER, type SharedJob } from './job-state.ts';

export const INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index';
export const FAILURES_ANNOTATION = 'batch.kubernetes.io/job-index-failure-count';
export const IGNORED_FAILURES_ANNOTATION = 'batch.kubernetes.io/job-index-ignored-failure-count';

export function isTracked({ metadata }: SharedPod): boolean {
  return metadata.finalizers?.includes(TRACKING_FINALIZER) === true;
}

export function hasSucceeded({ status }: SharedPod): boolean {
  return status?.phase === 'Succeeded';
}

/** Also a pod that was deleted counts, since nobody may be there any more to say how it ended; unless the job waits for that. */
export function hasFailed(pod: SharedPod, job: SharedJob): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return !replacesOnlyFailed(job) && pod.metadata.deletionTimestamp !== undefined && !hasSucceeded(pod);
}

/** Undefined without one, or with one that is no index. */
export function completionIndexOf(pod: SharedPod): number | undefined {
  const text = getOwn(pod.metadata.annotations ?? {}, INDEX_ANNOTATION) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** The index, if the job has it: an elastic job may have shrunk. */
export function validIndexOf(pod: SharedPod, { spec }: SharedJob): number | undefined {
  const index = completionIndexOf(pod);
  return index !== undefined && index < (spec?.completions ?? 0) ? index : undefined;
}

/** Failures of the pod's index before it: those that count, and those that a policy ignored. */
export function failuresBefore(pod: SharedPod): { readonly counted: number; readonly ignored: number } {
  return { counted: countIn(pod, FAILURES_ANNOTATION), ignored: countIn(pod, IGNORED_FAILURES_ANNOTATION) };
}

function countIn({ metadata }: SharedPod, annotation: string): number {
  const text = getOwn(metadata.annotations ?? {}, annotation) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

/** When the pod ended, in epoch milliseconds, by the best witness there is. */
export function finishedAtMs(pod: SharedPod): number {
  const { creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
  return (
    containersFinishedMs(pod) ??
    unreadySinceMs(pod) ??
    (deletionTimestamp === undefined ? Date.parse(creationTimestamp ?? '1970-01-01T00:00:00Z') : Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000)
  );
}

function containersFinishedMs({ status }: SharedPod): number | undefined {
  const times = (status?.containerStatuses ?? []).map(({ state }) => state?.terminated?.finishedAt);
  if (times.length === 0 || times.some((time) => typeof time !== 'string')) return undefined;
  return Math.max(...times.map((time) => Date.parse(time as string)));
}

function unreadySinceMs({ status }: SharedPod): number | undefined {
  const since = status?.conditions?.find((condition) => condition.type === 'Ready' && condition.status === 'False')?.lastTransitionTime;
  return typeof since === 'string' ? Date.parse(since) : undefined;
}

import type { JobStatus, UncountedTerminatedPods } from '../../api/types/generated/batch-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import type { JobObservation } from './compute-observation.ts';
import type { Verdict } from './compute-verdict.ts';
import { judgeFailure } from './failure-policy.ts';
import { IndexSet } from './index-set.ts';
import { completionIndexOf, hasFailed, hasSucceeded, isTracked, validIndexOf } from './job-pod-state.ts';
import { isIndexed, withFinding, type SharedJob } from './job-state.ts';

/** So many pods at most are counted in one step, since the status must hold their uids. */
const MAX_UNCOUNTED = 500;

/** How pods are counted once, whatever happens: their uids are noted, then their finalizers go, then numbers replace the uids. */
export interface Tracking {
  /** To be written before any finalizer goes. */
  readonly status: JobStatus;
  /** Counted, or never to be: their finalizers may go. */
  readonly release: readonly SharedPod[];
  /** There are more pods to be counted. */
  readonly more: boolean;
}

/** `job` with its present status; `verdict` when it has come to its end. */
export function computeTracking(job: SharedJob, observation: JobObservation, { verdict, nowMs }: { readonly verdict: Verdict | undefined; readonly nowMs: number }): Tracking {
  const { pods, indexes } = observation;
  const tracked = pods.filter(isTracked);
  const status = withCounted((job.status ?? {}) as JobStatus, new Set(tracked.map(({ metadata }) => metadata.uid ?? '')));
  const succeeded = [...(status.uncountedTerminatedPods?.succeeded ?? [])];
  const failed = [...(status.uncountedTerminatedPods?.failed ?? [])];
  const newIndexes: number[] = [];
  const release: SharedPod[] = [];
  let more = false;
  for (const pod of inIndexOrder(job, tracked)) {
    if (succeeded.length + failed.length + newIndexes.length >= MAX_UNCOUNTED) {
      more = true;
      break;
    }
    if (!mayRelease(job, pod, { observation, verdict })) continue;
    release.push(pod);
    const uid = pod.metadata.uid ?? '';
    const index = validIndexOf(pod, job);
    if (hasSucceeded(pod) && !failed.includes(uid)) {
      if (!isIndexed(job)) addOnce(succeeded, uid);
      else if (index !== undefined && indexes?.before.has(index) !== true) newIndexes.push(index);
    } else if (hasFailed(pod, job) || verdict?.type === 'FailureTarget') {
      if ((!isIndexed(job) || index !== undefined) && judgeFailure(job, pod).counts) addOnce(failed, uid);
    }
  }
  const uncountedTerminatedPods: UncountedTerminatedPods = { ...(succeeded.length > 0 && { succeeded }), ...(failed.length > 0 && { failed }) };
  const conditions = verdict ? withFinding(status.conditions ?? [], verdict, nowMs) : status.conditions;
  const counted = { ...status, uncountedTerminatedPods, ...(conditions && { conditions: [...conditions] }) };
  return { status: indexes ? withIndexes(counted, { succeeded: indexes.before.union(IndexSet.of(newIndexes)), failed: indexes.failed }) : counted, release, more };
}

function mayRelease(job: SharedJob, pod: SharedPod, { observation, verdict }: { observation: JobObservation; verdict: Verdict | undefined }): boolean {
  if (job.metadata.deletionTimestamp !== undefined || verdict || hasSucceeded(pod)) return true;
  if (!hasFailed(pod, job)) return false;
  const index = completionIndexOf(pod);
  return index === undefined || observation.indexes?.awaiting.get(index)?.metadata.uid !== pod.metadata.uid;
}

/** The uids of pods that no finalizer holds any more become numbers. */
export function withCounted(status: JobStatus, tracked: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const held = { succeeded: succeeded.filter((uid) => tracked.has(uid)), failed: failed.filter((uid) => tracked.has(uid)) };
  const counted: JobStatus = {
    ...status,
    uncountedTerminatedPods: { ...(held.succeeded.length > 0 && { succeeded: held.succeeded }), ...(held.failed.length > 0 && { failed: held.failed }) },
  };
  const newlySucceeded = succeeded.length - held.succeeded.length;
  const newlyFailed = failed.length - held.failed.length;
  if (newlySucceeded > 0) counted.succeeded = (status.succeeded ?? 0) + newlySucceeded;
  if (newlyFailed > 0) counted.failed = (status.failed ?? 0) + newlyFailed;
  return counted;
}

/** The end of a job whose pods have all ended and are counted; undefined before. */
export function withEnd(status: JobStatus, verdict: Verdict, nowMs: number): JobStatus | undefined {
  const { uncountedTerminatedPods: { succeeded = [], failed = [] } = {}, terminating = 0 } = status;
  if (succeeded.length + failed.length > 0 || terminating > 0) return undefined;
  const { reason, message } = verdict;
  const type = verdict.type === 'FailureTarget' ? 'Failed' : 'Complete';
  const conditions = [...withFinding(status.conditions ?? [], { type, status: 'True', reason, message }, nowMs)];
  return { ...status, conditions, ...(type === 'Complete' && { completionTime: formatTime(nowMs) }) };
}

function withIndexes(status: JobStatus, { succeeded, failed }: { succeeded: IndexSet; failed: IndexSet | undefined }): JobStatus {
  const { succeeded: _, completedIndexes: __, failedIndexes: ___, ...rest } = status;
  return {
    ...rest,
    ...(succeeded.size > 0 && { succeeded: succeeded.size, completedIndexes: succeeded.toString() }),
    ...(failed && { failedIndexes: failed.toString() }),
  };
}

function inIndexOrder(job: SharedJob, pods: readonly SharedPod[]): readonly SharedPod[] {
  if (!isIndexed(job)) return pods;
  const order = (pod: SharedPod): number => completionIndexOf(pod) ?? -1;
  return pods.toSorted((a, b) => order(a) - order(b));
}

function addOnce(uids: string[], uid: string): void {
  if (!uids.includes(uid)) uids.push(uid);
}

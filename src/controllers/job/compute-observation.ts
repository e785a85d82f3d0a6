import { isActive, isReady, isTerminating, type SharedPod } from '../pods/pod-state.ts';
import { judgeFailure } from './failure-policy.ts';
import { IndexSet } from './index-set.ts';
import { failuresBefore, finishedAtMs, hasFailed, hasSucceeded, isTracked, validIndexOf } from './job-pod-state.ts';
import { hasBackoffPerIndex, isIndexed, type SharedJob } from './job-state.ts';

/** What the job's pods say, together with what its status says of those that were counted before. */
export interface JobObservation {
  /** All that there are. */
  readonly pods: readonly SharedPod[];
  readonly active: readonly SharedPod[];
  readonly terminating: readonly SharedPod[];
  readonly ready: number;
  /** Ended since the last count. */
  readonly newSucceeded: readonly SharedPod[];
  readonly newFailed: readonly SharedPod[];
  /** With those counted before; of an indexed job, its indexes. */
  readonly succeeded: number;
  /** Those that a policy ignores do not count. */
  readonly failed: number;
  readonly indexes?: IndexObservation;
}

export interface IndexObservation {
  /** As the status shows them, but for those that the job no longer has. */
  readonly before: IndexSet;
  readonly succeeded: IndexSet;
  /** Only where each index has its own limit of failures. */
  readonly failed?: IndexSet;
  /** The last failed pod of indexes that wait for another: it knows the failures so far, so it must stay until then. */
  readonly awaiting: ReadonlyMap<number, SharedPod>;
}

export function observe(job: SharedJob, pods: readonly SharedPod[]): JobObservation {
  const { status } = job;
  const { succeeded: uncountedSucceeded = [], failed: uncountedFailed = [] } = status?.uncountedTerminatedPods ?? {};
  const active = pods.filter(isActive);
  const countable = pods.filter((pod) => isTracked(pod) && (!isIndexed(job) || validIndexOf(pod, job) !== undefined));
  const newSucceeded = countable.filter((pod) => hasSucceeded(pod) && !uncountedSucceeded.includes(pod.metadata.uid ?? ''));
  const newFailed = countable.filter((pod) => hasFailed(pod, job) && !uncountedFailed.includes(pod.metadata.uid ?? ''));
  const indexes = isIndexed(job) ? observeIndexes(job, pods, active) : undefined;
  return {
    pods,
    active,
    terminating: pods.filter(isTerminating),
    ready: active.filter(isReady).length,
    newSucceeded,
    newFailed,
    succeeded: indexes?.succeeded.size ?? (status?.succeeded ?? 0) + newSucceeded.length + uncountedSucceeded.length,
    failed: (status?.failed ?? 0) + newFailed.filter((pod) => judgeFailure(job, pod).counts).length + uncountedFailed.length,
    ...(indexes && { indexes }),
  };
}

function observeIndexes(job: SharedJob, pods: readonly SharedPod[], active: readonly SharedPod[]): IndexObservation {
  const { completedIndexes = '', failedIndexes = '' } = job.status ?? {};
  const completions = job.spec?.completions ?? 0;
  const before = IndexSet.parse(completedIndexes, completions);
  const tracked = pods.filter((pod) => isTracked(pod) && validIndexOf(pod, job) !== undefined);
  const succeeded = before.union(indexesOf(job, tracked.filter(hasSucceeded)));
  if (!hasBackoffPerIndex(job)) return { before, succeeded, awaiting: new Map() };
  const failed = IndexSet.parse(failedIndexes, completions).union(indexesOf(job, tracked.filter((pod) => indexFailed(job, pod))));
  const settled = succeeded.union(failed).union(indexesOf(job, active));
  return { before, succeeded, failed, awaiting: awaitingPods(job, tracked, settled) };
}

export function indexesOf(job: SharedJob, pods: readonly SharedPod[]): IndexSet {
  return IndexSet.of(pods.flatMap((pod) => validIndexOf(pod, job) ?? []));
}

/** With this pod its index has failed for good. */
function indexFailed(job: SharedJob, pod: SharedPod): boolean {
  if (!hasFailed(pod, job)) return false;
  const { action, counts } = judgeFailure(job, pod);
  return action === 'FailIndex' || (counts && failuresBefore(pod).counted >= (job.spec?.backoffLimitPerIndex ?? 0));
}

function awaitingPods(job: SharedJob, tracked: readonly SharedPod[], settled: IndexSet): Map<number, SharedPod> {
  const awaiting = new Map<number, SharedPod>();
  for (const pod of tracked) {
    const index = validIndexOf(pod, job);
    if (index === undefined || settled.has(index) || !hasFailed(pod, job)) continue;
    const last = awaiting.get(index);
    if (!last || (totalBefore(last) <= totalBefore(pod) && finishedAtMs(last) <= finishedAtMs(pod))) awaiting.set(index, pod);
  }
  return awaiting;
}

export function totalBefore(pod: SharedPod): number {
  const { counted, ignored } = failuresBefore(pod);
  return counted + ignored;
}

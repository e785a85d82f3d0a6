import { inDeletionOrder } from '../pods/deletion-order.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { indexesOf, totalBefore, type IndexObservation, type JobObservation } from './compute-observation.ts';
import { backoffLeftMs, type FailureRecord } from './failure-backoff.ts';
import { judgeFailure } from './failure-policy.ts';
import { failuresBefore, finishedAtMs, validIndexOf } from './job-pod-state.ts';
import { hasBackoffPerIndex, isIndexed, isSuspended, replacesOnlyFailed, type SharedJob } from './job-state.ts';

/** So many pods at most are created or deleted in one run. */
export const BURST = 500;

export interface NewPod {
  /** Of an indexed job. */
  readonly index?: number;
  /** Failures of the index so far, where each has its own limit. */
  readonly failures?: { readonly counted: number; readonly ignored: number };
}

/** Either deletes or creates: what comes of deletions is seen first. */
export interface PodPlan {
  readonly remove: readonly SharedPod[];
  readonly create: readonly NewPod[];
  /** Pods are wanted that failures before them hold back for so long. */
  readonly waitMs?: number;
}

/** What a job that goes on does about its pods. */
export function computePods(job: SharedJob, observation: JobObservation, { record, nowMs }: { readonly record: FailureRecord; readonly nowMs: number }): PodPlan {
  const { active, terminating } = observation;
  if (isSuspended(job)) return { remove: active.slice(0, BURST), create: [] };
  const wanted = wantedActive(job, observation);
  const remove = podsToRemove(job, active, Math.max(0, active.length - wanted)).slice(0, BURST);
  if (remove.length > 0) return { remove, create: [] };
  const missing = wanted - active.length - (replacesOnlyFailed(job) ? terminating.length : 0);
  if (missing <= 0) return { remove: [], create: [] };
  return computeCreations(job, observation, { count: Math.min(missing, BURST), record, nowMs });
}

function wantedActive({ spec }: SharedJob, { succeeded, active }: JobObservation): number {
  const { parallelism = 1, completions } = spec ?? {};
  // Without a number of completions the first success says that there is no work left: those at work may finish.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

function computeCreations(job: SharedJob, observation: JobObservation, { count, record, nowMs }: { count: number; record: FailureRecord; nowMs: number }): PodPlan {
  const { indexes, active, terminating } = observation;
  const waitMs = hasBackoffPerIndex(job) ? 0 : backoffLeftMs(record, nowMs);
  if (waitMs > 0) return { remove: [], create: [], waitMs };
  if (!indexes) return { remove: [], create: Array.from({ length: count }, () => ({})) };
  let taken = indexes.succeeded.union(indexesOf(job, active));
  if (replacesOnlyFailed(job)) taken = taken.union(indexesOf(job, terminating));
  if (indexes.failed) taken = taken.union(indexes.failed);
  const candidates = taken.firstMissing(count, job.spec?.completions ?? 0);
  if (!hasBackoffPerIndex(job)) return { remove: [], create: candidates.map((index) => ({ index })) };
  return independentIndexes(job, indexes, { candidates, nowMs });
}

/** Each index waits for its own failures only. */
function independentIndexes(job: SharedJob, { awaiting }: IndexObservation, { candidates, nowMs }: { candidates: readonly number[]; nowMs: number }): PodPlan {
  const create: NewPod[] = [];
  let waitMs = Number.POSITIVE_INFINITY;
  for (const index of candidates) {
    const before = awaiting.get(index);
    const leftMs = before ? backoffLeftMs({ failures: totalBefore(before) + 1, lastFailureMs: finishedAtMs(before) }, nowMs) : 0;
    if (leftMs > 0) waitMs = Math.min(waitMs, leftMs);
    else create.push({ index, failures: before ? failuresWith(job, before) : { counted: 0, ignored: 0 } });
  }
  return { remove: [], create, ...(Number.isFinite(waitMs) && { waitMs }) };
}

function failuresWith(job: SharedJob, pod: SharedPod): { counted: number; ignored: number } {
  const { counted, ignored } = failuresBefore(pod);
  const counts = Number(judgeFailure(job, pod).counts);
  return { counted: counted + counts, ignored: ignored + 1 - counts };
}

/** At least `count`; of an indexed job first those that double an index, or have none. */
function podsToRemove(job: SharedJob, active: readonly SharedPod[], count: number): SharedPod[] {
  if (!isIndexed(job)) return count === 0 ? [] : inDeletionOrder(active).slice(0, count);
  const remove: SharedPod[] = [];
  const kept = new Map<number, SharedPod>();
  for (const pod of inDeletionOrder(active)) {
    const index = validIndexOf(pod, job);
    const before = index === undefined ? pod : kept.get(index);
    if (before) remove.push(before);
    if (index !== undefined) kept.set(index, pod);
  }
  const missing = count - remove.length;
  return missing > 0 ? [...remove, ...inDeletionOrder([...kept.values()]).slice(0, missing)] : remove;
}

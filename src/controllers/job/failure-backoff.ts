import type { SharedPod } from '../pods/pod-state.ts';
import { finishedAtMs } from './job-pod-state.ts';

const BASE_MS = 10_000;
const MAX_MS = 600_000;

/** Failures of a job's pods since the last one that succeeded. */
export interface FailureRecord {
  readonly failures: number;
  readonly lastFailureMs?: number;
}

export const NO_FAILURES: FailureRecord = { failures: 0 };

/** The record with pods that ended since. */
export function withEnded(record: FailureRecord, succeeded: readonly SharedPod[], failed: readonly SharedPod[]): FailureRecord {
  if (succeeded.length > 0) {
    const lastSuccessMs = Math.max(...succeeded.map(finishedAtMs));
    const later = failed.map(finishedAtMs).filter((ms) => ms > lastSuccessMs);
    return later.length === 0 ? NO_FAILURES : { failures: later.length, lastFailureMs: Math.max(...later) };
  }
  if (failed.length === 0) return record;
  return { failures: record.failures + failed.length, lastFailureMs: Math.max(...failed.map(finishedAtMs)) };
}

/** How long no pod is to be made: twice as long after each failure. 0 when it may be now. */
export function backoffLeftMs({ failures, lastFailureMs }: FailureRecord, nowMs: number): number {
  if (failures === 0 || lastFailureMs === undefined) return 0;
  const backoffMs = Math.min(BASE_MS * 2 ** (failures - 1), MAX_MS);
  return Math.max(0, lastFailureMs + backoffMs - nowMs);
}

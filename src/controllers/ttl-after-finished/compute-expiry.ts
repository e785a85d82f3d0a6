import type { Job } from '../../api/types/generated/batch-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

/** Milliseconds until the job is to be deleted, at least 0; undefined when it is not. */
export function computeExpiry({ metadata, spec, status }: DeepReadonly<Job>, nowMs: number): number | undefined {
  const { ttlSecondsAfterFinished } = spec ?? {};
  if (metadata.deletionTimestamp !== undefined || ttlSecondsAfterFinished === undefined) return undefined;
  const end = status?.conditions?.find((condition) => (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True');
  if (typeof end?.lastTransitionTime !== 'string') return undefined;
  return Math.max(0, Date.parse(end.lastTransitionTime) + ttlSecondsAfterFinished * 1000 - nowMs);
}

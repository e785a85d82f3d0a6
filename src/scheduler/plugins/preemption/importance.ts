import type { PodInfo } from '../../framework/pod-info.ts';

/** Since when the pod runs, in epoch milliseconds; a pod that does not yet is the youngest. */
export function startMs({ pod }: PodInfo): number {
  const started = pod.status?.startTime;
  return started === undefined ? Number.POSITIVE_INFINITY : Date.parse(started);
}

/** The more important pod first: of higher priority, or running longer. */
export function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  const [one, other] = [startMs(a), startMs(b)];
  return one === other ? 0 : one - other;
}

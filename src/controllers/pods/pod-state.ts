import type { Pod, PodCondition } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

export type SharedPod = DeepReadonly<Pod>;

/** Neither ended nor ending. */
export function isActive(pod: SharedPod): boolean {
  return !hasEnded(pod) && pod.metadata.deletionTimestamp === undefined;
}

export function hasEnded({ status }: SharedPod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** On its way to its end, but not there. */
export function isTerminating(pod: SharedPod): boolean {
  return !hasEnded(pod) && pod.metadata.deletionTimestamp !== undefined;
}

function readyCondition({ status }: SharedPod): DeepReadonly<PodCondition> | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

export function isReady(pod: SharedPod): boolean {
  return readyCondition(pod)?.status === 'True';
}

/** Since when the pod is ready, in epoch milliseconds; undefined when it is not, or does not say. */
export function readySinceMs(pod: SharedPod): number | undefined {
  const condition = readyCondition(pod);
  if (condition?.status !== 'True' || typeof condition.lastTransitionTime !== 'string') return undefined;
  return Date.parse(condition.lastTransitionTime);
}

/** When the pod became ready or ceased to be, in epoch milliseconds; undefined when it does not say. */
export function readinessChangedMs(pod: SharedPod): number | undefined {
  return Date.parse(readyCondition(pod)?.lastTransitionTime ?? '') || undefined;
}

/** Ready for at least so long. */
export function isAvailable(pod: SharedPod, minReadySeconds: number, nowMs: number): boolean {
  if (!isReady(pod)) return false;
  if (minReadySeconds === 0) return true;
  const since = readySinceMs(pod);
  return since !== undefined && since + minReadySeconds * 1000 <= nowMs;
}

/** Milliseconds until the first of the ready pods becomes available; undefined when none will by itself. */
export function nextAvailabilityMs(pods: readonly SharedPod[], minReadySeconds: number, nowMs: number): number | undefined {
  const waits = pods.flatMap((pod) => {
    const since = readySinceMs(pod);
    const waitMs = since === undefined ? 0 : since + minReadySeconds * 1000 - nowMs;
    return waitMs > 0 ? [waitMs] : [];
  });
  return waits.length === 0 ? undefined : Math.min(...waits);
}

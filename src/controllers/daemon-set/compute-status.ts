import type { DaemonSetStatus } from '../../api/types/generated/apps-v1.ts';
import { isAvailable, isReady } from '../pods/pod-state.ts';
import type { DaemonObservation } from './compute-manage.ts';
import { isUpdated, type SharedDaemonSet } from './daemon-pods.ts';

/** The status of a set whose nodes and pods are known. Of several pods on a node the oldest speaks for it. */
export function computeStatus(set: SharedDaemonSet, { fits, pods, hashes, nowMs }: DaemonObservation): DaemonSetStatus {
  const { minReadySeconds = 0 } = set.spec ?? {};
  const { collisionCount, conditions } = set.status ?? {};
  let [desired, current, misscheduled, ready, updated, available] = [0, 0, 0, 0, 0, 0];
  for (const [node, fit] of fits) {
    const [pod] = pods.get(node) ?? [];
    if (fit !== 'running') {
      misscheduled += Number(pod !== undefined);
      continue;
    }
    desired++;
    if (!pod) continue;
    current++;
    ready += Number(isReady(pod));
    available += Number(isAvailable(pod, minReadySeconds, nowMs));
    updated += Number(isUpdated(set, pod, hashes));
  }
  const unavailable = desired - available;
  return {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration: set.metadata.generation ?? 0,
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(available > 0 && { numberAvailable: available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
    ...(collisionCount !== undefined && { collisionCount }),
    ...(conditions && { conditions: conditions.map((condition) => ({ ...condition })) }),
  };
}

import type { StatefulSetStatus } from '../../api/types/generated/apps-v1.ts';
import { isAvailable, isReady, type SharedPod } from '../pods/pod-state.ts';
import { replicasOf, revisionOf, type SharedStatefulSet } from './stateful-identity.ts';

export interface StatefulSetObservation {
  readonly pods: readonly SharedPod[];
  readonly current: string;
  readonly update: string;
  readonly collisions: number;
  /** Pods that were just deleted to be updated. */
  readonly deleted: ReadonlySet<SharedPod>;
  readonly nowMs: number;
}

/** The status of a set whose pods are known. Once every pod has the new revision, that is the current one. */
export function computeStatus(set: SharedStatefulSet, { pods, current, update, collisions, deleted, nowMs }: StatefulSetObservation): StatefulSetStatus {
  const { minReadySeconds = 0, updateStrategy } = set.spec ?? {};
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isReady(pod));
  const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const updated = staying.filter((pod) => revisionOf(pod) === update).length;
  const currentPods = staying.filter((pod) => revisionOf(pod) === current && !deleted.has(pod)).length;
  const complete = updateStrategy?.type !== 'OnDelete' && updated === replicasOf(set) && ready.length === replicasOf(set);
  const currentReplicas = complete ? updated : currentPods;
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    availableReplicas: ready.filter((pod) => isAvailable(pod, minReadySeconds, nowMs)).length,
    ...(currentReplicas > 0 && { currentReplicas }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: complete ? update : current,
    updateRevision: update,
    collisionCount: collisions,
  };
}

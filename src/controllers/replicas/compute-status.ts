import type { ReplicaSetCondition, ReplicaSetStatus } from '../../api/types/generated/apps-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { labelSelectorFromMap } from '../../machinery/label-selector.ts';
import { isAvailable, isReady, type SharedPod } from '../pods/pod-state.ts';
import type { SharedReplicaOwner } from './replica-owner.ts';

export interface ReplicaSetObservation {
  readonly active: readonly SharedPod[];
  /** Absent where the kind does not tell of them. */
  readonly terminating?: readonly SharedPod[];
  /** What pods could not be created or deleted for. */
  readonly failure?: string;
  readonly nowMs: number;
}

/** The status of an owner whose pods are known. */
export function computeStatus(owner: SharedReplicaOwner, { active, terminating, failure, nowMs }: ReplicaSetObservation): ReplicaSetStatus {
  const { replicas: wanted = 1, minReadySeconds = 0, template } = owner.spec ?? {};
  const labels = labelSelectorFromMap(template?.metadata?.labels);
  const conditions = computeConditions((owner.status?.conditions ?? []) as readonly ReplicaSetCondition[], { failure, surplus: active.length - wanted, nowMs });
  const counts = {
    fullyLabeledReplicas: active.filter(({ metadata }) => labels.matches(metadata.labels)).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter((pod) => isAvailable(pod, minReadySeconds, nowMs)).length,
  };
  return {
    replicas: active.length,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(terminating && { terminatingReplicas: terminating.length }),
    observedGeneration: owner.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
}

function computeConditions(before: readonly ReplicaSetCondition[], { failure, surplus, nowMs }: { failure: string | undefined; surplus: number; nowMs: number }): ReplicaSetCondition[] {
  const failed = before.some(({ type }) => type === 'ReplicaFailure');
  if (failure === undefined) return before.filter(({ type }) => type !== 'ReplicaFailure');
  if (failed) return [...before];
  const reason = surplus < 0 ? 'FailedCreate' : 'FailedDelete';
  return [...before, { type: 'ReplicaFailure', status: 'True', reason, message: failure, lastTransitionTime: formatTime(nowMs) }];
}

import type { ApiObject } from '../../client/resource-definition.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { PodInfo } from './pod-info.ts';

/** `AssignedPod` has a node, `UnscheduledPod` has none; who is interested in `Pod` is interested in both. */
export type EventResource =
  | 'AssignedPod'
  | 'UnscheduledPod'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'VolumeAttachment'
  | '*';

export type EventAction =
  | 'Add'
  | 'Delete'
  | 'Update'
  | 'UpdateNodeAllocatable'
  | 'UpdateNodeLabel'
  | 'UpdateNodeTaint'
  | 'UpdateNodeCondition'
  | 'UpdateNodeAnnotation'
  | 'UpdatePodLabel'
  | 'UpdatePodScaleDown'
  | 'UpdatePodTolerations'
  | 'UpdatePodSchedulingGatesEliminated'
  | '*';

/** Something that changed in the cluster. `*` stands for anything. */
export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: EventAction;
  readonly old?: DeepReadonly<ApiObject> | undefined;
  readonly current?: DeepReadonly<ApiObject> | undefined;
}

/** Whether a pod that the plugin rejected may fit after the event; must be fast and may be wrong only with `Queue`. */
export type QueueingHint = (pod: PodInfo, event: ClusterEvent) => 'Queue' | 'Skip';

/** Events after which pods that a plugin rejected are looked at again; without a hint: all of them. */
export interface EventInterest {
  readonly resource: EventResource | 'Pod';
  readonly actions: readonly EventAction[];
  readonly hint?: QueueingHint;
}

export const ANYTHING: ClusterEvent = Object.freeze({ resource: '*', action: '*' });

export function isInterested({ resource, actions }: EventInterest, event: ClusterEvent): boolean {
  const sameResource = resource === '*' || event.resource === '*' || resource === event.resource || (resource === 'Pod' && (event.resource === 'AssignedPod' || event.resource === 'UnscheduledPod'));
  return sameResource && (event.action === '*' || actions.includes('*') || actions.includes(event.action));
}

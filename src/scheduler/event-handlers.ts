import type { Node, Pod } from '../api/types/generated/core-v1.ts';
import { BUILTIN } from '../client/builtin-resources.ts';
import type { ApiObject, ResourceDefinition } from '../client/resource-definition.ts';
import { equalJson, type DeepReadonly } from '../machinery/json.ts';
import type { InformerHandler } from '../runtime/informer.ts';
import type { SharedInformers } from '../runtime/shared-informers.ts';
import type { ClusterCache } from './cache/cluster-cache.ts';
import type { EventAction, EventResource } from './framework/cluster-event.ts';
import type { SharedNode, SharedPod } from './framework/objects.ts';
import { PodInfo } from './framework/pod-info.ts';
import type { WaitingPods } from './framework/waiting-pods.ts';
import type { Nominator } from './queue/nominator.ts';
import { schedulingChanges } from './queue/pod-changes.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';

export interface HandlerTargets {
  readonly cache: ClusterCache;
  readonly queue: SchedulingQueue;
  readonly nominator: Nominator;
  readonly waitingPods: WaitingPods;
  /** Whether one of the profiles schedules such a pod. */
  readonly isOurs: (pod: SharedPod) => boolean;
}

/** Ended pods use nothing, and are seen as deleted. */
export const LIVE_PODS = { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' };

const isAssigned = ({ spec }: SharedPod): boolean => (spec?.nodeName ?? '') !== '';

/** Keeps cache and queue as the API shows pods. */
export function podHandler({ cache, queue, nominator, waitingPods, isOurs }: HandlerTargets): InformerHandler<Pod> {
  const place = (pod: SharedPod): void => {
    const info = new PodInfo(pod);
    queue.delete(info);
    nominator.delete(info);
    cache.setPod(info);
    queue.move({ resource: 'AssignedPod', action: 'Add', current: pod });
  };
  const enqueue = (pod: SharedPod): void => {
    if (!isOurs(pod)) return;
    const info = new PodInfo(pod);
    nominator.set(info);
    queue.add(info);
  };
  return {
    onAdd: (pod) => (isAssigned(pod) ? place(pod) : enqueue(pod)),
    onUpdate: (pod, old) => {
      if (isAssigned(pod)) {
        if (!isAssigned(old)) {
          place(pod);
          return;
        }
        cache.setPod(new PodInfo(pod));
        for (const change of schedulingChanges(old, pod)) queue.move(change);
        return;
      }
      if (!isOurs(pod) || pod === old) return;
      const info = new PodInfo(pod);
      nominator.update(info, old);
      if (!cache.isAssumed(info)) queue.update(info, old);
    },
    onDelete: (pod) => {
      const info = new PodInfo(pod);
      const heldANode = isAssigned(pod) || nominator.nodeOf(info) !== undefined || cache.isAssumed(info);
      queue.delete(info);
      nominator.delete(info);
      waitingPods.get(info.uid)?.reject('', 'the pod was deleted');
      cache.removePod(info);
      if (heldANode) queue.move({ resource: 'AssignedPod', action: 'Delete', old: pod });
    },
  };
}

/** Keeps the cache as the API shows nodes. */
export function nodeHandler({ cache, queue }: HandlerTargets): InformerHandler<Node> {
  return {
    onAdd: (node) => {
      cache.setNode(node);
      queue.move({ resource: 'Node', action: 'Add', current: node });
    },
    onUpdate: (node, old) => {
      cache.setNode(node);
      for (const action of nodeChanges(old, node)) queue.move({ resource: 'Node', action, old, current: node });
    },
    onDelete: (node) => {
      cache.removeNode(node);
      queue.move({ resource: 'Node', action: 'Delete', old: node });
    },
  };
}

/** Heartbeats change nothing that matters. */
function nodeChanges(old: SharedNode, node: SharedNode): EventAction[] {
  const actions: EventAction[] = [];
  if ((old.spec?.unschedulable ?? false) !== (node.spec?.unschedulable ?? false) || !equalJson(old.spec?.taints, node.spec?.taints)) actions.push('UpdateNodeTaint');
  if (!equalJson(old.status?.allocatable, node.status?.allocatable)) actions.push('UpdateNodeAllocatable');
  if (!equalJson(old.metadata.labels, node.metadata.labels)) actions.push('UpdateNodeLabel');
  if (!equalJson(old.metadata.annotations, node.metadata.annotations)) actions.push('UpdateNodeAnnotation');
  if (!equalJson(conditionsOf(old), conditionsOf(node))) actions.push('UpdateNodeCondition');
  return actions;
}

function conditionsOf({ status }: SharedNode): unknown {
  return Object.fromEntries((status?.conditions ?? []).map((condition) => [condition.type, condition.status]));
}

/** Other kinds whose changes plugins may be interested in. */
const WATCHED: Readonly<Partial<Record<EventResource, ResourceDefinition<ApiObject>>>> = {
  PersistentVolume: BUILTIN.persistentVolumes as unknown as ResourceDefinition<ApiObject>,
  PersistentVolumeClaim: BUILTIN.persistentVolumeClaims as unknown as ResourceDefinition<ApiObject>,
  StorageClass: BUILTIN.storageClasses as unknown as ResourceDefinition<ApiObject>,
  CSINode: BUILTIN.csiNodes as unknown as ResourceDefinition<ApiObject>,
  CSIDriver: BUILTIN.csiDrivers as unknown as ResourceDefinition<ApiObject>,
  CSIStorageCapacity: BUILTIN.csiStorageCapacities as unknown as ResourceDefinition<ApiObject>,
  VolumeAttachment: BUILTIN.volumeAttachments as unknown as ResourceDefinition<ApiObject>,
};

/** Brings pods back when objects change that some plugin cares for. Returns what ends it. */
export function watchOthers(informers: SharedInformers, queue: SchedulingQueue, wanted: ReadonlySet<EventResource>): () => void {
  const ends: (() => void)[] = [];
  for (const [name, definition] of Object.entries(WATCHED) as [EventResource, ResourceDefinition<ApiObject>][]) {
    if (!wanted.has(name)) continue;
    const move = (action: EventAction, objects: { readonly old?: DeepReadonly<ApiObject>; readonly current?: DeepReadonly<ApiObject> }): void => queue.move({ resource: name, action, ...objects });
    ends.push(
      informers.get(definition).addHandler({
        onAdd: (current) => move('Add', { current }),
        onUpdate: (current, old) => move('Update', { current, old }),
        onDelete: (old) => move('Delete', { old }),
      }),
    );
  }
  return () => {
    for (const end of ends) end();
  };
}

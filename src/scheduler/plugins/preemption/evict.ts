import type { Pod, PodCondition } from '../../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../../client/builtin-resources.ts';
import { formatTime } from '../../../machinery/clock.ts';
import type { JsonObject } from '../../../machinery/json.ts';
import { conditionPatch, isOtherPod } from '../../cycle/condition-patch.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { PodInfo } from '../../framework/pod-info.ts';

/** Marks the victim, deletes it and says so. A victim that is gone already is no failure; other errors are thrown. */
export async function evict(handle: SchedulerHandle, victim: PodInfo, { preemptor, nodeName }: { readonly preemptor: PodInfo; readonly nodeName: string }): Promise<void> {
  const waiting = handle.waitingPods.get(victim.uid);
  if (waiting) {
    waiting.reject('DefaultPreemption', 'preempted');
  } else {
    const pods = handle.client.resource<Pod>(BUILTIN.pods).inNamespace(victim.namespace);
    try {
      if (victim.pod.metadata.deletionTimestamp === undefined) {
        await pods.patchStatus(victim.name, 'strategic', disruptionTarget(handle, victim));
        await pods.delete(victim.name, { preconditions: { uid: victim.uid } });
      }
    } catch (error) {
      if (!isOtherPod(error)) throw error;
    }
  }
  handle.event(victim.pod, { type: 'Normal', reason: 'Preempted', action: 'Preempting', note: `Preempted by pod ${preemptor.uid} on node ${nodeName}` });
}

function disruptionTarget({ clock, schedulerName }: SchedulerHandle, { uid, pod }: PodInfo): JsonObject {
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(clock.now()),
    reason: 'PreemptionByScheduler',
    message: `${schedulerName}: preempting to accommodate a higher priority pod`,
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
  };
  return { metadata: { uid }, status: conditionPatch(pod, condition) };
}

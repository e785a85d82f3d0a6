import type { Pod, PodCondition } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { DeepReadonly, JsonObject } from '../../machinery/json.ts';
import { FitError, NoNodesError } from '../framework/fit-error.ts';
import { PodInfo } from '../framework/pod-info.ts';
import type { QueuedPod } from '../queue/queued-pod.ts';
import type { SchedulerContext } from '../scheduler-context.ts';
import { conditionPatch, isOtherPod } from './condition-patch.ts';

/** A pod that could not be scheduled. */
export interface Failure {
  readonly queued: QueuedPod;
  readonly error: Error;
  /** Where room was made for it; '' takes an earlier nomination back; absent leaves it. */
  readonly nominatedNodeName?: string | undefined;
}

const MAX_NOTE_BYTES = 1024;

/** Puts the pod back into the queue, and tells its users why: an event, and the condition PodScheduled. */
export async function reportFailure(context: SchedulerContext, { queued, error, nominatedNodeName }: Failure): Promise<void> {
  const { queue, nominator, pods, events, log } = context;
  const { info } = queued;
  const rejected = error instanceof FitError || error instanceof NoNodesError;
  if (error instanceof FitError) {
    queued.unschedulablePlugins = error.diagnosis.unschedulablePlugins;
    queued.pendingPlugins = error.diagnosis.pendingPlugins;
  }
  const current = pods.store.get(info.key);
  // Gone, another one by now, or bound by somebody else: nothing is left to do.
  if (!current || current.metadata.uid !== info.uid || (current.spec?.nodeName ?? '') !== '') {
    queue.done(info.uid);
    nominator.delete(info);
    return;
  }
  const latest = current === info.pod ? info : new PodInfo(current);
  queue.requeue(queued, { info: latest, rejected });
  if (nominatedNodeName !== undefined) nominator.set(latest, nominatedNodeName);
  else nominator.update(latest, latest.pod);
  events.get(current.spec?.schedulerName ?? '')?.event(current, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note: shortened(error.message) });
  if (!rejected) log(`scheduler: ${info.key}: ${error.message}`);
  await patchStatus(context, current, { reason: rejected ? 'Unschedulable' : 'SchedulerError', message: error.message, nominatedNodeName });
}

interface Reported {
  readonly reason: string;
  readonly message: string;
  readonly nominatedNodeName: string | undefined;
}

async function patchStatus({ client, clock, signal, log }: SchedulerContext, pod: DeepReadonly<Pod>, reported: Reported): Promise<void> {
  const patch = computeStatusPatch(pod, reported, clock.now());
  if (!patch) return;
  const { namespace = '', name = '' } = pod.metadata;
  try {
    await client.resource<Pod>(BUILTIN.pods).inNamespace(namespace).patchStatus(name, 'strategic', patch, { signal });
  } catch (error) {
    // A pod that is gone, or another one by now, has no use for it; anything else is tried again with the pod.
    if (isOtherPod(error) || signal.aborted) return;
    log(`scheduler: ${namespace}/${name}: status: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What the status lacks of the report; undefined when it says all of it. */
export function computeStatusPatch(pod: DeepReadonly<Pod>, { reason, message, nominatedNodeName }: Reported, nowMs: number): JsonObject | undefined {
  const before = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const observedGeneration = pod.metadata.generation;
  const told = before?.status === 'False' && before.reason === reason && before.message === message && before.observedGeneration === observedGeneration;
  const nominationChanges = nominatedNodeName !== undefined && nominatedNodeName !== (pod.status?.nominatedNodeName ?? '');
  if (told && !nominationChanges) return undefined;
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: before?.status === 'False' ? (before.lastTransitionTime ?? null) : formatTime(nowMs),
    reason,
    message,
    ...(observedGeneration !== undefined && { observedGeneration }),
  };
  return {
    metadata: { uid: pod.metadata.uid },
    status: {
      ...(!told && conditionPatch(pod, condition)),
      ...(nominationChanges && { nominatedNodeName: nominatedNodeName === '' ? null : nominatedNodeName }),
    },
  };
}

/** As kube-scheduler shortens notes. */
function shortened(note: string): string {
  if (Buffer.byteLength(note) <= MAX_NOTE_BYTES) return note;
  return `${Buffer.from(note).subarray(0, MAX_NOTE_BYTES - 4).toString('utf8').replace(/\uFFFD$/, '')} ...`;
}

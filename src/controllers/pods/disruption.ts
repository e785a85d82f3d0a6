import type { Pod, PodCondition } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { JsonObject } from '../../machinery/json.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { SharedPod } from './pod-state.ts';

export interface Disruption {
  readonly reason: string;
  readonly message: string;
}

/** The condition that says why a pod is about to be deleted though nobody asked for it. */
export function disruptionTarget({ metadata }: SharedPod, { reason, message }: Disruption, nowMs: number): PodCondition {
  const { generation } = metadata;
  return { type: 'DisruptionTarget', status: 'True', reason, message, lastTransitionTime: formatTime(nowMs), ...(generation !== undefined && { observedGeneration: generation }) };
}

/** Writes the pod's status fields and then deletes it, within `gracePeriodSeconds` if they are given. A pod that is gone is no failure. */
export async function disruptPod(pods: ResourceClient<Pod>, { metadata }: SharedPod, options: { readonly status: JsonObject | undefined; readonly gracePeriodSeconds?: number; readonly signal: AbortSignal }): Promise<void> {
  const { name = '', namespace = '', uid = '' } = metadata;
  const { status, gracePeriodSeconds, signal } = options;
  const own = pods.inNamespace(namespace);
  try {
    if (status) await own.patchStatus(name, 'strategic', { metadata: { uid }, status }, { signal });
    await own.delete(name, { preconditions: { uid }, ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }), signal });
  } catch (error) {
    if (!hasReason(error, 'NotFound') && !hasReason(error, 'Conflict')) throw error;
  }
}

import type { Node, NodeCondition, Pod, Taint } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { cloneJson, type JsonValue } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { SharedNode } from '../nodes/node-state.ts';
import type { SharedPod } from '../pods/pod-state.ts';

/** Sets the node's taints if it still is as it is known; throws a Conflict otherwise. */
export function writeTaints(nodes: ResourceClient<Node>, { metadata }: SharedNode, taints: readonly Taint[], signal: AbortSignal): Promise<Node> {
  const { name = '', resourceVersion = '' } = metadata;
  return nodes.patch(name, 'merge', { metadata: { resourceVersion }, spec: { taints: taints as unknown as JsonValue[] } }, { signal });
}

/** Sets the node's conditions if it still is as it is known; throws a Conflict otherwise. */
export function writeConditions(nodes: ResourceClient<Node>, node: SharedNode, conditions: readonly NodeCondition[], signal: AbortSignal): Promise<Node> {
  const next = cloneJson(node) as Node;
  return nodes.updateStatus({ ...next, status: { ...next.status, conditions: [...conditions] } }, { signal });
}

/** A pod of which nothing is heard serves nobody. False when it says so already, or is gone. */
export async function markNotReady(pods: ResourceClient<Pod>, pod: SharedPod, { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal }): Promise<boolean> {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  if (pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'True') return false;
  const condition = { type: 'Ready', status: 'False', lastTransitionTime: formatTime(nowMs) };
  try {
    await pods.inNamespace(namespace).patchStatus(name, 'strategic', { metadata: { uid }, status: { conditions: [condition] } }, { signal });
    return true;
  } catch (error) {
    if (hasReason(error, 'NotFound') || hasReason(error, 'Conflict')) return false;
    throw error;
  }
}

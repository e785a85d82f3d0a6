import type { Node, NodeCondition, Pod } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { EventRecorder, EventType } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { SharedPod } from '../pods/pod-state.ts';

export type SharedNode = DeepReadonly<Node>;

const NODE_INDEX = 'spec.nodeName';

export function conditionOf({ status }: SharedNode, type: string): DeepReadonly<NodeCondition> | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** The same informer with what `podsOn` needs. */
export function indexByNode(pods: Informer<Pod>): Informer<Pod> {
  if (!pods.store.hasIndex(NODE_INDEX)) pods.store.addIndex(NODE_INDEX, ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []));
  return pods;
}

/** Pods bound to the node; the informer must be indexed. */
export function podsOn(pods: Informer<Pod>, node: string): SharedPod[] {
  return pods.store.byIndex(NODE_INDEX, node);
}

/** Says something of a node, in the words in which Kubernetes puts it. */
export function recordNodeEvent(events: EventRecorder, { metadata }: SharedNode, { type = 'Normal', reason, message }: { readonly type?: EventType; readonly reason: string; readonly message: string }): void {
  const { name = '', uid = '' } = metadata;
  events.event({ kind: 'Node', apiVersion: 'v1', name, uid }, type, reason, `Node ${name} ${message}`);
}

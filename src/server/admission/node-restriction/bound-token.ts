import type { PodSpec } from '../../../api/pod-template/shapes.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';

export interface BoundObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
}

/** What is wrong with the reference of a token that a node asks for; it must name a pod, down to its uid. */
export function bindingFault(reference: BoundObjectReference | undefined): string | undefined {
  if (reference === undefined || reference.apiVersion !== 'v1' || reference.kind !== 'Pod' || !reference.name) return 'node requested token not bound to a pod';
  return reference.uid ? undefined : 'node requested token with a pod binding without a uid';
}

/** What is wrong with asking for a token for this pod. */
export function boundPodFault(pod: DeepReadonly<KubeObject>, nodeName: string, uid: string): string | undefined {
  if (pod.metadata.uid !== uid) return `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  return (pod['spec'] as PodSpec | undefined)?.nodeName === nodeName ? undefined : 'node requested token bound to a pod scheduled on a different node';
}

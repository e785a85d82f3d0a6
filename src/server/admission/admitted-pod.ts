import type { Container, EphemeralContainer, PodSpec } from '../../api/pod-template/shapes.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { AdmissionOperation, AdmissionRequest } from './admission-plugin.ts';

export interface AdmittedPod extends KubeObject {
  spec: PodSpec;
}

/** The verbs that bring an object along. */
export function isWrite(operation: AdmissionOperation): boolean {
  return operation === 'CREATE' || operation === 'UPDATE';
}

/** True for the resource itself, not for what stands below it. */
export function isAbout({ resource, subresource }: AdmissionRequest, group: string, name: string, below = ''): boolean {
  return resource.resource === name && resource.group === group && subresource === below;
}

/** The pod that a request for the pods themselves (or for `subresource`) carries; undefined for everything else. */
export function admittedPod(request: AdmissionRequest, subresource = ''): AdmittedPod | undefined {
  if (request.object === undefined || !isAbout(request, '', 'pods', subresource)) return undefined;
  return asPod(request.object);
}

export function asPod(object: KubeObject): AdmittedPod {
  object['spec'] ??= {};
  return object as AdmittedPod;
}

/** Every container of a pod with the path of its list, in the order that Kubernetes visits them. */
export function* eachContainer(spec: PodSpec): Generator<{ readonly container: Container | EphemeralContainer; readonly path: string }> {
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    let i = 0;
    for (const container of spec[list] ?? []) yield { container, path: `spec.${list}[${i++}]` };
  }
}

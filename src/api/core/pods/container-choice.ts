import { FieldPath } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { badRequest } from '../../../machinery/status-error.ts';
import { visitContainers } from '../../pod-template/validate-os.ts';
import type { Pod } from './pod.ts';

/**
 * The container that a request for logs, exec or attach means: the named one, or the only one. Throws a BadRequest that
 * lists the choices, init containers first.
 */
export function chooseContainer(object: KubeObject, requested: string): string {
  const { metadata, spec = {} } = object as Pod;
  const podName = metadata.name ?? '';
  const names: string[] = [];
  visitContainers(spec, FieldPath.root(), (container) => names.push(container.name ?? ''));
  if (requested !== '') {
    if (!names.includes(requested)) throw badRequest(`container ${requested} is not valid for pod ${podName}`);
    return requested;
  }
  const containers = spec.containers ?? [];
  const [only] = containers;
  if (only === undefined) throw badRequest(`a container name must be specified for pod ${podName}`);
  if (containers.length > 1) throw badRequest(`a container name must be specified for pod ${podName}, choose one of: [${names.join(' ')}]`);
  return only.name ?? '';
}

/** The node that runs the pod, for requests that must reach it; throws a BadRequest while there is none. */
export function requireNode(object: KubeObject): string {
  const { metadata, spec } = object as Pod;
  if (!spec?.nodeName) throw badRequest(`pod ${metadata.name ?? ''} does not have a host assigned`);
  return spec.nodeName;
}

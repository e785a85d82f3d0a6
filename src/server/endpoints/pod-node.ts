import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { RegistryContext } from '../registry/api-call.ts';
import { readStored, storedType } from './stored-objects.ts';

/** The node that a pod is on. A node that is not there is missed in the name of the resource asked for, as Kubernetes words it. */
export function nodeOfPod(context: RegistryContext, nodeName: string): Promise<DeepReadonly<KubeObject>> {
  return readStored(context, storedType(context, '', 'nodes').storage, { namespace: '', name: nodeName, asked: 'pods' });
}

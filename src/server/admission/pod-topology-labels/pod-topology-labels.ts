import { getOwn } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admittedPod, isAbout } from '../admitted-pod.ts';

const NODES = { group: '', resource: 'nodes' };
const TOPOLOGY_LABELS = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/**
 * A pod that is bound to a node carries the node's zone and region, so that it can read them of itself. Bindings hand
 * their labels on to the pod.
 */
export function podTopologyLabels(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'PodTopologyLabels',
    handles: (operation) => operation === 'CREATE',
    admit(request) {
      const { object } = request;
      if (object === undefined) return;
      const pod = admittedPod(request);
      if (pod !== undefined) copyLabels(reader, pod.spec.nodeName ?? '', object);
      else if (isAbout(request, '', 'pods', 'binding')) copyLabels(reader, boundNode(object), object);
    },
  };
}

function boundNode(binding: KubeObject): string {
  const target = binding['target'] as { kind?: string; name?: string } | undefined;
  return target?.kind === 'Node' ? (target.name ?? '') : '';
}

/** The node's say counts more than what stands there. A node that is not there yet gives nothing. */
function copyLabels(reader: ObjectReader, nodeName: string, { metadata }: KubeObject): void {
  const labels = nodeName === '' ? undefined : reader.get(NODES, '', nodeName)?.metadata.labels;
  if (labels === undefined) return;
  for (const key of TOPOLOGY_LABELS) {
    const value = getOwn(labels, key);
    if (value !== undefined) (metadata.labels ??= {})[key] = value;
  }
}

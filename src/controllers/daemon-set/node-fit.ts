import { wantsNode } from '../../api/placement/node-affinity.ts';
import { untoleratedTaint } from '../../api/placement/tolerations.ts';
import type { Node } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { daemonTolerations, type SharedDaemonSet } from './daemon-pods.ts';

export type SharedNode = DeepReadonly<Node>;

/** `staying`: no new pod comes to the node, but one that is there may go on. */
export type NodeFit = 'running' | 'staying' | 'none';

/** What the set makes of nodes; asked for many of them. */
export function nodeFitOf(set: SharedDaemonSet): (node: SharedNode) => NodeFit {
  const template = set.spec?.template.spec;
  const { nodeName = '' } = template ?? {};
  const tolerations = daemonTolerations(set);
  return (node) => {
    if (nodeName !== '' && nodeName !== node.metadata.name) return 'none';
    if (!wantsNode(template, node)) return 'none';
    const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute' || effect === 'NoSchedule');
    if (!untoleratedTaint(taints, tolerations)) return 'running';
    return untoleratedTaint(taints.filter(({ effect }) => effect === 'NoExecute'), tolerations) ? 'none' : 'staying';
  };
}

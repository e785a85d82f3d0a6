import { wantsNode } from '../../api/placement/node-affinity.ts';
import { untoleratedTaint } from '../../api/placement/tolerations.ts';
import type { Node } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { daemonTolerations, type SharedDaemonSet } from './daemon-pods.ts';

export type SharedNode = DeepReadonly<Node>;

/** `staying`: no new pod comes to the node, but one that is there may go on. */
export type NodeFit = 'running' | 'staying' | 'none';

export function nodeFit(set: SharedDaemonSet, node: SharedNode): NodeFit {
  const template = set.spec?.template.spec;
  const { nodeName = '' } = template ?? {};
  if (nodeName !== '' && nodeName !== node.metadata.name) return 'none';
  if (!wantsNode(template, node)) return 'none';
  const tolerations = daemonTolerations(set);
  const taints = node.spec?.taints ?? [];
  if (!untoleratedTaint(taints.filter(({ effect }) => effect === 'NoExecute' || effect === 'NoSchedule'), tolerations)) return 'running';
  return untoleratedTaint(taints.filter(({ effect }) => effect === 'NoExecute'), tolerations) ? 'none' : 'staying';
}

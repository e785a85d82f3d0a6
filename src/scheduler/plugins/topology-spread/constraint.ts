import type { TopologySpreadConstraint } from '../../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import { LabelSelector, type Labels } from '../../../machinery/label-selector.ts';
import { selectorOrNothing } from '../../framework/affinity-terms.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { untoleratedTaint } from '../../../api/placement/tolerations.ts';

export const HOSTNAME = 'kubernetes.io/hostname';

/** A topology spread constraint, compiled. */
export interface Constraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: LabelSelector;
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
  /** The same for constraints that count the same pods. */
  readonly countKey: string;
}

export type SharedConstraint = DeepReadonly<TopologySpreadConstraint>;

/** Those of the pod with this `whenUnsatisfiable`. */
export function constraintsOf({ pod }: PodInfo, when: TopologySpreadConstraint['whenUnsatisfiable']): Constraint[] {
  return (pod.spec?.topologySpreadConstraints ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when).map((constraint) => compile(constraint, pod.metadata));
}

export function compile(constraint: SharedConstraint, { labels = {}, namespace = '' }: { readonly labels?: Labels; readonly namespace?: string }, selector = selectorOf(constraint, labels)): Constraint {
  const { topologyKey, maxSkew, minDomains = 1, nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' } = constraint;
  return {
    topologyKey,
    maxSkew,
    minDomains,
    selector,
    honorsAffinity: nodeAffinityPolicy === 'Honor',
    honorsTaints: nodeTaintsPolicy === 'Honor',
    countKey: `spread\n${namespace}\n${selector.isNothing ? '-' : selector.toString()}`,
  };
}

/** `matchLabelKeys` demand that pods have the value of the incoming one; the API server may have merged them already. */
function selectorOf({ labelSelector, matchLabelKeys = [] }: SharedConstraint, labels: Labels): LabelSelector {
  const selector = selectorOrNothing(labelSelector);
  const merged = matchLabelKeys.flatMap((key) => {
    const value = labels[key];
    if (value === undefined || selector.requirements.some((requirement) => requirement.key === key && requirement.values.includes(value))) return [];
    return [{ key, operator: 'in' as const, values: [value] }];
  });
  return merged.length === 0 || selector.isNothing ? selector : LabelSelector.of([...selector.requirements, ...merged]);
}

/** Pods on the node that the constraint counts for pods of the namespace. */
export function countOn(node: NodeInfo, { selector, countKey }: Constraint, namespace: string): number {
  if (node.pods.length === 0) return 0;
  return node.countPods(countKey, (other) => other.namespace === namespace && other.pod.metadata.deletionTimestamp === undefined && selector.matches(other.pod.metadata.labels));
}

/** Whether the node has part in the constraint's domains for this pod. */
export function isIncluded({ honorsAffinity, honorsTaints }: Constraint, pod: PodInfo, { node }: NodeInfo): boolean {
  if (honorsAffinity && !pod.nodeAffinity.matches(node)) return false;
  const taints = node.spec?.taints;
  return !honorsTaints || taints === undefined || untoleratedTaint(taints, pod.pod.spec?.tolerations ?? [], ['NoSchedule', 'NoExecute']) === undefined;
}

export function hasAllKeys({ labels }: Pick<NodeInfo, 'labels'>, constraints: readonly Constraint[]): boolean {
  return constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined);
}

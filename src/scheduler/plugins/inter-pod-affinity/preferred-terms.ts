import type { AffinityTerm } from '../../framework/affinity-terms.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { counterOf, meaning } from './required-terms.ts';
import { TopologyCounts } from './topology-counts.ts';

export interface WeighingOptions {
  readonly namespaceLabels: SchedulerHandle['namespaceLabels'];
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

/**
 * How much is said for and against each topology: by the pod's own preferences, and by those of pods that run there, on
 * `attracting` nodes.
 */
export function weighTopologies(pod: PodInfo, { nodes, attracting }: { readonly nodes: readonly NodeInfo[]; readonly attracting: ReadonlySet<NodeInfo> }, { namespaceLabels, hardPodAffinityWeight, ignorePreferredTermsOfExistingPods }: WeighingOptions): TopologyCounts {
  const weights = new TopologyCounts();
  const { preferred, preferredAnti } = pod.affinity;
  const own = [...preferred.map((term) => ({ term, sign: 1 })), ...preferredAnti.map((term) => ({ term, sign: -1 }))].map(({ term, sign }) => ({
    topologyKey: term.topologyKey,
    weight: sign * term.weight,
    count: counterOf([term], namespaceLabels),
  }));
  if (own.length === 0 && ignorePreferredTermsOfExistingPods) return weights;
  const means = meaning(pod, namespaceLabels);
  const weightOf = { required: () => hardPodAffinityWeight, requiredAnti: () => 0, preferred: ({ weight }: AffinityTerm) => weight, preferredAnti: ({ weight }: AffinityTerm) => -weight };
  for (const { topologyKey, weight, count } of own) {
    for (const node of nodes) weights.add(topologyKey, node, weight * count(node));
  }
  for (const node of attracting) {
    for (const { kind, term, count } of node.attractingTerms.values()) {
      if (ignorePreferredTermsOfExistingPods && kind !== 'required') continue;
      const weight = weightOf[kind](term);
      if (weight !== 0 && means(term)) weights.add(term.topologyKey, node, weight * count);
    }
  }
  return weights;
}

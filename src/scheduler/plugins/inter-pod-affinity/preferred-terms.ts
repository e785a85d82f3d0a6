import { termMatches } from '../../framework/affinity-terms.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { counterOf } from './required-terms.ts';
import { TopologyCounts } from './topology-counts.ts';

export interface WeighingOptions {
  readonly namespaceLabels: SchedulerHandle['namespaceLabels'];
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

/** How much is said for and against each topology: by the pod's own preferences, and by those of pods that run there. */
export function weighTopologies(pod: PodInfo, nodes: readonly NodeInfo[], { namespaceLabels, hardPodAffinityWeight, ignorePreferredTermsOfExistingPods }: WeighingOptions): TopologyCounts {
  const weights = new TopologyCounts();
  const { preferred, preferredAnti } = pod.affinity;
  const own = [...preferred.map((term) => ({ term, sign: 1 })), ...preferredAnti.map((term) => ({ term, sign: -1 }))].map(({ term, sign }) => ({
    topologyKey: term.topologyKey,
    weight: sign * term.weight,
    count: counterOf([term], namespaceLabels),
  }));
  if (own.length === 0 && ignorePreferredTermsOfExistingPods) return weights;
  const labels = namespaceLabels(pod.namespace);
  for (const node of nodes) {
    for (const { topologyKey, weight, count } of own) weights.add(topologyKey, node, weight * count(node));
    for (const { affinity } of node.podsWithAffinity) {
      if (hardPodAffinityWeight > 0) {
        for (const term of affinity.required) if (termMatches(term, pod.pod, labels)) weights.add(term.topologyKey, node, hardPodAffinityWeight);
      }
      if (ignorePreferredTermsOfExistingPods) continue;
      for (const term of affinity.preferred) if (termMatches(term, pod.pod, labels)) weights.add(term.topologyKey, node, term.weight);
      for (const term of affinity.preferredAnti) if (termMatches(term, pod.pod, labels)) weights.add(term.topologyKey, node, -term.weight);
    }
  }
  return weights;
}

import { termMatches, type AffinityTerm } from '../../framework/affinity-terms.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { TopologyCounts } from './topology-counts.ts';

type NamespaceLabels = SchedulerHandle['namespaceLabels'];

/** What PreFilter knows of required affinity: how many pods stand where, for one incoming pod. */
export class RequiredTerms {
  /** Where pods are whose anti-affinity keeps this one away. */
  readonly #keptAway: TopologyCounts;
  /** Where pods are that all its affinity terms mean. */
  readonly #wanted: TopologyCounts;
  /** Where pods are that it will not stand beside. */
  readonly #avoided: TopologyCounts;

  private constructor(keptAway: TopologyCounts, wanted: TopologyCounts, avoided: TopologyCounts) {
    this.#keptAway = keptAway;
    this.#wanted = wanted;
    this.#avoided = avoided;
  }

  /** `repelling`: the nodes where pods have required anti-affinity. */
  static count(pod: PodInfo, { nodes, repelling }: { readonly nodes: readonly NodeInfo[]; readonly repelling: ReadonlySet<NodeInfo> }, namespaceLabels: NamespaceLabels): RequiredTerms {
    const terms = new RequiredTerms(new TopologyCounts(), new TopologyCounts(), new TopologyCounts());
    const { required, requiredAnti } = pod.affinity;
    const wanted = required.length > 0 ? counterOf(required, namespaceLabels) : undefined;
    const avoided = requiredAnti.map((term) => ({ topologyKey: term.topologyKey, count: counterOf([term], namespaceLabels) }));
    const means = meaning(pod, namespaceLabels);
    for (const node of repelling) {
      for (const { term, count } of node.repellingTerms.values()) if (means(term)) terms.#keptAway.add(term.topologyKey, node, count);
    }
    if (required.length + requiredAnti.length === 0) return terms;
    for (const node of nodes) {
      if (wanted) {
        const count = wanted(node);
        if (count > 0) for (const { topologyKey } of required) terms.#wanted.add(topologyKey, node, count);
      }
      for (const { topologyKey, count } of avoided) terms.#avoided.add(topologyKey, node, count(node));
    }
    return terms;
  }

  /** True when no node can be refused. */
  isIrrelevantTo({ affinity }: PodInfo): boolean {
    return this.#keptAway.isEmpty && affinity.required.length === 0 && affinity.requiredAnti.length === 0;
  }

  /** As if `other` came to the node (1) or left it (-1). */
  change(pod: PodInfo, { other, node, by }: { readonly other: PodInfo; readonly node: NodeInfo; readonly by: 1 | -1 }, namespaceLabels: NamespaceLabels): void {
    const { required, requiredAnti } = pod.affinity;
    const theirs = namespaceLabels(other.namespace);
    const own = namespaceLabels(pod.namespace);
    for (const term of other.affinity.requiredAnti) if (termMatches(term, pod.pod, own)) this.#keptAway.add(term.topologyKey, node, by);
    if (required.length > 0 && required.every((term) => termMatches(term, other.pod, theirs))) for (const { topologyKey } of required) this.#wanted.add(topologyKey, node, by);
    for (const term of requiredAnti) if (termMatches(term, other.pod, theirs)) this.#avoided.add(term.topologyKey, node, by);
  }

  /** The first pod of a group that wants to stand together has nobody to stand beside, and may go anywhere. */
  satisfiesAffinity(pod: PodInfo, { labels }: NodeInfo, namespaceLabels: NamespaceLabels): boolean {
    let present = true;
    for (const { topologyKey } of pod.affinity.required) {
      const value = labels[topologyKey];
      if (value === undefined) return false;
      if (this.#wanted.get(topologyKey, value) <= 0) present = false;
    }
    if (present) return true;
    const own = namespaceLabels(pod.namespace);
    return this.#wanted.isEmpty && pod.affinity.required.every((term) => termMatches(term, pod.pod, own));
  }

  satisfiesAntiAffinity({ affinity }: PodInfo, { labels }: NodeInfo): boolean {
    return affinity.requiredAnti.every(({ topologyKey }) => {
      const value = labels[topologyKey];
      return value === undefined || this.#avoided.get(topologyKey, value) <= 0;
    });
  }

  isKeptAway(node: NodeInfo): boolean {
    return this.#keptAway.hasAt(node);
  }

  clone(): RequiredTerms {
    return new RequiredTerms(this.#keptAway.clone(), this.#wanted.clone(), this.#avoided.clone());
  }
}

/** Whether terms mean the pod: asked once for each meaning. */
export function meaning(pod: PodInfo, namespaceLabels: NamespaceLabels): (term: AffinityTerm) => boolean {
  const own = namespaceLabels(pod.namespace);
  const known = new Map<string, boolean>();
  return (term) => {
    let means = known.get(term.key);
    if (means === undefined) {
      means = termMatches(term, pod.pod, own);
      known.set(term.key, means);
    }
    return means;
  };
}

/** Counts a node's pods that all the terms mean; nodes remember the count where it hangs on the pods alone. */
export function counterOf(terms: readonly AffinityTerm[], namespaceLabels: NamespaceLabels): (node: NodeInfo) => number {
  const meant = (other: PodInfo): boolean => terms.every((term) => termMatches(term, other.pod, term.namespaceSelector.isNothing ? undefined : namespaceLabels(other.namespace)));
  if (terms.some(({ namespaceSelector }) => !namespaceSelector.isNothing && !namespaceSelector.isEverything)) return (node) => node.pods.filter(meant).length;
  const key = `affinity\n${terms.map((term) => term.key).join('\n')}`;
  return (node) => (node.pods.length === 0 ? 0 : node.countPods(key, meant));
}

import { affinityTermsOf, termMatches } from '../../framework/affinity-terms.ts';
import type { ClusterEvent } from '../../framework/cluster-event.ts';
import { StateKey } from '../../framework/cycle-state.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { SharedPod } from '../../framework/objects.ts';
import { MAX_NODE_SCORE, type Plugin } from '../../framework/plugin.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { Status } from '../../framework/status.ts';
import { weighTopologies } from './preferred-terms.ts';
import { RequiredTerms } from './required-terms.ts';
import type { TopologyCounts } from './topology-counts.ts';

export interface InterPodAffinityArgs {
  /** What required affinity of running pods to an incoming one weighs when it is scored; 0 to 100, default 1. */
  readonly hardPodAffinityWeight?: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

const NO_AFFINITY = Status.unresolvable("node(s) didn't match pod affinity rules");
const ANTI_AFFINITY = Status.unschedulable("node(s) didn't match pod anti-affinity rules");
const KEPT_AWAY = Status.unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

/** Affinity and anti-affinity between pods, of the incoming pod and of those that run, required and preferred. */
export function interPodAffinity({ hardPodAffinityWeight = 1, ignorePreferredTermsOfExistingPods = false }: InterPodAffinityArgs = {}, handle: Pick<SchedulerHandle, 'namespaceLabels' | 'nodes' | 'repellingNodes' | 'attractingNodes'>): Plugin {
  const { namespaceLabels } = handle;
  const requiredKey = new StateKey<RequiredTerms>('InterPodAffinity');
  const weightsKey = new StateKey<TopologyCounts>('InterPodAffinity weights');
  return {
    name: 'InterPodAffinity',
    events: [
      { resource: 'AssignedPod', actions: ['Add', 'Delete', 'UpdatePodLabel'], hint: (pod, event) => (concerns(pod, event, namespaceLabels) ? 'Queue' : 'Skip') },
      { resource: 'UnscheduledPod', actions: ['UpdatePodLabel'], hint: (pod, { current }) => (current?.metadata.uid === pod.uid ? 'Queue' : 'Skip') },
      { resource: 'Node', actions: ['Add', 'UpdateNodeLabel', 'UpdateNodeTaint'] },
    ],
    preFilter: (state, pod, nodes) => {
      const terms = RequiredTerms.count(pod, { nodes, repelling: handle.repellingNodes() }, namespaceLabels);
      if (terms.isIrrelevantTo(pod)) return Status.skip();
      state.set(requiredKey, terms);
      return undefined;
    },
    addPod: (state, pod, change) => {
      state.get(requiredKey)?.change(pod, { ...change, by: 1 }, namespaceLabels);
      return undefined;
    },
    removePod: (state, pod, change) => {
      state.get(requiredKey)?.change(pod, { ...change, by: -1 }, namespaceLabels);
      return undefined;
    },
    filter: (state, pod, node) => {
      const terms = state.get(requiredKey);
      if (!terms) return undefined;
      if (pod.affinity.required.length > 0 && !terms.satisfiesAffinity(pod, node, namespaceLabels)) return NO_AFFINITY;
      if (!terms.satisfiesAntiAffinity(pod, node)) return ANTI_AFFINITY;
      return terms.isKeptAway(node) ? KEPT_AWAY : undefined;
    },
    preScore: (state, pod) => {
      const weights = weighTopologies(pod, { nodes: handle.nodes(), attracting: handle.attractingNodes() }, { namespaceLabels, hardPodAffinityWeight, ignorePreferredTermsOfExistingPods });
      if (weights.isEmpty) return Status.skip();
      state.set(weightsKey, weights);
      return undefined;
    },
    score: (state, _pod, node) => state.get(weightsKey)?.sumAt(node) ?? 0,
    normalizeScores: (_state, _pod, { scores }) => {
      let least = Number.POSITIVE_INFINITY;
      let most = Number.NEGATIVE_INFINITY;
      for (const score of scores) {
        least = Math.min(least, score);
        most = Math.max(most, score);
      }
      for (let i = 0; i < scores.length; i++) scores[i] = most > least ? Math.floor((MAX_NODE_SCORE * ((scores[i] as number) - least)) / (most - least)) : 0;
    },
  };
}

/** Whether a pod's coming, going or changing can matter to the terms between it and the waiting one. */
function concerns(pod: PodInfo, { old, current }: ClusterEvent, namespaceLabels: SchedulerHandle['namespaceLabels']): boolean {
  const means = (other: SharedPod | undefined): boolean => {
    if (other === undefined) return false;
    const theirs = namespaceLabels(other.metadata.namespace ?? '');
    const { required, requiredAnti } = pod.affinity;
    return [...required, ...requiredAnti].some((term) => termMatches(term, other, theirs)) || affinityTermsOf(other).requiredAnti.some((term) => termMatches(term, pod.pod, namespaceLabels(pod.namespace)));
  };
  return means(old as SharedPod | undefined) || means(current as SharedPod | undefined);
}

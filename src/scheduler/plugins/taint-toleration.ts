import { StateKey } from '../framework/cycle-state.ts';
import type { SharedNode } from '../framework/objects.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { Status } from '../framework/status.ts';
import { normalizeScores } from './normalize-scores.ts';
import { toleratesTaint, untoleratedTaint } from '../../api/placement/tolerations.ts';
import type { Toleration } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

const TAINTED = Status.unresolvable('node(s) had untolerated taint(s)');

/** Taints keep pods away that do not tolerate them: `NoSchedule` and `NoExecute` strictly, `PreferNoSchedule` if possible. */
export function taintToleration(): Plugin {
  const preferred = new StateKey<readonly DeepReadonly<Toleration>[]>('TaintToleration');
  return {
    name: 'TaintToleration',
    events: [
      { resource: 'Node', actions: ['Add', 'UpdateNodeTaint'], hint: (pod, { current }) => (isTainted(pod, current as SharedNode) ? 'Skip' : 'Queue') },
      { resource: 'UnscheduledPod', actions: ['UpdatePodTolerations'], hint: (pod, { current }) => (current?.metadata.uid === pod.uid ? 'Queue' : 'Skip') },
    ],
    filter: (_state, pod, { node }) => (isTainted(pod, node) ? TAINTED : undefined),
    preScore: (state, { pod }) => {
      const tolerations = (pod.spec?.tolerations ?? []).filter(({ effect }) => effect === undefined || effect === 'PreferNoSchedule');
      state.set(preferred, tolerations);
      return undefined;
    },
    score: (state, _pod, { node }) => {
      const taints = node.spec?.taints;
      if (taints === undefined) return 0;
      const tolerations = state.get(preferred) ?? [];
      return taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !tolerations.some((toleration) => toleratesTaint(toleration, taint))).length;
    },
    normalizeScores: (_state, _pod, { scores }) => normalizeScores(scores, { reversed: true }),
  };
}

function isTainted({ pod }: PodInfo, { spec }: SharedNode): boolean {
  return spec?.taints !== undefined && untoleratedTaint(spec.taints, pod.spec?.tolerations ?? [], ['NoSchedule', 'NoExecute']) !== undefined;
}

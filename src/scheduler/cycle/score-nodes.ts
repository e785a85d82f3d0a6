import type { CycleState } from '../framework/cycle-state.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { PluginScores, Profile } from '../framework/profile.ts';
import type { Extender } from './extender.ts';

export interface ChooseNodeContext {
  readonly profile: Profile;
  readonly extenders: readonly Extender[];
  /** 0 ≤ n < 1 */
  readonly random: () => number;
  /** At least one. */
  readonly nodes: readonly NodeInfo[];
}

export interface ScoredNodes {
  readonly chosen: NodeInfo;
  /** The sums, in the order of the nodes; absent when there was only one. */
  readonly totals?: Float64Array;
  readonly byPlugin: readonly PluginScores[];
}

/** The best of the nodes; one of the best by chance when there are several. Throws what a plugin fails with. */
export async function chooseNode(
  { profile, extenders, random, nodes }: ChooseNodeContext,
  state: CycleState,
  pod: PodInfo,
): Promise<ScoredNodes> {
  const [only] = nodes;
  if (only === undefined) throw new RangeError('no nodes to choose from');
  if (nodes.length === 1) return { chosen: only, byPlugin: [] };
  const byPlugin = await profile.score(state, pod, nodes);
  const totals = new Float64Array(nodes.length);
  for (const { scores } of byPlugin) for (let i = 0; i < totals.length; i++) totals[i] = (totals[i] as number) + (scores[i] as number);
  const extended = await Promise.all(extenders.flatMap((extender) => (extender.prioritize && extender.isInterested(pod) ? [extender.prioritize(pod, nodes)] : [])));
  for (const scores of extended) {
    nodes.forEach((node, i) => (totals[i] = (totals[i] as number) + (scores.get(node.name) ?? 0)));
  }
  let best = 0;
  let ties = 1;
  for (let i = 1; i < totals.length; i++) {
    const total = totals[i] as number;
    const most = totals[best] as number;
    if (total > most) {
      best = i;
      ties = 1;
    } else if (total === most && random() * ++ties < 1) {
      best = i;
    }
  }
  return { chosen: nodes[best] as NodeInfo, totals, byPlugin };
}

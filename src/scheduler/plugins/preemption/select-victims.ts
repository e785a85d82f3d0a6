import type { Victims } from '../../cycle/extender.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { Status } from '../../framework/status.ts';
import { splitByBudgets, type CompiledBudget } from './disruption-budgets.ts';
import { byImportance } from './importance.ts';

const NO_VICTIMS = Status.unresolvable('No preemption victims found for incoming pod');

export interface VictimSearch {
  readonly handle: Pick<SchedulerHandle, 'filter' | 'addPod' | 'removePod'>;
  readonly pod: PodInfo;
  readonly budgets: readonly CompiledBudget[];
}

/**
 * The fewest and least important pods that must leave the node for the pod to fit: all less important ones are taken
 * away, then put back one by one while it still fits, those first whose end would break a disruption budget, then the
 * most important ones. A status when even all of them would not do.
 */
export function selectVictims({ handle, pod, budgets }: VictimSearch, state: CycleState, from: NodeInfo): Victims | Status {
  const node = from.clone();
  const trial = state.clone();
  const candidates = from.pods.filter(({ priority }) => priority < pod.priority).sort(byImportance);
  if (candidates.length === 0) return NO_VICTIMS;
  for (const other of candidates) {
    node.removePod(other);
    const failed = handle.removePod(trial, pod, { other, node });
    if (failed) return failed;
  }
  const rejection = handle.filter(trial, pod, node);
  if (rejection) return rejection;
  const staysPossible = (other: PodInfo): boolean => {
    node.addPod(other);
    handle.addPod(trial, pod, { other, node });
    if (handle.filter(trial, pod, node) === undefined) return true;
    node.removePod(other);
    handle.removePod(trial, pod, { other, node });
    return false;
  };
  const { violating, harmless } = splitByBudgets(candidates, budgets);
  const violators = violating.filter((other) => !staysPossible(other));
  const others = harmless.filter((other) => !staysPossible(other));
  return { pods: [...violators, ...others].sort(byImportance), violations: violators.length };
}

import type { PodDisruptionBudget } from '../../../api/types/generated/policy-v1.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import type { LabelSelector } from '../../../machinery/label-selector.ts';
import { selectorOrNothing } from '../../framework/affinity-terms.ts';
import type { PodInfo } from '../../framework/pod-info.ts';

/** A budget with its selector compiled. */
export interface CompiledBudget {
  readonly budget: DeepReadonly<PodDisruptionBudget>;
  readonly selector: LabelSelector;
}

export function compileBudgets(budgets: readonly DeepReadonly<PodDisruptionBudget>[]): CompiledBudget[] {
  return budgets.map((budget) => ({ budget, selector: selectorOrNothing(budget.spec?.selector) }));
}

/** Which of the pods could not go without breaking a budget, if they went in this order. */
export function splitByBudgets(pods: readonly PodInfo[], budgets: readonly CompiledBudget[]): { readonly violating: readonly PodInfo[]; readonly harmless: readonly PodInfo[] } {
  const watched = budgets.map(({ budget, selector }) => ({ budget, selector, allowed: budget.status?.disruptionsAllowed ?? 0 }));
  const violating: PodInfo[] = [];
  const harmless: PodInfo[] = [];
  for (const info of pods) {
    let violates = false;
    for (const watch of watched) {
      const { budget, selector } = watch;
      if (budget.metadata.namespace !== info.namespace || selector.isEverything || !selector.matches(info.pod.metadata.labels)) continue;
      // Its disruption is counted already.
      if (Object.hasOwn(budget.status?.disruptedPods ?? {}, info.name)) continue;
      watch.allowed--;
      if (watch.allowed < 0) violates = true;
    }
    (violates ? violating : harmless).push(info);
  }
  return { violating, harmless };
}

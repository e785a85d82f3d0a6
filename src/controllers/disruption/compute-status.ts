import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../api/types/generated/policy-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { scaleIntOrPercent } from '../../machinery/int-or-string.ts';
import { equalJson, getOwn, type DeepReadonly } from '../../machinery/json.ts';
import { setCondition, type Condition } from '../conditions/set-condition.ts';
import { isReady, type SharedPod } from '../pods/pod-state.ts';

export type SharedBudget = DeepReadonly<PodDisruptionBudget>;

/** A pod that an eviction promised to be gone counts as such for so long. */
const DELETION_TIMEOUT_MS = 2 * 60_000;
const ALLOWED = 'DisruptionAllowed';

export interface BudgetObservation {
  /** What the budget selects. */
  readonly pods: readonly SharedPod[];
  readonly expectedPods: number;
  readonly nowMs: number;
}

export interface BudgetVerdict {
  /** Undefined: it is as it should be. */
  readonly status: PodDisruptionBudgetStatus | undefined;
  /** Pods that were promised to go, and did not. */
  readonly notDeleted: readonly SharedPod[];
  /** When the next such promise runs out, in epoch milliseconds. */
  readonly recheckMs: number | undefined;
}

/** Whether the expected pods are those of the pods' controllers; otherwise it is those that there are. */
export function needsScale({ spec }: SharedBudget): boolean {
  return spec?.maxUnavailable !== undefined || typeof spec?.minAvailable === 'string';
}

export function computeStatus(budget: SharedBudget, { pods, expectedPods, nowMs }: BudgetObservation): BudgetVerdict {
  const promised = promises(budget, pods, nowMs);
  const healthy = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && !promised.times.has(pod.metadata.name ?? '') && isReady(pod)).length;
  const desiredHealthy = desired(budget, expectedPods);
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, healthy - desiredHealthy) : 0;
  const generation = budget.metadata.generation ?? 0;
  const enough = disruptionsAllowed > 0;
  const before = (budget.status?.conditions ?? []) as readonly DeepReadonly<Condition>[];
  const condition = { type: ALLOWED, status: enough ? 'True' : 'False', reason: enough ? 'SufficientPods' : 'InsufficientPods', message: '', observedGeneration: generation };
  const disruptedPods = Object.fromEntries([...promised.times].map(([name, time]) => [name, formatTime(time)]));
  const status = {
    observedGeneration: generation,
    ...(promised.times.size > 0 && { disruptedPods }),
    disruptionsAllowed,
    currentHealthy: healthy,
    desiredHealthy,
    expectedPods,
    conditions: setCondition(before, condition, nowMs) as PodDisruptionBudgetStatus['conditions'] & object,
  };
  return { status: equalJson(budget.status, status) ? undefined : status, notDeleted: promised.notDeleted, recheckMs: promised.recheckMs };
}

/** A budget that cannot be calculated allows nothing, and says why. Undefined: it says so already. */
export function failedStatus({ status }: SharedBudget, message: string, nowMs: number): PodDisruptionBudgetStatus | undefined {
  const before = (status?.conditions ?? []) as readonly DeepReadonly<Condition>[];
  const observedGeneration = status?.observedGeneration;
  const condition = { type: ALLOWED, status: 'False', reason: 'SyncFailed', message, ...(observedGeneration !== undefined && { observedGeneration }) };
  const conditions = setCondition(before, condition, nowMs);
  if (conditions === before && status?.disruptionsAllowed === 0) return undefined;
  const { disruptedPods, ...counts } = status ?? { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  return { ...counts, ...(disruptedPods && { disruptedPods: { ...disruptedPods } }), disruptionsAllowed: 0, conditions: conditions as PodDisruptionBudgetStatus['conditions'] & object };
}

function desired({ spec }: SharedBudget, expectedPods: number): number {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (maxUnavailable !== undefined) return Math.max(0, expectedPods - scaleIntOrPercent(maxUnavailable, expectedPods, 'up'));
  return minAvailable === undefined ? 0 : scaleIntOrPercent(minAvailable, expectedPods, 'up');
}

function promises({ status }: SharedBudget, pods: readonly SharedPod[], nowMs: number): { readonly times: ReadonlyMap<string, number>; readonly notDeleted: readonly SharedPod[]; readonly recheckMs: number | undefined } {
  const times = new Map<string, number>();
  const notDeleted: SharedPod[] = [];
  let recheckMs: number | undefined;
  for (const pod of pods) {
    const { name = '', deletionTimestamp } = pod.metadata;
    const promised = getOwn(status?.disruptedPods ?? {}, name);
    if (typeof promised !== 'string' || deletionTimestamp !== undefined) continue;
    const untilMs = Date.parse(promised) + DELETION_TIMEOUT_MS;
    if (untilMs < nowMs) notDeleted.push(pod);
    else {
      times.set(name, untilMs - DELETION_TIMEOUT_MS);
      recheckMs = Math.min(recheckMs ?? untilMs, untilMs);
    }
  }
  return { times, notDeleted, recheckMs };
}

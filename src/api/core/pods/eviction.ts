import { formatTime } from '../../../machinery/clock.ts';
import { labelSelectorFromObject, type LabelSelectorObject } from '../../../machinery/label-selector.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { failure, forbidden, type StatusError } from '../../../machinery/status-error.ts';
import type { Pod } from './pod.ts';

interface BudgetCondition {
  type?: string;
  status?: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

type BudgetStatus = NonNullable<DisruptionBudget['status']>;

/** policy/v1 PodDisruptionBudget, as far as evictions read and write it. */
export interface DisruptionBudget extends KubeObject {
  spec?: { selector?: LabelSelectorObject; unhealthyPodEvictionPolicy?: string };
  status?: {
    observedGeneration?: number;
    disruptionsAllowed?: number;
    currentHealthy?: number;
    desiredHealthy?: number;
    disruptedPods?: Record<string, string>;
    conditions?: BudgetCondition[];
  };
}

/**
 * What becomes of an eviction. `spend`: the budget's status must be written first, as given here, against the version
 * that was read; a conflict means that the decision is to be made anew.
 */
export type EvictionDecision =
  | { readonly type: 'evict' }
  | { readonly type: 'spend'; readonly budget: DisruptionBudget }
  | { readonly type: 'refuse'; readonly error: StatusError };

const VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget.";
const SEVERAL = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
const DISRUPTION_ALLOWED = 'DisruptionAllowed';
const RETRY_SECONDS = 10;
/** Evictions that the budget's controller has not counted yet. */
const MAX_UNCONFIRMED = 2000;
const RESOURCE = { group: 'policy', resource: 'poddisruptionbudgets' };

/** Decides by the budgets of the pod's namespace; those that do not select the pod are passed over. */
export function decideEviction(object: KubeObject, budgets: readonly DisruptionBudget[], nowMs: number): EvictionDecision {
  const pod = object as Pod;
  if (needsNoBudget(pod)) return { type: 'evict' };
  const [budget, ...others] = budgets.filter((candidate) => selects(candidate, pod));
  if (budget === undefined) return { type: 'evict' };
  if (others.length > 0) return { type: 'refuse', error: failure({ code: 500, message: SEVERAL }) };
  if (!isReady(pod) && mayGoUnready(budget)) return { type: 'evict' };
  return spend(pod, budget, nowMs);
}

/** Pods that serve nobody yet, or no more. */
function needsNoBudget({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined || ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? '');
}

function selects(budget: DisruptionBudget, pod: Pod): boolean {
  const labels = pod.metadata.labels ?? {};
  if (Object.keys(labels).length === 0 || budget.metadata.namespace !== pod.metadata.namespace) return false;
  return budget.spec?.selector !== undefined && labelSelectorFromObject(budget.spec.selector).matches(labels);
}

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

/** A pod that is not ready counts for nothing: it may go while the others suffice, or always where the budget says so. */
function mayGoUnready({ spec, status }: DisruptionBudget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const desired = status?.desiredHealthy ?? 0;
  return desired > 0 && (status?.currentHealthy ?? 0) >= desired;
}

function spend(pod: Pod, budget: DisruptionBudget, nowMs: number): EvictionDecision {
  const name = budget.metadata.name ?? '';
  const status = budget.status ?? {};
  const allowed = status.disruptionsAllowed ?? 0;
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) {
    return refuse(`The disruption budget ${name} is still being processed by the server.`, RETRY_SECONDS);
  }
  if (allowed < 0) return { type: 'refuse', error: forbidden(RESOURCE, name, 'pdb disruptions allowed is negative') };
  if (Object.keys(status.disruptedPods ?? {}).length > MAX_UNCONFIRMED) {
    return { type: 'refuse', error: forbidden(RESOURCE, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller') };
  }
  if (allowed === 0) return refuse(whyNone(name, status));
  const disruptedPods = { ...status.disruptedPods, [pod.metadata.name ?? '']: formatTime(nowMs) };
  const spent = { ...status, disruptionsAllowed: allowed - 1, disruptedPods };
  return { type: 'spend', budget: { ...budget, status: allowed > 1 ? spent : { ...spent, conditions: withNoneLeft(status, nowMs) } } };
}

/** The budget says itself that nothing is left of it, and does not wait for its controller. */
function withNoneLeft({ conditions = [], observedGeneration = 0 }: BudgetStatus, nowMs: number): BudgetCondition[] {
  const before = conditions.find(({ type }) => type === DISRUPTION_ALLOWED);
  const lastTransitionTime = before?.status === 'False' && before.lastTransitionTime !== undefined ? before.lastTransitionTime : formatTime(nowMs);
  const none: BudgetCondition = { type: DISRUPTION_ALLOWED, status: 'False', reason: 'InsufficientPods', message: '', lastTransitionTime, ...(observedGeneration !== 0 && { observedGeneration }) };
  return before ? conditions.map((condition) => (condition === before ? none : condition)) : [...conditions, none];
}

function whyNone(name: string, status: BudgetStatus): string {
  const condition = status.conditions?.find((candidate) => candidate.type === DISRUPTION_ALLOWED);
  if (condition?.reason === 'SyncFailed') {
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${condition.message ?? ''}`;
  }
  return `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`;
}

function refuse(message: string, retryAfterSeconds?: number): EvictionDecision {
  const causes = [{ reason: 'DisruptionBudget', message }];
  const details = retryAfterSeconds === undefined ? { causes } : { causes, retryAfterSeconds };
  return { type: 'refuse', error: failure({ code: 429, reason: 'TooManyRequests', message: VIOLATES, details }) };
}

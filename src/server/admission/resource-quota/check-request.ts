import type { AdmissionRequest } from '../admission-plugin.ts';
import type { UsageEvaluator } from '../../../api/quota/evaluators/evaluator.ts';
import type { Quota } from '../../../api/quota/quota.ts';
import { addUsage, exceededNames, formatNames, formatUsage, maskUsage, negativeNames, subtractUsage, withoutZeros, type Usage } from '../../../api/quota/usage.ts';

export type QuotaVerdict =
  | { readonly type: 'refused'; readonly detail: string }
  /** The quotas that the write counts against, with what is used after it; empty when it counts against none. */
  | { readonly type: 'admitted'; readonly charged: ReadonlyMap<string, Usage> };

/**
 * Whether a write fits into every quota that speaks of its object, and what it costs each. A quota whose usage has not
 * been counted yet lets nothing in that it limits.
 */
export function checkRequest(request: AdmissionRequest, evaluator: UsageEvaluator, quotas: readonly Quota[]): QuotaVerdict {
  const { object, oldObject } = request;
  if (object === undefined) return { type: 'admitted', charged: new Map() };
  const matching = quotas.filter((quota) => matches(quota, evaluator, object));
  for (const quota of matching) {
    const limited = [...quota.hard.keys()].filter((name) => evaluator.measures(name));
    const fault = evaluator.fault?.(object, limited);
    if (fault !== undefined) return { type: 'refused', detail: `failed quota: ${quota.name}: ${fault}` };
    if (!limited.every((name) => quota.used.has(name))) return { type: 'refused', detail: `status unknown for quota: ${quota.name}, resources: ${formatNames(limited)}` };
  }
  const usage = evaluator.usage(object);
  const negative = negativeNames(usage);
  if (negative.length > 0) return { type: 'refused', detail: `quota usage is negative for resource(s): ${formatNames(negative)}` };
  const before = request.operation === 'UPDATE' && oldObject?.metadata.resourceVersion ? evaluator.usage(oldObject) : undefined;

  const charged = new Map<string, Usage>();
  for (const quota of matching) {
    // What the object used before is taken off only where it was counted: its scopes may have changed.
    const wasCounted = before !== undefined && oldObject !== undefined && matches(quota, evaluator, oldObject);
    const change = maskUsage(withoutZeros(wasCounted ? subtractUsage(usage, before) : usage), quota.hard);
    if (change.size === 0) continue;
    const used = addUsage(quota.used, change);
    const exceeded = exceededNames(maskUsage(used, change), quota.hard);
    if (exceeded.size > 0) {
      const shown = (amounts: Usage): string => formatUsage(maskUsage(amounts, exceeded));
      return { type: 'refused', detail: `exceeded quota: ${quota.name}, requested: ${shown(change)}, used: ${shown(quota.used)}, limited: ${shown(quota.hard)}` };
    }
    charged.set(quota.name, used);
  }
  return { type: 'admitted', charged };
}

function matches(quota: Quota, evaluator: UsageEvaluator, object: NonNullable<AdmissionRequest['object']>): boolean {
  for (const name of quota.hard.keys()) {
    if (evaluator.measures(name)) return quota.scopes.every((scope) => evaluator.matchesScope(scope, object));
  }
  return false;
}

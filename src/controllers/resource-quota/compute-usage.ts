import type { ResourceQuota } from '../../api/types/generated/core-v1.ts';
import type { Measured, UsageEvaluator } from '../../api/quota/evaluators/evaluator.ts';
import { quotaOf } from '../../api/quota/quota.ts';
import { addUsage, maskUsage, usageOf, type Usage } from '../../api/quota/usage.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { compareQuantity, formatQuantity, ZERO_QUANTITY } from '../../machinery/quantity.ts';

export type SharedQuota = DeepReadonly<ResourceQuota>;

/** All objects of one resource in the quota's namespace. */
export interface MeasuredObjects {
  readonly evaluator: UsageEvaluator;
  readonly objects: Iterable<Measured>;
}

/**
 * The status of a quota after a count; undefined when it says so already. What could not be counted keeps the amount
 * that was known of it.
 */
export function computeStatus(quota: SharedQuota, measured: readonly MeasuredObjects[]): NonNullable<ResourceQuota['status']> | undefined {
  const hard = usageOf(quota.spec?.hard);
  const { scopes } = quotaOf(quota as unknown as DeepReadonly<KubeObject>);
  const used = new Map(maskUsage(usageOf(quota.status?.used), hard));
  const counted = new Map<string, Usage>();
  for (const { evaluator, objects } of measured) {
    const names = new Set([...hard.keys()].filter((name) => evaluator.measures(name)));
    let sum: Usage = new Map([...names].map((name) => [name, ZERO_QUANTITY]));
    for (const object of objects) if (scopes.every((scope) => evaluator.matchesScope(scope, object))) sum = addUsage(sum, maskUsage(evaluator.usage(object), names));
    for (const name of names) counted.set(name, addUsage(counted.get(name) ?? new Map(), maskUsage(sum, new Set([name]))));
  }
  for (const [name, amount] of counted) used.set(name, amount.get(name) ?? ZERO_QUANTITY);
  const same = quota.status?.hard !== undefined && quota.status.used !== undefined && equalUsage(usageOf(quota.status.hard), hard) && equalUsage(usageOf(quota.status.used), used);
  return same ? undefined : { hard: { ...quota.spec?.hard }, used: listOf(used) };
}

function equalUsage(a: Usage, b: Usage): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([name, amount]) => {
    const other = b.get(name);
    return other !== undefined && compareQuantity(amount, other) === 0;
  });
}

function listOf(usage: Usage): Record<string, string> {
  return Object.fromEntries([...usage].map(([name, amount]) => [name, formatQuantity(amount)]));
}

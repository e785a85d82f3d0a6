import type { ResourceList } from '../pod-template/shapes.ts';
import { addQuantity, compareQuantity, formatQuantity, isZeroQuantity, negQuantity, parseQuantity, quantityFromNumber, quantitySign, ZERO_QUANTITY, type Quantity } from '../../machinery/quantity.ts';

/** Amounts by the name that quotas know them by: `pods`, `requests.cpu`, `count/deployments.apps`. */
export type Usage = ReadonlyMap<string, Quantity>;

export function usageOf(list: Readonly<ResourceList> | undefined): Map<string, Quantity> {
  const usage = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(list ?? {})) if (text !== undefined) usage.set(name, parseQuantity(text));
  return usage;
}

export function counted(...entries: readonly (readonly [name: string, count: number | bigint])[]): Map<string, Quantity> {
  return new Map(entries.map(([name, count]) => [name, quantityFromNumber(count)]));
}

export function addUsage(a: Usage, b: Usage): Map<string, Quantity> {
  const sum = new Map(a);
  for (const [name, amount] of b) sum.set(name, addQuantity(sum.get(name) ?? ZERO_QUANTITY, amount));
  return sum;
}

export function subtractUsage(a: Usage, b: Usage): Map<string, Quantity> {
  return addUsage(a, new Map([...b].map(([name, amount]) => [name, negQuantity(amount)])));
}

export function withoutZeros(usage: Usage): Map<string, Quantity> {
  return filterUsage(usage, (_, amount) => !isZeroQuantity(amount));
}

export function maskUsage(usage: Usage, names: { has(name: string): boolean }): Map<string, Quantity> {
  return filterUsage(usage, (name) => names.has(name));
}

export function negativeNames(usage: Usage): string[] {
  return [...usage].filter(([, amount]) => quantitySign(amount) < 0).map(([name]) => name);
}

/** The names of what is more in `usage` than in `limit`; what `limit` does not name is not limited. */
export function exceededNames(usage: Usage, limit: Usage): Set<string> {
  const names = new Set<string>();
  for (const [name, amount] of usage) {
    const most = limit.get(name);
    if (most !== undefined && compareQuantity(amount, most) > 0) names.add(name);
  }
  return names;
}

function filterUsage(usage: Usage, keep: (name: string, amount: Quantity) => boolean): Map<string, Quantity> {
  return new Map([...usage].filter(([name, amount]) => keep(name, amount)));
}

/** `pods=1,requests.cpu=500m`, by name. */
export function formatUsage(usage: Usage): string {
  return [...usage]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, amount]) => `${name}=${formatQuantity(amount)}`)
    .join(',');
}

export function formatNames(names: Iterable<string>): string {
  return [...names].sort().join(',');
}

import type { ResourceList } from '../../../api/pod-template/shapes.ts';
import { getOwn } from '../../../machinery/json.ts';
import { compareQuantity, formatQuantity, isZeroQuantity, parseQuantity, quantityAsFloat, type Quantity } from '../../../machinery/quantity.ts';
import type { LimitRangeItem } from './limit-range.ts';

export interface Amounts {
  readonly requests: Readonly<ResourceList> | undefined;
  readonly limits: Readonly<ResourceList> | undefined;
}

/** What of a container or a pod does not fit a limit; worded as Kubernetes words it. */
export function violations(limit: LimitRangeItem, amounts: Amounts): string[] {
  return [...check(limit.min, amounts, minimum, limit), ...check(limit.max, amounts, maximum, limit), ...check(limit.maxLimitRequestRatio, amounts, ratio, limit)];
}

/** A claim only requests. */
export function claimViolations(limit: LimitRangeItem, requests: Readonly<ResourceList> | undefined): string[] {
  const amounts: Amounts = { requests, limits: undefined };
  return [...check(limit.min, amounts, minimum, limit), ...check(limit.max, amounts, maximumRequest, limit)];
}

interface Checked {
  readonly name: string;
  readonly type: string;
  readonly enforced: Quantity;
  readonly request: Quantity | undefined;
  readonly limit: Quantity | undefined;
}

type Check = (checked: Checked) => string | undefined;

function* check(list: Readonly<ResourceList> | undefined, { requests, limits }: Amounts, one: Check, { type = '' }: LimitRangeItem): Generator<string> {
  for (const name of Object.keys(list ?? {}).sort()) {
    const text = list?.[name];
    if (text === undefined) continue;
    const found = one({ name, type, enforced: parseQuantity(text), request: amount(requests, name), limit: amount(limits, name) });
    if (found !== undefined) yield found;
  }
}

function amount(list: Readonly<ResourceList> | undefined, name: string): Quantity | undefined {
  const text = list && getOwn(list, name);
  return text === undefined ? undefined : parseQuantity(text);
}

function minimum({ name, type, enforced, request, limit }: Checked): string | undefined {
  const head = `minimum ${name} usage per ${type} is ${formatQuantity(enforced)}`;
  if (request === undefined) return `${head}.  No request is specified`;
  if (compareQuantity(request, enforced) < 0) return `${head}, but request is ${formatQuantity(request)}`;
  if (limit !== undefined && compareQuantity(limit, enforced) < 0) return `${head}, but limit is ${formatQuantity(limit)}`;
  return undefined;
}

function maximum({ name, type, enforced, request, limit }: Checked): string | undefined {
  const head = `maximum ${name} usage per ${type} is ${formatQuantity(enforced)}`;
  if (limit === undefined) return `${head}.  No limit is specified`;
  if (compareQuantity(limit, enforced) > 0) return `${head}, but limit is ${formatQuantity(limit)}`;
  if (request !== undefined && compareQuantity(request, enforced) > 0) return `${head}, but request is ${formatQuantity(request)}`;
  return undefined;
}

function maximumRequest({ name, type, enforced, request }: Checked): string | undefined {
  const head = `maximum ${name} usage per ${type} is ${formatQuantity(enforced)}`;
  if (request === undefined) return `${head}.  No request is specified`;
  return compareQuantity(request, enforced) > 0 ? `${head}, but request is ${formatQuantity(request)}` : undefined;
}

function ratio({ name, type, enforced, request, limit }: Checked): string | undefined {
  const head = `${name} max limit to request ratio per ${type} is ${formatQuantity(enforced)}`;
  if (request === undefined || isZeroQuantity(request)) return `${head}, but no request is specified or request is 0`;
  if (limit === undefined || isZeroQuantity(limit)) return `${head}, but no limit is specified or limit is 0`;
  const provided = quantityAsFloat(limit) / quantityAsFloat(request);
  return provided > quantityAsFloat(enforced) ? `${head}, but provided ratio is ${provided.toFixed(6)}` : undefined;
}

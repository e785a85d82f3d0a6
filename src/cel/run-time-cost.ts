import { COST } from './cost-factors.ts';
import { CelList, CelObject, CelOptional, isMap, stringSize } from './values.ts';
import type { CelValue } from './values.ts';

/** Sizes as the cost rules see them: what has no size counts 1. */
export function actualSize(value: CelValue): number {
  if (typeof value === 'string') return stringSize(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof CelList) return value.size;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof CelObject) return Object.keys(value.json).length;
  if (value instanceof CelOptional) return value.value === undefined ? 1 : actualSize(value.value);
  return isMap(value) ? value.size : 1;
}

export const traversal = (size: number): number => Math.ceil(size * COST.stringTraversal);
export const regexSearch = (text: number, pattern: number): number => traversal(text + 1) * Math.ceil(pattern * COST.regexLength);

/** What calls of some functions cost. */
export interface RunTimeCost {
  readonly functions: ReadonlySet<string>;
  /** Functions whose cost follows from their result; all others are charged before they run. */
  readonly byResult: ReadonlySet<string>;
  /** `result` is null for calls that have not run. Undefined leaves it to the next rule. */
  cost(call: { readonly name: string; readonly overloadId: string; readonly args: readonly CelValue[]; readonly result: CelValue }): number | undefined;
}

const ORDERED = /^(?:less|greater)(?:_equals)?_(?:string|bytes)$/;

/** How the overload's cost follows from its arguments; undefined for those that cost 1 whatever they get. */
export function standardCost(overloadId: string): ((args: readonly CelValue[]) => number) | undefined {
  switch (overloadId) {
    case 'starts_with_string':
    case 'ends_with_string':
    case 'string_to_bytes':
    case 'bytes_to_string':
    case 'strings_quote':
    case 'string_format':
      return ([text]) => traversal(sizeOf(text));
    case 'in_list':
      return ([, list]) => sizeOf(list);
    case 'equals':
    case 'not_equals':
      return smaller;
    case 'add_string':
    case 'add_bytes':
      return ([a, b]) => traversal(sizeOf(a) + sizeOf(b));
    case 'matches_string':
      return ([text, pattern]) => regexSearch(sizeOf(text), sizeOf(pattern));
    case 'contains_string':
      return ([text, part]) => traversal(sizeOf(text)) * traversal(sizeOf(part));
    default:
      return ORDERED.test(overloadId) ? smaller : undefined;
  }
}

const sizeOf = (value: CelValue | undefined): number => (value === undefined ? 1 : actualSize(value));
const smaller = ([a, b]: readonly CelValue[]): number => traversal(Math.min(sizeOf(a), sizeOf(b)));

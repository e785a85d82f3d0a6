import { getOwn, isJsonObject, type JsonValue } from './json.ts';

/** One step from a value to others. */
export type JsonPathStep =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  /** Everything below, and the value itself. */
  | { readonly type: 'descend' }
  /** Indexes from `start` up to `end`, negative ones counted from the list's end. */
  | { readonly type: 'range'; readonly start: number | undefined; readonly end: number | undefined; readonly step: number }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'filter'; readonly left: Operand; readonly operator: FilterOperator; readonly right: Operand | undefined }
  | { readonly type: 'union'; readonly members: readonly (readonly JsonPathStep[])[] };

export type FilterOperator = 'exists' | '==' | '!=' | '<' | '<=' | '>' | '>=';

/** One side of a filter's comparison. */
export type Operand =
  | { readonly type: 'literal'; readonly value: string | number | boolean }
  | { readonly type: 'path'; readonly from: 'item' | 'root'; readonly steps: readonly JsonPathStep[] };

/** Bounds what a path with `..` or several wildcards can collect. */
const MAX_RESULTS = 100_000;
const MAX_DEPTH = 1000;

export function applySteps(steps: readonly JsonPathStep[], start: JsonValue, root: JsonValue): JsonValue[] {
  let current: JsonValue[] = [start];
  for (const step of steps) {
    const next: JsonValue[] = [];
    for (const value of current) {
      applyStep(step, value, { root, out: next });
      if (next.length > MAX_RESULTS) return next.slice(0, MAX_RESULTS);
    }
    current = next;
    if (current.length === 0) break;
  }
  return current;
}

interface Walk {
  readonly root: JsonValue;
  readonly out: JsonValue[];
}

function applyStep(step: JsonPathStep, value: JsonValue, walk: Walk): void {
  const { out } = walk;
  switch (step.type) {
    case 'field': {
      const found = isJsonObject(value) ? getOwn(value, step.name) : undefined;
      if (found !== undefined) out.push(found);
      return;
    }
    case 'wildcard':
      for (const item of children(value)) out.push(item);
      return;
    case 'descend':
      descend(value, out, 0);
      return;
    case 'index': {
      if (!Array.isArray(value)) return;
      const item = value[step.index < 0 ? step.index + value.length : step.index];
      if (item !== undefined) out.push(item);
      return;
    }
    case 'range':
      if (Array.isArray(value)) slice(value, step, out);
      return;
    case 'filter':
      if (!Array.isArray(value)) return;
      for (const item of value) if (holds(step, item, walk.root)) out.push(item);
      return;
    case 'union':
      for (const member of step.members) out.push(...applySteps(member, value, walk.root));
      return;
  }
}

function children(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value).filter((item) => item !== undefined) : [];
}

function descend(value: JsonValue, out: JsonValue[], depth: number): void {
  if (out.length > MAX_RESULTS || depth > MAX_DEPTH) return;
  out.push(value);
  for (const item of children(value)) descend(item, out, depth + 1);
}

function slice(list: JsonValue[], step: { start: number | undefined; end: number | undefined; step: number }, out: JsonValue[]): void {
  const bound = (index: number): number => Math.min(list.length, Math.max(0, index < 0 ? index + list.length : index));
  const from = bound(step.start ?? 0);
  const to = bound(step.end ?? list.length);
  for (let i = from; i < to; i += step.step) out.push(list[i] as JsonValue);
}

function holds(step: { left: Operand; operator: FilterOperator; right: Operand | undefined }, item: JsonValue, root: JsonValue): boolean {
  const left = valuesOf(step.left, item, root);
  if (step.operator === 'exists') return left.length > 0;
  const right = step.right === undefined ? [] : valuesOf(step.right, item, root);
  const [a] = left;
  const [b] = right;
  return left.length === 1 && right.length === 1 && a !== undefined && b !== undefined && compares(a, step.operator, b);
}

function valuesOf(operand: Operand, item: JsonValue, root: JsonValue): JsonValue[] {
  if (operand.type === 'literal') return [operand.value];
  return applySteps(operand.steps, operand.from === 'item' ? item : root, root);
}

/** Only scalars of one kind compare; the rest is unequal. */
function compares(a: JsonValue, operator: Exclude<FilterOperator, 'exists'>, b: JsonValue): boolean {
  const comparable = isNumber(a) && isNumber(b) ? true : typeof a === typeof b && typeof a !== 'object';
  if (!comparable) return operator === '!=';
  const left = a as string | number | bigint;
  const right = b as string | number | bigint;
  switch (operator) {
    case '==':
      return left >= right && left <= right;
    case '!=':
      return left < right || left > right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
    default:
      return left >= right;
  }
}

function isNumber(value: JsonValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

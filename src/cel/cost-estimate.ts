import type { Call, Comprehension, Expr } from './ast.ts';
import { COST } from './cost-factors.ts';
import { DYN } from './types.ts';
import type { CelType } from './types.ts';
import { CelDouble, CelUint, stringSize } from './values.ts';

/** The least and the most of something. Amounts stop growing at 2^64. */
export interface Range {
  readonly min: number;
  readonly max: number;
}
export type CostRange = Range;
export type SizeRange = Range;

export const LIMIT = 2 ** 64;
const clamp = (n: number): number => (n >= LIMIT ? LIMIT : n);
export const exactly = (n: number): Range => ({ min: n, max: n });
export const UNKNOWN_SIZE: SizeRange = { min: 0, max: LIMIT };
export const plus = (a: Range, b: Range): Range => ({ min: clamp(a.min + b.min), max: clamp(a.max + b.max) });
export const times = (a: Range, b: Range): Range => ({ min: product(a.min, b.min), max: product(a.max, b.max) });
export const scaled = (a: Range, factor: number): Range => ({ min: clamp(Math.ceil(a.min * factor)), max: clamp(Math.ceil(a.max * factor)) });
export const union = (a: Range, b: Range): Range => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });
const product = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : clamp(a * b));

/** A node as estimators see it. */
export interface EstimatedNode {
  /** From a variable down, with `@items`, `@keys` and `@values` for what lists and maps hold; undefined for what is computed. */
  readonly path: readonly string[] | undefined;
  readonly type: CelType;
  /** Known from the expression alone. */
  readonly size: SizeRange | undefined;
  /** The value, where it is a constant. */
  readonly constant?: unknown;
}

/** How large the value at a path may be; undefined where nothing is known. */
export type SizeEstimator = (node: EstimatedNode) => SizeRange | undefined;

export interface CallEstimate {
  /** Beyond what its arguments cost. */
  readonly cost: CostRange;
  readonly resultSize?: SizeRange;
}

/** What a call may cost; undefined leaves it to the next rule. */
export type CallEstimator = (call: {
  readonly name: string;
  readonly overloadId: string;
  readonly target: EstimatedNode | undefined;
  readonly args: readonly EstimatedNode[];
  /** A size for every node: 0 to anything where nothing is known. */
  readonly sizeOf: (node: EstimatedNode) => SizeRange;
}) => CallEstimate | undefined;

/** Bounds of what evaluating a checked tree costs. */
export function estimateCost(expr: Expr, sizes: SizeEstimator, calls: readonly CallEstimator[]): CostRange {
  return new Estimator(sizes, calls).cost(expr);
}

const ZERO = exactly(0);
const ONE = exactly(1);
const SCALARS = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'type', 'uint']);
const SELECTABLE = new Set(['map', 'object', 'param']);
const ORDERED = /^(?:less|greater)(?:_equals)?_(?:string|bytes)$/;

class Estimator {
  private readonly sizes: SizeEstimator;
  private readonly calls: readonly CallEstimator[];
  private readonly paths = new Map<Expr, readonly string[]>();
  private readonly computed = new Map<Expr, SizeRange>();
  private readonly iterated: (readonly [string, readonly string[] | undefined])[] = [];

  constructor(sizes: SizeEstimator, calls: readonly CallEstimator[]) {
    this.sizes = sizes;
    this.calls = calls;
  }

  cost(expr: Expr): CostRange {
    switch (expr.kind) {
      case 'literal':
        return ZERO;
      case 'ident':
        this.setPath(expr, this.identPath(expr.name));
        return expr.constant === undefined ? exactly(COST.select) : ZERO;
      case 'select': {
        const operand = this.cost(expr.operand);
        if (expr.testOnly) return operand;
        const path = this.paths.get(expr.operand);
        this.setPath(expr, path === undefined ? undefined : [...path, expr.field]);
        return SELECTABLE.has(expr.operand.type?.kind ?? '') ? plus(operand, exactly(COST.select)) : operand;
      }
      case 'call':
        return this.call(expr);
      case 'list':
        return plus(this.sum(expr.elements), exactly(COST.list));
      case 'map':
        return plus(this.sum(expr.entries.flatMap((entry) => [entry.key, entry.value])), exactly(COST.map));
      case 'struct':
        return plus(this.sum(expr.fields.map((field) => field.value)), exactly(COST.struct));
      case 'comprehension':
      default:
        return this.fold(expr);
    }
  }

  private sum(exprs: readonly Expr[]): CostRange {
    let sum = ZERO;
    for (const expr of exprs) sum = plus(sum, this.cost(expr));
    return sum;
  }

  private setPath(expr: Expr, path: readonly string[] | undefined): void {
    if (path !== undefined) this.paths.set(expr, path);
  }

  private identPath(name: string): readonly string[] | undefined {
    for (let i = this.iterated.length - 1; i >= 0; i--) {
      const entry = this.iterated[i];
      if (entry !== undefined && entry[0] === name) return entry[1];
    }
    return [name];
  }

  private node(expr: Expr): EstimatedNode {
    const node = { path: this.paths.get(expr), type: expr.type ?? DYN, size: this.computed.get(expr) ?? literalSize(expr) };
    return expr.kind === 'literal' ? { ...node, constant: expr.value } : node;
  }

  private readonly sizeOf = (node: EstimatedNode): SizeRange => {
    const known = node.size ?? this.sizes(node);
    if (known !== undefined) return known;
    return SCALARS.has(node.type.kind) ? ONE : UNKNOWN_SIZE;
  };

  private call(expr: Call): CostRange {
    const argCosts = expr.args.map((arg) => this.cost(arg));
    const args = expr.args.map((arg) => this.node(arg));
    let total = ZERO;
    let target: EstimatedNode | undefined;
    if (expr.target !== undefined) {
      total = this.cost(expr.target);
      target = this.node(expr.target);
    }
    if (expr.name === 'dyn' && expr.args[0] !== undefined) {
      this.setPath(expr, this.paths.get(expr.args[0]));
      const size = args[0]?.size;
      if (size !== undefined) this.computed.set(expr, size);
    }
    let cost: CostRange = { min: LIMIT, max: 0 };
    let size: SizeRange | undefined;
    for (const overloadId of expr.overloads ?? []) {
      const estimate = this.overload(expr, overloadId, { target, args, argCosts });
      cost = union(cost, estimate.cost);
      if (estimate.resultSize !== undefined) size = size === undefined ? estimate.resultSize : union(size, estimate.resultSize);
      const container = expr.args[0] === undefined ? undefined : this.paths.get(expr.args[0]);
      if (container !== undefined && overloadId === 'index_list') this.setPath(expr, [...container, '@items']);
      if (container !== undefined && overloadId === 'index_map') this.setPath(expr, [...container, '@values']);
    }
    if (size !== undefined) this.computed.set(expr, size);
    return (expr.overloads ?? []).length === 0 ? ZERO : plus(total, cost);
  }

  private overload(expr: Call, overloadId: string, call: { target: EstimatedNode | undefined; args: readonly EstimatedNode[]; argCosts: readonly CostRange[] }): CallEstimate {
    const { target, args, argCosts } = call;
    let argCost = ZERO;
    for (const cost of argCosts) argCost = plus(argCost, cost);
    for (const estimate of this.calls) {
      const found = estimate({ name: expr.name, overloadId, target, args, sizeOf: this.sizeOf });
      if (found !== undefined) return { ...found, cost: plus(found.cost, argCost) };
    }
    if (overloadId === 'logical_and' || overloadId === 'logical_or') {
      return { cost: { min: argCosts[0]?.min ?? 0, max: argCost.max } };
    }
    if (overloadId === 'conditional') {
      const [condition = ZERO, yes = ZERO, no = ZERO] = argCosts;
      const [, a, b] = args;
      const size = a === undefined || b === undefined ? UNKNOWN_SIZE : union(this.sizeOf(a), this.sizeOf(b));
      return { cost: plus(condition, union(yes, no)), resultSize: size };
    }
    const standard = this.standard(overloadId, target, args);
    return { ...standard, cost: plus(standard.cost, argCost) };
  }

  private standard(overloadId: string, target: EstimatedNode | undefined, args: readonly EstimatedNode[]): CallEstimate {
    const [first, second] = args;
    const read = (node: EstimatedNode): CostRange => scaled(this.sizeOf(node), COST.stringTraversal);
    switch (overloadId) {
      case 'string_format':
        if (target !== undefined) return { cost: read(target) };
        break;
      case 'string_to_bytes':
        if (first !== undefined) {
          const size = this.sizeOf(first);
          return { cost: read(first), resultSize: { min: size.min, max: clamp(size.max * 4) } };
        }
        break;
      case 'bytes_to_string':
        if (first !== undefined) {
          const size = this.sizeOf(first);
          return { cost: read(first), resultSize: { min: Math.floor(size.min / 4), max: size.max } };
        }
        break;
      case 'strings_quote':
        if (first !== undefined) return { cost: read(first), resultSize: plus(this.sizeOf(first), exactly(2)) };
        break;
      case 'starts_with_string':
      case 'ends_with_string':
        if (first !== undefined) return { cost: read(first) };
        break;
      case 'in_list':
        if (second !== undefined) return { cost: this.sizeOf(second) };
        break;
      case 'matches_string':
        if (target !== undefined && first !== undefined) {
          const text = scaled(plus(this.sizeOf(target), ONE), COST.stringTraversal);
          return { cost: times(text, scaled(this.sizeOf(first), COST.regexLength)) };
        }
        break;
      case 'contains_string':
        if (target !== undefined && first !== undefined) return { cost: times(read(target), read(first)) };
        break;
      case 'add_string':
      case 'add_bytes':
      case 'add_list':
        if (first !== undefined && second !== undefined) {
          const resultSize = plus(this.sizeOf(first), this.sizeOf(second));
          return { cost: overloadId === 'add_list' ? ONE : scaled(resultSize, COST.stringTraversal), resultSize };
        }
        break;
      default:
        if (overloadId !== 'equals' && overloadId !== 'not_equals' && !ORDERED.test(overloadId)) break;
        if (first !== undefined && second !== undefined) {
          const max = Math.min(this.sizeOf(first).max, this.sizeOf(second).max);
          return { cost: scaled({ min: max > 0 ? 1 : 0, max }, COST.stringTraversal) };
        }
    }
    return { cost: ONE };
  }

  private fold(expr: Comprehension): CostRange {
    const before = plus(this.cost(expr.range), this.cost(expr.accuInit));
    const path = this.paths.get(expr.range);
    const part = (name: string): readonly string[] | undefined => (path === undefined ? undefined : [...path, name]);
    const outer = this.iterated.length;
    const isMap = expr.range.type?.kind === 'map';
    if (expr.iterVar2 === undefined) this.iterated.push([expr.iterVar, part(isMap ? '@keys' : '@items')]);
    else this.iterated.push([expr.iterVar, isMap ? part('@keys') : undefined], [expr.iterVar2, part(isMap ? '@values' : '@items')]);
    this.iterated.push([expr.accuVar, [expr.accuVar]]);
    const round = plus(this.cost(expr.condition), this.cost(expr.step));
    this.iterated.length = outer;
    this.iterated.push([expr.accuVar, [expr.accuVar]]);
    const after = this.cost(expr.result);
    this.iterated.length = outer;
    const count = this.sizeOf(this.node(expr.range));
    if (expr.accuInit.kind === 'list' || expr.accuInit.kind === 'map') {
      const everyItem = expr.step.kind === 'call' && expr.step.name !== '_?_:_';
      this.computed.set(expr, everyItem ? count : { min: 0, max: count.max });
    }
    return plus(plus(before, after), times(count, round));
  }
}

function literalSize(expr: Expr): SizeRange | undefined {
  if (expr.kind === 'list') return exactly(expr.elements.length);
  if (expr.kind === 'map') return exactly(expr.entries.length);
  if (expr.kind !== 'literal') return undefined;
  const { value } = expr;
  if (typeof value === 'string') return exactly(stringSize(value));
  if (value instanceof Uint8Array) return exactly(value.length);
  return typeof value !== 'object' || value === null || value instanceof CelDouble || value instanceof CelUint ? ONE : undefined;
}


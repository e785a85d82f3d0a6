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

/** Sizes of what a list or map that an expression makes holds. */
interface EntrySizes {
  readonly key: SizeRange;
  readonly value: SizeRange;
}

/** A variable of a fold. */
interface Local {
  readonly name: string;
  readonly path: readonly string[];
  readonly size: SizeRange | undefined;
  readonly entries: EntrySizes | undefined;
}

const NO_ENTRIES: EntrySizes = { key: { min: 0, max: 0 }, value: { min: 0, max: 0 } };

class Estimator {
  private readonly sizes: SizeEstimator;
  private readonly calls: readonly CallEstimator[];
  private readonly paths = new Map<Expr, readonly string[]>();
  private readonly computed = new Map<Expr, SizeRange>();
  private readonly entries = new Map<Expr, EntrySizes>();
  private readonly locals: Local[] = [];

  constructor(sizes: SizeEstimator, calls: readonly CallEstimator[]) {
    this.sizes = sizes;
    this.calls = calls;
  }

  cost(expr: Expr): CostRange {
    switch (expr.kind) {
      case 'literal':
        return ZERO;
      case 'ident':
        this.ident(expr);
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
      case 'list': {
        const cost = this.sum(expr.elements);
        this.entries.set(expr, { key: ONE, value: this.largest(expr.elements) });
        return plus(cost, exactly(COST.list));
      }
      case 'map': {
        const keys = expr.entries.map((entry) => entry.key);
        const values = expr.entries.map((entry) => entry.value);
        const cost = plus(this.sum(keys), this.sum(values));
        this.entries.set(expr, { key: this.largest(keys), value: this.largest(values) });
        return plus(cost, exactly(COST.map));
      }
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

  /** The range that covers the sizes of all these. */
  private largest(exprs: readonly Expr[]): SizeRange {
    const [first, ...rest] = exprs.map((expr) => this.sizeOf(this.node(expr)));
    return first === undefined ? exactly(0) : rest.reduce(union, first);
  }

  private ident(expr: Expr & { readonly kind: 'ident' }): void {
    const local = this.locals.findLast(({ name }) => name === expr.name);
    this.setPath(expr, local === undefined ? [expr.name] : local.path);
    if (local?.size !== undefined) this.computed.set(expr, local.size);
    if (local?.entries !== undefined) this.entries.set(expr, local.entries);
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
    this.setEntries(expr);
    return (expr.overloads ?? []).length === 0 ? ZERO : plus(total, cost);
  }

  /** What is known of the entries of a list or map goes on with it, and to what is taken out of it. */
  private setEntries(expr: Call): void {
    const [first, second, third] = expr.args.map((arg) => this.entries.get(arg));
    const joined = (a: EntrySizes | undefined, b: EntrySizes | undefined): void => {
      if (a !== undefined && b !== undefined) this.entries.set(expr, { key: union(a.key, b.key), value: union(a.value, b.value) });
    };
    if (expr.name === '_+_') joined(first, second);
    else if (expr.name === '_?_:_') joined(second, third);
    else if (expr.name === '_[_]' && first !== undefined) this.computed.set(expr, first.value);
    else if (expr.name === 'dyn' && first !== undefined) this.entries.set(expr, first);
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
    const outer = this.locals.length;
    const accumulator: Local = { name: expr.accuVar, path: [expr.accuVar], size: this.computed.get(expr.accuInit), entries: this.entries.get(expr.accuInit) ?? emptyEntries(expr.accuInit) };
    this.locals.push(accumulator, ...this.iterationLocals(expr));
    const round = plus(this.cost(expr.condition), this.cost(expr.step));
    this.locals.length = outer;
    this.locals.push(accumulator);
    const after = this.cost(expr.result);
    this.locals.length = outer;
    const count = this.sizeOf(this.node(expr.range));
    if (expr.accuInit.kind === 'list' || expr.accuInit.kind === 'map') {
      const everyItem = expr.step.kind === 'call' && expr.step.name !== '_?_:_';
      this.computed.set(expr, everyItem ? count : { min: 0, max: count.max });
      const entries = this.entries.get(expr.step);
      if (entries !== undefined) this.entries.set(expr, entries);
    }
    return plus(plus(before, after), times(count, round));
  }

  private iterationLocals(expr: Comprehension): Local[] {
    const above = this.paths.get(expr.range) ?? [];
    const sizes = this.entries.get(expr.range);
    const isMap = expr.range.type?.kind === 'map';
    const local = (name: string, part: string, size: SizeRange | undefined): Local => ({ name, path: [...above, part], size, entries: undefined });
    if (expr.iterVar2 === undefined) return [isMap ? local(expr.iterVar, '@keys', sizes?.key) : local(expr.iterVar, '@items', sizes?.value)];
    return [
      isMap ? local(expr.iterVar, '@keys', sizes?.key) : { name: expr.iterVar, path: [expr.iterVar], size: ONE, entries: undefined },
      local(expr.iterVar2, isMap ? '@values' : '@items', sizes?.value),
    ];
  }
}

const emptyEntries = (init: Expr): EntrySizes | undefined => (init.kind === 'list' || init.kind === 'map' ? NO_ENTRIES : undefined);

function literalSize(expr: Expr): SizeRange | undefined {
  if (expr.kind === 'list') return exactly(expr.elements.length);
  if (expr.kind === 'map') return exactly(expr.entries.length);
  if (expr.kind !== 'literal') return undefined;
  const { value } = expr;
  if (typeof value === 'string') return exactly(stringSize(value));
  if (value instanceof Uint8Array) return exactly(value.length);
  return typeof value !== 'object' || value === null || value instanceof CelDouble || value instanceof CelUint ? ONE : undefined;
}


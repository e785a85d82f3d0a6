import type { CelType } from './types.ts';
import type { CelValue } from './values.ts';

interface Node {
  /** Where problems with this node are shown: the operator, the dot, the opening bracket. UTF-16 units. */
  readonly offset: number;
  /** What the checker found; absent before, and in expressions that are evaluated unchecked. */
  type?: CelType;
}

export interface Literal extends Node {
  readonly kind: 'literal';
  readonly value: CelValue;
}
export interface Ident extends Node {
  readonly kind: 'ident';
  name: string;
  /** Set by the checker for names that stand for a constant or a type. */
  constant?: CelValue;
}
export interface Select extends Node {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  /** `has(a.b)`. */
  readonly testOnly: boolean;
}
export interface Call extends Node {
  readonly kind: 'call';
  name: string;
  target: Expr | undefined;
  readonly args: Expr[];
  /** Ids of the overloads that may apply, in the order of their declaration. */
  overloads?: readonly string[];
}
export interface ListExpr extends Node {
  readonly kind: 'list';
  readonly elements: Expr[];
  /** Indexes of elements written `?x`. */
  readonly optional: ReadonlySet<number>;
}
export interface MapEntry {
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
  readonly offset: number;
}
export interface MapExpr extends Node {
  readonly kind: 'map';
  readonly entries: MapEntry[];
}
export interface FieldEntry {
  readonly field: string;
  readonly value: Expr;
  readonly optional: boolean;
  readonly offset: number;
}
export interface StructExpr extends Node {
  readonly kind: 'struct';
  typeName: string;
  readonly fields: FieldEntry[];
}
/** What the macros (`all`, `map`…) stand for: a fold over a list or the keys of a map. */
export interface Comprehension extends Node {
  readonly kind: 'comprehension';
  readonly range: Expr;
  readonly iterVar: string;
  /** The second variable of the two-variable forms. */
  readonly iterVar2: string | undefined;
  readonly accuVar: string;
  readonly accuInit: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

export type Expr = Literal | Ident | Select | Call | ListExpr | MapExpr | StructExpr | Comprehension;

/** `a.b.c` for a chain of plain selections, with its leading dot if it has one. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.testOnly) return undefined;
  const operand = qualifiedName(expr.operand);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}

/** Calls `visit` with the node and everything below it. */
export function walk(expr: Expr, visit: (node: Expr) => void): void {
  visit(expr);
  for (const child of children(expr)) walk(child, visit);
}

export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [expr.operand];
    case 'call':
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    case 'list':
      return expr.elements;
    case 'map':
      return expr.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'struct':
      return expr.fields.map((entry) => entry.value);
    case 'comprehension':
    default:
      return [expr.range, expr.accuInit, expr.condition, expr.step, expr.result];
  }
}

import { walk } from './ast.ts';
import type { Call, Expr, ListExpr, MapExpr, Select, StructExpr } from './ast.ts';
import { COST } from './cost-factors.ts';
import { dispatcher } from './dispatch.ts';
import { EvaluationError, fail, noSuchOverload } from './evaluation-error.ts';
import { planFold } from './folds.ts';
import type { FoldContext } from './folds.ts';
import { charge } from './frame.ts';
import type { Evaluate } from './frame.ts';
import type { FunctionDeclaration, Implementation, Overload } from './functions.ts';
import { fieldStep, hasField, indexStep } from './json-access.ts';
import type { JsonPath } from './json-access.ts';
import { INT_COMPARISONS, alternative, chargedBySize, constant, constantOf, equality, folded, membership } from './operator-plans.ts';
import type { CallCost } from './operator-plans.ts';
import { at, lookup, optionalAt, putEntry } from './operators.ts';
import { standardCost } from './run-time-cost.ts';
import type { RunTimeCost } from './run-time-cost.ts';
import { DYN } from './types.ts';
import type { CelType } from './types.ts';
import type { ValueSchema } from './values.ts';
import { CelList, CelObject, CelOptional, LiteralMap, isMap } from './values.ts';
import type { CelValue, MapKey } from './values.ts';
import { valueType } from './value-type.ts';

/** What a compiled expression refers to. */
export interface PlanScope {
  /** The schema by which a variable's JSON is read; undefined for variables that hold values. */
  variableSchema(name: string): ValueSchema | undefined;
  function(name: string): FunctionDeclaration | undefined;
  type(name: string): CelType | undefined;
  readonly runTimeCosts: readonly RunTimeCost[];
}

export interface Plan {
  readonly evaluate: Evaluate;
  /** How many slots a frame needs, and which of them are variables of the activation. */
  readonly slots: number;
  readonly variables: ReadonlyMap<string, number>;
}

/** Turns a checked tree into closures. Constants are folded; names become slots of a frame. */
export function plan(expr: Expr, scope: PlanScope): Plan {
  const planner = new Planner(scope);
  const evaluate = planner.plan(expr);
  return { evaluate, slots: planner.slots, variables: planner.variables };
}

const CONVERSIONS = new Set(['bool', 'bytes', 'double', 'duration', 'dyn', 'int', 'string', 'timestamp', 'type', 'uint']);
interface Local {
  readonly name: string;
  readonly slot: number;
  readonly schema: ValueSchema | undefined;
}

class Planner implements FoldContext {
  slots = 0;
  readonly variables = new Map<string, number>();
  private readonly scope: PlanScope;
  private readonly locals: Local[] = [];

  constructor(scope: PlanScope) {
    this.scope = scope;
  }

  plan(expr: Expr): Evaluate {
    switch (expr.kind) {
      case 'literal':
        return constant(expr.value);
      case 'ident':
        return expr.constant === undefined ? this.ident(expr) : constant(expr.constant);
      case 'select':
        return this.select(expr);
      case 'call':
        return this.call(expr);
      case 'list':
        return this.list(expr);
      case 'map':
        return this.map(expr);
      case 'struct':
        return this.struct(expr);
      case 'comprehension':
      default:
        return planFold(expr, this);
    }
  }

  newSlot(): number {
    return this.slots++;
  }

  /** Plans what a fold evaluates with its variables in reach. */
  withLocals<R>(locals: readonly Local[], make: () => R): R {
    const outer = this.locals.length;
    this.locals.push(...locals);
    const result = make();
    this.locals.length = outer;
    return result;
  }

  isConstant(evaluate: Evaluate): boolean {
    return constantOf(evaluate) !== undefined;
  }

  private resolve(name: string): { slot: number; schema: ValueSchema | undefined } {
    for (let i = this.locals.length - 1; i >= 0; i--) {
      const local = this.locals[i];
      if (local !== undefined && local.name === name) return local;
    }
    let slot = this.variables.get(name);
    if (slot === undefined) {
      slot = this.newSlot();
      this.variables.set(name, slot);
    }
    return { slot, schema: this.scope.variableSchema(name) };
  }

  private ident(expr: Expr & { kind: 'ident' }): Evaluate {
    const { slot, schema } = this.resolve(expr.name);
    const { name } = expr;
    if (schema !== undefined && !schema.identity) {
      return (f) => {
        f.cost++;
        const json = f.slots[slot];
        return json === undefined ? unset(name) : schema.read(json);
      };
    }
    return (f) => {
      f.cost++;
      const value = f.slots[slot];
      return value === undefined ? unset(name) : (value as CelValue);
    };
  }

  /** The expression as a path through JSON, if it is one. */
  path(expr: Expr): JsonPath | undefined {
    if (expr.kind === 'ident' && expr.constant === undefined) {
      const { slot, schema } = this.resolve(expr.name);
      if (schema === undefined) return undefined;
      const { name } = expr;
      return {
        schema,
        walk: (f) => {
          f.cost++;
          const json = f.slots[slot];
          return json === undefined ? unset(name) : json;
        },
      };
    }
    if (expr.kind === 'select' && !expr.testOnly) {
      const path = this.path(expr.operand);
      return path === undefined ? undefined : fieldStep(path, expr.field);
    }
    if (expr.kind === 'call' && expr.name === '_[_]' && expr.target === undefined) {
      const [operand, index] = expr.args;
      const path = operand === undefined ? undefined : this.path(operand);
      return path === undefined || index === undefined ? undefined : indexStep(path, this.plan(index));
    }
    return undefined;
  }

  private readPath(path: JsonPath): Evaluate {
    const { walk, schema } = path;
    return schema.identity ? (walk as Evaluate) : (f) => schema.read(walk(f));
  }

  private select(expr: Select): Evaluate {
    const { field } = expr;
    const operandPath = this.path(expr.operand);
    if (expr.testOnly) {
      const has = operandPath === undefined ? undefined : hasField(operandPath, field);
      if (has !== undefined) return has;
      const operand = this.plan(expr.operand);
      return (f) => isPresent(operand(f), field);
    }
    const path = operandPath === undefined ? undefined : fieldStep(operandPath, field);
    if (path !== undefined) return this.readPath(path);
    const operand = this.plan(expr.operand);
    // A selection from a call's result is a path of its own, which costs once more.
    const cost = isAttribute(expr.operand) ? COST.select : 2 * COST.select;
    return (f) => {
      const value = operand(f);
      charge(f, cost);
      return at(value, field);
    };
  }

  private call(expr: Call): Evaluate {
    switch (expr.name) {
      case '_&&_':
        return this.logical(expr, false);
      case '_||_':
        return this.logical(expr, true);
      case '_?_:_':
        return this.conditional(expr);
      case '_[_]':
      case '_[?_]':
      case '_?._':
        return this.index(expr);
      default:
        return this.applied(expr);
    }
  }

  private logical(expr: Call, decisive: boolean): Evaluate {
    const [left, right] = expr.args.map((arg) => this.plan(arg)) as [Evaluate, Evaluate];
    return (f) => {
      let error: EvaluationError | undefined;
      try {
        const value = left(f);
        if (value === decisive) return decisive;
        if (typeof value !== 'boolean') error = new EvaluationError('no such overload');
      } catch (thrown) {
        if (!(thrown instanceof EvaluationError)) throw thrown;
        error = thrown;
      }
      const value = right(f);
      if (value === decisive) return decisive;
      // oxlint-disable-next-line typescript/only-throw-error
      if (error !== undefined) throw error;
      return typeof value === 'boolean' ? value : noSuchOverload();
    };
  }

  private conditional(expr: Call): Evaluate {
    const [condition, yes, no] = expr.args.map((arg) => this.plan(arg)) as [Evaluate, Evaluate, Evaluate];
    return (f) => {
      const decided = condition(f);
      if (decided === true) return yes(f);
      return decided === false ? no(f) : noSuchOverload();
    };
  }

  private index(expr: Call): Evaluate {
    const path = this.path(expr);
    if (path !== undefined) return this.readPath(path);
    const [operand, key] = expr.args as [Expr, Expr];
    const container = this.plan(operand);
    const index = this.plan(key);
    const cost = isAttribute(operand) ? COST.select : 2 * COST.select;
    const find = expr.name === '_[_]' ? at : optionalAt;
    return (f) => {
      const value = container(f);
      const where = index(f);
      charge(f, cost);
      return find(value, where);
    };
  }

  private overloads(expr: Call): readonly Overload[] {
    const declaration = this.scope.function(expr.name);
    const member = expr.target !== undefined;
    const all = (declaration?.overloads ?? []).filter((o) => o.member === member);
    const known = expr.overloads;
    return known === undefined ? all : all.filter((o) => known.includes(o.id));
  }

  private applied(expr: Call): Evaluate {
    const operands = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    const args = operands.map((arg) => this.plan(arg));
    const constants = args.map((arg) => constantOf(arg)?.value);
    const special = this.special(expr, args, constants);
    if (special !== undefined) return special;
    const overloads = this.overloads(expr);
    const { call, chosen } = dispatcher(expr.name, overloads, operands.map((arg) => arg.type ?? DYN), constants);
    const makesLists = overloads.some(({ result }) => result.kind === 'list' || result.kind === 'param');
    const plainly = this.charged(expr.name, call, args, this.costOf(expr.name, overloads, chosen));
    const planned = makesLists ? chargedBySize(plainly) : plainly;
    if (CONVERSIONS.has(expr.name) && args.length === 1 && args.every((arg) => this.isConstant(arg))) return folded(planned);
    return planned;
  }

  /** Operators with a shorter way for common arguments. */
  private special(expr: Call, args: readonly Evaluate[], constants: readonly (CelValue | undefined)[]): Evaluate | undefined {
    const [left, right] = args;
    if (left === undefined) return undefined;
    if (expr.name === '!_') {
      return (f) => {
        const value = left(f);
        charge(f, 1);
        return typeof value === 'boolean' ? !value : noSuchOverload();
      };
    }
    if (right !== undefined && (expr.name === 'or' || expr.name === 'orValue') && expr.target !== undefined && args.length === 2) {
      return alternative(left, right, expr.name === 'orValue');
    }
    if (right === undefined || expr.target !== undefined) return undefined;
    const comparison = INT_COMPARISONS[expr.name];
    const bothInts = expr.args.every((arg) => arg.type?.kind === 'int');
    if (comparison !== undefined && bothInts) return comparison(left, right, (this.overloads(expr)[0] as Overload).call);
    if (expr.name === '@in' && constants[1] instanceof CelList) return membership(left, constants[1]);
    return undefined;
  }

  /** How a call's cost is found: undefined when it is always 1. */
  private costOf(name: string, overloads: readonly Overload[], chosen: (args: readonly CelValue[]) => Overload | undefined): CallCost | undefined {
    const rules = this.scope.runTimeCosts.filter((rule) => rule.functions.has(name));
    const [only] = overloads;
    const fixed = overloads.length === 1 && only !== undefined ? standardCost(only.id) : undefined;
    if (rules.length === 0 && overloads.every((o) => standardCost(o.id) === undefined)) return undefined;
    const byResult = rules.some((rule) => rule.byResult.has(name));
    const cost = (args: readonly CelValue[], result: CelValue): number => {
      const overloadId = overloads.length === 1 ? (only?.id ?? '') : (chosen(args)?.id ?? '');
      for (const rule of rules) {
        const found = rule.cost({ name, overloadId, args, result });
        if (found !== undefined) return found;
      }
      return (fixed ?? standardCost(overloadId))?.(args) ?? 1;
    };
    return { cost, byResult };
  }

  private charged(name: string, call: Implementation, args: readonly Evaluate[], callCost: CallCost | undefined): Evaluate {
    const [a, b] = args;
    if (name === '_==_' || name === '_!=_') return equality(a as Evaluate, b as Evaluate, name === '_!=_', callCost);
    if (callCost === undefined) {
      if (args.length === 1 && a !== undefined) return (f) => (charge(f, 1), call(a(f)));
      if (args.length === 2 && a !== undefined && b !== undefined) return (f) => (charge(f, 1), call(a(f), b(f)));
      return (f) => (charge(f, 1), call(...args.map((arg) => arg(f))));
    }
    const { cost, byResult } = callCost;
    if (args.length === 2 && a !== undefined && b !== undefined && !byResult) {
      return (f) => {
        const x = a(f);
        const y = b(f);
        charge(f, cost([x, y], null));
        return call(x, y);
      };
    }
    return (f) => {
      const values = args.map((arg) => arg(f));
      if (!byResult) charge(f, cost(values, null));
      const result = call(...values);
      if (byResult) charge(f, cost(values, result));
      return result;
    };
  }

  private list(expr: ListExpr): Evaluate {
    const elements = expr.elements.map((element) => this.plan(element));
    if (expr.optional.size === 0 && elements.every((element) => this.isConstant(element))) {
      return constant(new CelList(elements.map((element) => constantOf(element)?.value)));
    }
    return (f) => {
      const items: CelValue[] = [];
      for (const [i, element] of elements.entries()) {
        const value = element(f);
        if (!expr.optional.has(i)) items.push(value);
        else if (!(value instanceof CelOptional)) return fail(`cannot initialize optional list element from non-optional value of type ${valueType(value).name}`);
        else if (value.value !== undefined) items.push(value.value);
      }
      charge(f, COST.list);
      return new CelList(items);
    };
  }

  private map(expr: MapExpr): Evaluate {
    const entries = expr.entries.map((entry) => ({ key: this.plan(entry.key), value: this.plan(entry.value), optional: entry.optional }));
    const evaluate: Evaluate = (f) => {
      const made = new Map<MapKey, readonly [CelValue, CelValue]>();
      for (const entry of entries) {
        const key = entry.key(f);
        let value: CelValue = entry.value(f);
        if (entry.optional) {
          if (!(value instanceof CelOptional)) return fail(`cannot initialize optional entry from non-optional value of type ${valueType(value).name}`);
          if (value.value === undefined) continue;
          value = value.value;
        }
        putEntry(made, key, value);
      }
      charge(f, COST.map);
      return new LiteralMap(made);
    };
    const fixed = entries.every((entry) => !entry.optional && this.isConstant(entry.key) && this.isConstant(entry.value));
    return fixed ? folded(evaluate) : evaluate;
  }

  private struct(expr: StructExpr): Evaluate {
    const declaration = this.scope.type(expr.typeName)?.object;
    if (declaration === undefined) return () => fail(`unknown type: ${expr.typeName}`);
    const fields = expr.fields.map((field) => ({
      declared: declaration.field(field.field),
      name: field.field,
      value: this.plan(field.value),
      optional: field.optional,
    }));
    return (f) => {
      const json: Record<string, unknown> = {};
      for (const field of fields) {
        let value: CelValue = field.value(f);
        if (field.optional) {
          if (!(value instanceof CelOptional)) return fail(`cannot initialize optional entry '${field.name}' from non-optional value`);
          if (value.value === undefined) continue;
          value = value.value;
        }
        if (field.declared === undefined) return fail(`no such field '${field.name}'`);
        Object.defineProperty(json, field.declared.key, { value, writable: true, enumerable: true, configurable: true });
      }
      charge(f, COST.struct);
      return declaration.make === undefined ? new CelObject(json, declaration) : declaration.make(json as Record<string, CelValue>);
    };
  }
}

const unset = (name: string): never => fail(`no such attribute(s): ${name}`);

/** Whether a selection from this extends a path that has been paid for. */
function isAttribute(expr: Expr): boolean {
  if (expr.kind === 'ident') return expr.constant === undefined;
  if (expr.kind === 'select') return !expr.testOnly;
  return expr.kind === 'call' && (expr.name === '_[_]' || expr.name === '_[?_]' || expr.name === '_?._' || expr.name === '_?_:_');
}

function isPresent(value: CelValue, field: string): boolean {
  const inner = value instanceof CelOptional ? value.value : value;
  if (inner === undefined) return false;
  if (inner === null || typeof inner !== 'object' || !(isMap(inner) || inner instanceof CelObject)) return noSuchOverload();
  if (inner instanceof CelObject && inner.declaration.has !== undefined) return inner.declaration.has(inner, field);
  return lookup(inner, field) !== undefined;
}

/** Whether a checked tree refers to a variable. */
export function uses(expr: Expr, variable: string): boolean {
  let found = false;
  walk(expr, (node) => {
    if (node.kind === 'ident' && node.name === variable) found = true;
  });
  return found;
}


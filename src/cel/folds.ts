import type { Call, Comprehension, Expr, ListExpr } from './ast.ts';
import { COST } from './cost-factors.ts';
import { mapKey } from './equality.ts';
import { EvaluationError, fail, noSuchOverload } from './evaluation-error.ts';
import { charge } from './frame.ts';
import type { Evaluate, Frame } from './frame.ts';
import type { JsonPath } from './json-access.ts';
import { checkResultSize, putEntry } from './operators.ts';
import type { ValueSchema } from './values.ts';
import { CelList, CelObject, LiteralMap, isMap, valueOfKey } from './values.ts';
import type { CelMap, CelValue, MapKey } from './values.ts';

/** What planning a fold needs of the planner. */
export interface FoldContext {
  plan(expr: Expr): Evaluate;
  path(expr: Expr): JsonPath | undefined;
  newSlot(): number;
  withLocals<R>(locals: readonly { name: string; slot: number; schema: ValueSchema | undefined }[], make: () => R): R;
  isConstant(evaluate: Evaluate): boolean;
}

/** Sets the variables to each item in turn; the step ends the walk by answering false. */
type Iterate = (frame: Frame, step: () => boolean) => void;

/** Plans a fold by what it does: judging items, collecting them, or anything else. */
export function planFold(expr: Comprehension, context: FoldContext): Evaluate {
  const slots = { accu: context.newSlot(), first: context.newSlot(), second: context.newSlot() };
  const range = context.path(expr.range);
  const items = planIteration(expr, range, context, slots);
  const locals = [
    { name: expr.accuVar, slot: slots.accu, schema: undefined },
    { name: expr.iterVar, slot: slots.first, schema: items.first },
    ...(expr.iterVar2 === undefined ? [] : [{ name: expr.iterVar2, slot: slots.second, schema: items.second }]),
  ];
  return context.withLocals(locals, () => {
    const { iterate } = items;
    return quantifier(expr, context, iterate) ?? listBuilder(expr, context, iterate) ?? mapBuilder(expr, context, iterate) ?? generic(expr, context, iterate, slots.accu);
  });
}

interface Slots {
  readonly accu: number;
  readonly first: number;
  readonly second: number;
}

function planIteration(expr: Comprehension, path: JsonPath | undefined, context: FoldContext, slots: Slots): { iterate: Iterate; first: ValueSchema | undefined; second: ValueSchema | undefined } {
  const two = expr.iterVar2 !== undefined;
  const element = path?.schema.element;
  // JSON is walked as it is: a variable takes the item, and its schema reads what is asked of it.
  if (path !== undefined && element !== undefined && path.schema.type.kind === 'list') {
    const iterate: Iterate = (frame, step) => {
      const list = path.walk(frame);
      if (!Array.isArray(list)) return noSuchOverload();
      const items = list as readonly unknown[];
      for (let i = 0; i < items.length; i++) {
        if (two) frame.slots[slots.first] = i;
        frame.slots[two ? slots.second : slots.first] = items[i];
        if (!step()) return undefined;
      }
      return undefined;
    };
    return { iterate, first: two ? undefined : element, second: two ? element : undefined };
  }
  const range = context.plan(expr.range);
  const iterate: Iterate = (frame, step) => {
    const value = range(frame);
    if (value instanceof CelList) {
      for (let i = 0; i < value.size; i++) {
        if (two) frame.slots[slots.first] = i;
        frame.slots[two ? slots.second : slots.first] = value.get(i);
        if (!step()) return undefined;
      }
      return undefined;
    }
    if (value === null || typeof value !== 'object') return noSuchOverload();
    const map: CelMap | undefined = isMap(value) ? value : value instanceof CelObject ? value.asMap() : undefined;
    if (map === undefined) return noSuchOverload();
    for (const key of map.keys()) {
      frame.slots[slots.first] = key;
      if (two) frame.slots[slots.second] = valueOfKey(map, key);
      if (!step()) return undefined;
    }
    return undefined;
  };
  return { iterate, first: undefined, second: undefined };
}

const isAccumulator = (expr: Expr | undefined, fold: Comprehension): boolean => expr?.kind === 'ident' && expr.name === fold.accuVar;
const isCall = (expr: Expr, name: string): expr is Call => expr.kind === 'call' && expr.name === name;

/** `all` and `exists`: a deciding item ends the walk, and hides the failures of others. */
function quantifier(expr: Comprehension, context: FoldContext, iterate: Iterate): Evaluate | undefined {
  const { step } = expr;
  const all = isCall(step, '_&&_');
  if ((!all && !isCall(step, '_||_')) || !isAccumulator(step.args[0], expr) || !isAccumulator(expr.result, expr)) return undefined;
  const predicate = context.plan(step.args[1] as Expr);
  const decisive = !all;
  // Each round asks whether to go on (a call and a variable; `exists` negates besides) and reads the result so far.
  const roundCost = all ? 3 : 4;
  const lastAskCost = roundCost - 1;
  return (frame) => {
    let error: EvaluationError | undefined;
    let decided = false;
    iterate(frame, () => {
      if (decided) {
        charge(frame, lastAskCost);
        return false;
      }
      charge(frame, roundCost);
      try {
        const value = predicate(frame);
        if (value === decisive) decided = true;
        else if (typeof value !== 'boolean') error ??= new EvaluationError('no such overload');
      } catch (thrown) {
        if (!(thrown instanceof EvaluationError)) throw thrown;
        error ??= thrown;
      }
      return true;
    });
    charge(frame, COST.select);
    if (decided) return decisive;
    // oxlint-disable-next-line typescript/only-throw-error
    if (error !== undefined) throw error;
    return !decisive;
  };
}

/** Splits `p ? add : accu` into its condition and what is added. */
function guarded(expr: Comprehension): { readonly predicate: Expr | undefined; readonly add: Expr } {
  const { step } = expr;
  if (!isCall(step, '_?_:_') || !isAccumulator(step.args[2], expr)) return { predicate: undefined, add: step };
  return { predicate: step.args[0], add: step.args[1] as Expr };
}

/** `map`, `filter`, `transformList`: items are appended to one list, not to ever new ones. */
function listBuilder(expr: Comprehension, context: FoldContext, iterate: Iterate): Evaluate | undefined {
  const { predicate, add } = guarded(expr);
  if (!isCall(add, '_+_') || !isAccumulator(add.args[0], expr) || add.args[1]?.kind !== 'list' || !isAccumulator(expr.result, expr)) return undefined;
  const list: ListExpr = add.args[1];
  const [single] = list.elements;
  if (single === undefined || list.elements.length !== 1 || list.optional.size > 0 || expr.accuInit.kind !== 'list') return undefined;
  const element = context.plan(single);
  const addCost = 2 + (context.isConstant(element) ? 0 : COST.list);
  const guard = predicate === undefined ? undefined : context.plan(predicate);
  return (frame) => {
    const items: CelValue[] = [];
    iterate(frame, () => {
      if (guard !== undefined && !decide(guard(frame))) {
        charge(frame, COST.select);
        return true;
      }
      items.push(element(frame));
      charge(frame, addCost);
      checkResultSize(items.length);
      return true;
    });
    charge(frame, COST.select);
    return new CelList(items);
  };
}

/** `transformMap` and `transformMapEntry`. */
function mapBuilder(expr: Comprehension, context: FoldContext, iterate: Iterate): Evaluate | undefined {
  const { predicate, add } = guarded(expr);
  if (!isCall(add, 'cel.@mapInsert') || !isAccumulator(add.args[0], expr)) return undefined;
  const [first, second] = add.args.slice(1).map((arg) => context.plan(arg));
  if (first === undefined) return undefined;
  const guard = predicate === undefined ? undefined : context.plan(predicate);
  return (frame) => {
    const entries = new Map<MapKey, readonly [CelValue, CelValue]>();
    iterate(frame, () => {
      if (guard !== undefined && !decide(guard(frame))) {
        charge(frame, COST.select);
        return true;
      }
      charge(frame, 2);
      if (second !== undefined) insert(entries, first(frame), second(frame));
      else insertAll(entries, first(frame));
      checkResultSize(entries.size);
      return true;
    });
    charge(frame, COST.select);
    return new LiteralMap(entries);
  };
}

function insert(entries: Map<MapKey, readonly [CelValue, CelValue]>, key: CelValue, value: CelValue): void {
  const known = mapKey(key);
  if (known !== undefined && entries.has(known)) return fail(`insert failed: key ${String(known)} already exists`);
  return putEntry(entries, key, value);
}

function insertAll(entries: Map<MapKey, readonly [CelValue, CelValue]>, added: CelValue): void {
  if (added === null || typeof added !== 'object' || !isMap(added)) return noSuchOverload();
  for (const key of added.keys()) insert(entries, key, valueOfKey(added, key));
  return undefined;
}

function decide(value: CelValue): boolean {
  return typeof value === 'boolean' ? value : noSuchOverload();
}

function generic(expr: Comprehension, context: FoldContext, iterate: Iterate, accu: number): Evaluate {
  const init = context.plan(expr.accuInit);
  const condition = context.plan(expr.condition);
  const step = context.plan(expr.step);
  const result = context.plan(expr.result);
  return (frame) => {
    // A fold inside its own step has slots of its own; one inside its own initial value has not been entered yet.
    const start = init(frame);
    frame.slots[accu] = start;
    iterate(frame, () => {
      if (condition(frame) !== true) return false;
      const value = step(frame);
      frame.slots[accu] = value;
      charge(frame, 0);
      return true;
    });
    return result(frame);
  };
}

import { qualifiedName } from './ast.ts';
import type { Call, Comprehension, Expr, ListExpr, MapExpr, Select, StructExpr } from './ast.ts';
import type { FunctionDeclaration } from './functions.ts';
import type { Issue } from './source.ts';
import { TypeInference, mostGeneral } from './type-inference.ts';
import {
  BOOL, BYTES, DOUBLE, DYN, ERROR, INT, NULL, STRING, UINT, equalTypes, formatType, isDyn, isDynOrError, isOptional, listOf, mapOf, optionalOf, typeOf,
} from './types.ts';
import type { CelType } from './types.ts';
import { CelDouble, CelTypeValue, CelUint } from './values.ts';
import type { CelValue } from './values.ts';

/** The names an expression is checked against. */
export interface CheckScope {
  /** A variable's type. */
  variable(name: string): CelType | undefined;
  constant(name: string): { readonly type: CelType; readonly value: CelValue } | undefined;
  /** Named types: for `Name{…}` and for names used as values. */
  type(name: string): CelType | undefined;
  function(name: string): FunctionDeclaration | undefined;
  /** Names are first looked for inside this one, then inside what encloses it. */
  readonly container: string;
  /** Lists and maps may not mix types. */
  readonly homogeneousLiterals: boolean;
}

/**
 * Gives every node its type, resolves names and overloads, and reports what cannot work. The tree is changed in place:
 * names become fully qualified, `type` is set on all nodes.
 */
export function check(expr: Expr, scope: CheckScope): readonly Issue[] {
  const checker = new Checker(scope);
  checker.check(expr);
  checker.settle();
  return checker.issues;
}

class Checker {
  readonly issues: Issue[] = [];
  /** Shared nodes are checked at each of their places, and complained of once. */
  private readonly known = new Set<string>();
  private readonly scope: CheckScope;
  private readonly inference = new TypeInference();
  private readonly locals: (readonly [string, CelType])[] = [];
  private readonly nodes: Expr[] = [];

  constructor(scope: CheckScope) {
    this.scope = scope;
  }

  check(expr: Expr): void {
    expr.type = this.typeOf(expr);
    this.nodes.push(expr);
  }

  /** Replaces type variables in all nodes by what they turned out to be. */
  settle(): void {
    for (const node of this.nodes) node.type = this.inference.substitute(node.type ?? DYN, true);
  }

  private typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value);
      case 'ident': {
        const found = this.lookup(expr.name);
        if (found === undefined) return this.undeclared(expr.offset, expr.name);
        expr.name = found.name;
        if (found.value !== undefined) expr.constant = found.value;
        return found.type;
      }
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
        return this.comprehension(expr);
    }
  }

  private issue(offset: number, message: string): CelType {
    const key = `${offset} ${message}`;
    if (!this.known.has(key)) this.issues.push({ offset, message });
    this.known.add(key);
    return ERROR;
  }

  private undeclared(offset: number, name: string): CelType {
    return this.issue(offset, `undeclared reference to '${name}' (in container '${this.scope.container}')`);
  }

  private candidates(name: string): string[] {
    if (name.startsWith('.')) return [name.slice(1)];
    const names: string[] = [];
    for (let container = this.scope.container; container !== ''; container = container.slice(0, Math.max(0, container.lastIndexOf('.')))) {
      names.push(`${container}.${name}`);
    }
    names.push(name);
    return names;
  }

  private lookup(name: string): { name: string; type: CelType; value?: CelValue } | undefined {
    for (let i = this.locals.length - 1; i >= 0; i--) {
      const local = this.locals[i];
      if (local !== undefined && local[0] === name) return { name, type: local[1] };
    }
    for (const candidate of this.candidates(name)) {
      const variable = this.scope.variable(candidate);
      if (variable !== undefined) return { name: candidate, type: variable };
      const constant = this.scope.constant(candidate);
      if (constant !== undefined) return { name: candidate, ...constant };
      const type = this.scope.type(candidate);
      if (type !== undefined) return { name: candidate, type: typeOf(type), value: new CelTypeValue(type) };
    }
    return undefined;
  }

  private lookupFunction(name: string): FunctionDeclaration | undefined {
    for (const candidate of this.candidates(name)) {
      const found = this.scope.function(candidate);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private select(expr: Select): CelType {
    const qualified = qualifiedName(expr);
    if (qualified !== undefined && !this.isLocal(qualified)) {
      const found = this.lookup(qualified);
      if (found !== undefined) {
        const rewritten = expr as unknown as { kind: string; name: string; constant?: CelValue };
        rewritten.kind = 'ident';
        rewritten.name = found.name;
        if (found.value !== undefined) rewritten.constant = found.value;
        return found.type;
      }
    }
    const type = this.field(expr.offset, expr.operand, expr.field, false);
    return expr.testOnly ? BOOL : this.inference.substitute(type, false);
  }

  /** Whether a dotted name begins with a variable of a fold, which hides what is declared outside. */
  private isLocal(qualified: string): boolean {
    const first = qualified.split('.', 1)[0];
    return this.locals.some(([name]) => name === first);
  }

  private field(offset: number, operand: Expr, field: string, optional: boolean): CelType {
    this.check(operand);
    const operandType = this.inference.substitute(operand.type ?? DYN, false);
    const wasOptional = isOptional(operandType);
    const target = wasOptional ? (operandType.parameters[0] ?? DYN) : operandType;
    let result: CelType;
    if (target.kind === 'map') result = target.parameters[1] ?? DYN;
    else if (target.kind === 'object') result = target.object?.field(field)?.type ?? this.issue(offset, `undefined field '${field}'`);
    else if (target.kind === 'param') {
      this.inference.isAssignable(DYN, target);
      result = DYN;
    } else {
      if (!isDynOrError(target) && target.kind !== 'any') this.issue(offset, `type '${formatType(target)}' does not support field selection`);
      result = DYN;
    }
    return wasOptional || optional ? optionalOf(result) : result;
  }

  private call(expr: Call): CelType {
    if (expr.name === '_?._') return this.optionalSelect(expr);
    for (const arg of expr.args) this.check(arg);
    if (expr.target === undefined) {
      const found = this.lookupFunction(expr.name);
      if (found === undefined) return this.undeclared(expr.offset, expr.name);
      expr.name = found.name;
      return this.resolve(expr, found);
    }
    const prefix = qualifiedName(expr.target);
    if (prefix !== undefined && !this.isLocal(prefix)) {
      const namespaced = this.lookupFunction(`${prefix}.${expr.name}`);
      if (namespaced !== undefined) {
        expr.target = undefined;
        expr.name = namespaced.name;
        return this.resolve(expr, namespaced);
      }
    }
    this.check(expr.target);
    const found = this.scope.function(expr.name);
    return found === undefined ? this.undeclared(expr.offset, expr.name) : this.resolve(expr, found);
  }

  private optionalSelect(expr: Call): CelType {
    const [operand, field] = expr.args;
    if (operand === undefined || field?.kind !== 'literal' || typeof field.value !== 'string') {
      return this.issue(expr.offset, 'unsupported optional field selection');
    }
    field.type = STRING;
    expr.overloads = ['select_optional_field'];
    return this.inference.substitute(this.field(expr.offset, operand, field.value, true), false);
  }

  private resolve(expr: Call, declaration: FunctionDeclaration): CelType {
    const args = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    const member = expr.target !== undefined;
    if (!member && (declaration.name === '_&&_' || declaration.name === '_||_')) return this.logical(expr);
    const argTypes = args.map((arg) => arg.type ?? DYN);
    const matching: string[] = [];
    let result: CelType | undefined;
    for (const overload of declaration.overloads) {
      if (overload.member !== member || overload.params.length !== args.length) continue;
      const [own, ...params] =
        overload.typeParams.length === 0
          ? [overload.result, ...overload.params]
          : this.inference.instantiate([overload.result, ...overload.params], overload.typeParams);
      if (own === undefined || !this.inference.areAssignable(argTypes, params)) continue;
      matching.push(overload.id);
      const type = this.inference.substitute(own, false);
      if (result === undefined) result = type;
      else if (!isDyn(result) && !equalTypes(type, result)) result = DYN;
    }
    if (result !== undefined) {
      expr.overloads = matching;
      return result;
    }
    const shown = argTypes.map((type) => formatType(this.inference.substitute(type, true)));
    const list = member ? `${shown[0] ?? ''}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
    return this.issue(expr.offset, `found no matching overload for '${declaration.name}' applied to '${list}'`);
  }

  private logical(expr: Call): CelType {
    let fits = true;
    for (const arg of expr.args) {
      if (this.inference.isAssignable(arg.type ?? DYN, BOOL)) continue;
      this.mismatch(arg.offset, BOOL, arg.type ?? DYN);
      fits = false;
    }
    expr.overloads = [expr.name === '_&&_' ? 'logical_and' : 'logical_or'];
    return fits ? BOOL : ERROR;
  }

  private mismatch(offset: number, expected: CelType, actual: CelType): CelType {
    return this.issue(offset, `expected type '${formatType(expected)}' but found '${formatType(this.inference.substitute(actual, false))}'`);
  }

  private join(element: Expr, previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current;
    if (this.inference.isAssignable(previous, current)) return mostGeneral(previous, current);
    return this.scope.homogeneousLiterals ? this.mismatch(element.offset, previous, current) : DYN;
  }

  /** The type of an element written `?x`: what the optional holds. */
  private unwrapped(element: Expr, type: CelType): CelType {
    const known = this.inference.substitute(type, false);
    if (isOptional(known)) return known.parameters[0] ?? DYN;
    if (!isDynOrError(known)) this.mismatch(element.offset, optionalOf(known), known);
    return known;
  }

  private list(expr: ListExpr): CelType {
    let element: CelType | undefined;
    for (const [index, item] of expr.elements.entries()) {
      this.check(item);
      const type = expr.optional.has(index) ? this.unwrapped(item, item.type ?? DYN) : (item.type ?? DYN);
      element = this.join(item, element, type);
    }
    return listOf(element ?? this.inference.variable());
  }

  private map(expr: MapExpr): CelType {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of expr.entries) {
      this.check(entry.key);
      key = this.join(entry.key, key, entry.key.type ?? DYN);
      this.check(entry.value);
      const type = entry.value.type ?? DYN;
      value = this.join(entry.value, value, entry.optional ? this.unwrapped(entry.value, type) : type);
    }
    return mapOf(key ?? this.inference.variable(), value ?? this.inference.variable());
  }

  private struct(expr: StructExpr): CelType {
    let type: CelType | undefined;
    for (const candidate of this.candidates(expr.typeName)) {
      type = this.scope.type(candidate);
      if (type === undefined) continue;
      expr.typeName = candidate;
      break;
    }
    if (type === undefined) return this.undeclared(expr.offset, expr.typeName);
    if (type.object === undefined) return this.issue(expr.offset, `'${type.name}' is not a message type`);
    for (const field of expr.fields) {
      this.check(field.value);
      const declared = type.object.field(field.field)?.type;
      if (declared === undefined) {
        this.issue(field.offset, `undefined field '${field.field}'`);
        continue;
      }
      const given = field.optional ? this.unwrapped(field.value, field.value.type ?? DYN) : (field.value.type ?? DYN);
      if (this.inference.isAssignable(declared, given)) continue;
      const shown = formatType(this.inference.substitute(given, false));
      this.issue(field.offset, `expected type of field '${field.field}' is '${formatType(declared)}' but provided type is '${shown}'`);
    }
    return type;
  }

  private comprehension(expr: Comprehension): CelType {
    this.check(expr.range);
    this.check(expr.accuInit);
    const range = this.inference.substitute(expr.range.type ?? DYN, false);
    const [first, second] = this.iterationTypes(expr, range);
    const outer = this.locals.length;
    this.locals.push([expr.accuVar, expr.accuInit.type ?? DYN], [expr.iterVar, first]);
    if (expr.iterVar2 !== undefined) this.locals.push([expr.iterVar2, second]);
    this.check(expr.condition);
    this.expect(expr.condition, BOOL);
    this.check(expr.step);
    this.expect(expr.step, expr.accuInit.type ?? DYN);
    this.locals.length = outer;
    this.locals.push([expr.accuVar, expr.accuInit.type ?? DYN]);
    this.check(expr.result);
    this.locals.length = outer;
    return this.inference.substitute(expr.result.type ?? DYN, false);
  }

  private expect(expr: Expr, type: CelType): void {
    if (!this.inference.isAssignable(type, expr.type ?? DYN)) this.mismatch(expr.offset, type, expr.type ?? DYN);
  }

  private iterationTypes(expr: Comprehension, range: CelType): readonly [CelType, CelType] {
    const two = expr.iterVar2 !== undefined;
    const [first = DYN, second = DYN] = range.parameters;
    if (range.kind === 'list') return two ? [INT, first] : [first, DYN];
    if (range.kind === 'map') return [first, second];
    if (range.kind === 'param') this.inference.isAssignable(DYN, range);
    if (range.kind === 'param' || range.kind === 'any' || isDynOrError(range)) return [DYN, DYN];
    const message = `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
    this.issue(expr.range.offset, message);
    return [ERROR, ERROR];
  }
}

function literalType(value: CelValue): CelType {
  if (typeof value === 'string') return STRING;
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'number' || typeof value === 'bigint') return INT;
  if (value === null) return NULL;
  if (value instanceof CelDouble) return DOUBLE;
  return value instanceof CelUint ? UINT : BYTES;
}

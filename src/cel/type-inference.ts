import { BOOL, DYN, equalTypes, isDynOrError, isOptional, listOf, mapOf, optionalOf } from './types.ts';
import type { CelType } from './types.ts';

/** What type variables stand for, while an expression is checked. Changes since a mark can be taken back. */
class Bindings {
  private readonly types = new Map<string, CelType>();
  private readonly changes: (readonly [string, CelType | undefined])[] = [];

  get(name: string): CelType | undefined {
    return this.types.get(name);
  }
  set(name: string, type: CelType): void {
    this.changes.push([name, this.types.get(name)]);
    this.types.set(name, type);
  }
  mark(): number {
    return this.changes.length;
  }
  rollBack(mark: number): void {
    while (this.changes.length > mark) {
      const [name, before] = this.changes.pop() ?? ['', undefined];
      if (before === undefined) this.types.delete(name);
      else this.types.set(name, before);
    }
  }
}

const NULLABLE = new Set(['object', 'duration', 'timestamp', 'any', 'opaque', 'wrapper', 'null']);

/** Finds out which types fit where, binding type variables on the way. One for each check of an expression. */
export class TypeInference {
  private readonly bindings = new Bindings();
  private variables = 0;

  variable(): CelType {
    return { kind: 'param', name: `_var${this.variables++}`, parameters: [] };
  }

  /** Whether a value of type `from` fits where `to` is wanted; binds variables if so, and nothing if not. */
  isAssignable(to: CelType, from: CelType): boolean {
    return this.areAssignable([to], [from]);
  }

  areAssignable(to: readonly CelType[], from: readonly CelType[]): boolean {
    if (to.length !== from.length) return false;
    const mark = this.bindings.mark();
    if (assignableAll(this.bindings, to, from)) return true;
    this.bindings.rollBack(mark);
    return false;
  }

  /** The type with variables replaced by what they stand for; those still free become dyn if `freeToDyn`. */
  substitute(type: CelType, freeToDyn: boolean): CelType {
    return substitute(this.bindings, type, freeToDyn);
  }

  /** A declaration's type parameters made variables of this call. */
  instantiate(types: readonly CelType[], names: readonly string[]): CelType[] {
    const fresh = new Map(names.map((name) => [name, this.variable()]));
    return types.map((type) => substitute(fresh, type, false));
  }
}

function substitute(bindings: Pick<Bindings, 'get'>, type: CelType, freeToDyn: boolean): CelType {
  if (type.kind === 'param') {
    const bound = bindings.get(type.name);
    if (bound !== undefined) return substitute(bindings, bound, freeToDyn);
    return freeToDyn ? DYN : type;
  }
  if (type.parameters.length === 0 || type.kind === 'wrapper') return type;
  const parameters = type.parameters.map((p) => substitute(bindings, p, freeToDyn));
  if (parameters.every((p, i) => p === type.parameters[i])) return type;
  if (type.kind === 'list') return listOf(parameters[0] ?? DYN);
  if (type.kind === 'map') return mapOf(parameters[0] ?? DYN, parameters[1] ?? DYN);
  return isOptional(type) ? optionalOf(parameters[0] ?? DYN) : { ...type, parameters };
}

function assignableAll(bindings: Bindings, to: readonly CelType[], from: readonly CelType[]): boolean {
  return to.length === from.length && to.every((type, i) => assignable(bindings, type, from[i] ?? DYN));
}

function assignable(bindings: Bindings, a: CelType, b: CelType): boolean {
  if (b.kind === 'param') {
    const outcome = bind(bindings, a, b);
    if (outcome === 'bound') return true;
    if (outcome === 'taken') return false;
  }
  if (a.kind === 'param') return bind(bindings, b, a) === 'bound';
  if (isDynOrError(a) || isDynOrError(b)) return true;
  if (a.kind === 'null') return NULLABLE.has(b.kind);
  if (b.kind === 'null') return NULLABLE.has(a.kind);
  if (a.kind === 'any') return true;
  if (a.kind === 'type') return b.kind === 'type';
  if (a.kind === 'list' || a.kind === 'map' || a.kind === 'opaque') {
    return a.kind === b.kind && a.name === b.name && assignableAll(bindings, a.parameters, b.parameters);
  }
  if (a.kind === 'wrapper') return a.name === b.name && (b.kind === 'wrapper' || a.parameters[0]?.kind === b.kind);
  if (b.kind === 'wrapper') return b.parameters[0]?.kind === a.kind;
  return b.kind === 'any' || (a.kind === b.kind && a.name === b.name);
}

/** Lets the variable stand for the type, or for the more general of it and what it stood for. */
function bind(bindings: Bindings, type: CelType, variable: CelType): 'bound' | 'taken' | 'circular' {
  if (type.kind === 'param' && type.name === variable.name) return 'bound';
  const bound = bindings.get(variable.name);
  if (bound !== undefined) {
    if (equalTypes(type, bound)) return 'bound';
    if (!assignable(bindings, type, bound)) return 'taken';
    const general = mostGeneral(type, bound);
    if (!occurs(bindings, variable, general)) bindings.set(variable.name, general);
    return 'bound';
  }
  if (occurs(bindings, variable, type)) return 'circular';
  bindings.set(variable.name, type);
  return 'bound';
}

function occurs(bindings: Bindings, variable: CelType, type: CelType): boolean {
  if (type.kind === 'param') {
    if (type.name === variable.name) return true;
    const bound = bindings.get(type.name);
    return bound !== undefined && occurs(bindings, variable, bound);
  }
  return type.parameters.some((p) => occurs(bindings, variable, p));
}

/** Of two types that fit each other. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return isAtLeastAsGeneral(a, b) ? a : b;
}

function isAtLeastAsGeneral(a: CelType, b: CelType): boolean {
  if (isDynOrError(a) || a.kind === 'any' || a.kind === 'param') return true;
  if (isDynOrError(b) || b.kind === 'any' || b.kind === 'param') return false;
  if (a.kind !== b.kind || a.name !== b.name || a.parameters.length !== b.parameters.length) return false;
  return a.parameters.every((p, i) => isAtLeastAsGeneral(p, b.parameters[i] ?? BOOL));
}

import { ANY, BOOL, BYTES, DOUBLE, DURATION, DYN, INT, NULL, STRING, TIMESTAMP, UINT, listOf, mapOf, opaque, optionalOf, param, typeOf } from './types.ts';
import type { CelType } from './types.ts';
import type { CelValue } from './values.ts';
import type { Macro } from './macros.ts';

/** Works on evaluated arguments, the target first. Fails by throwing an EvaluationError. */
export type Implementation = (...args: CelValue[]) => CelValue;

export interface Overload {
  /** Known across the engine: cost rules and diagnostics name overloads by it. */
  readonly id: string;
  readonly member: boolean;
  /** The target first, for members. */
  readonly params: readonly CelType[];
  readonly result: CelType;
  readonly typeParams: readonly string[];
  readonly call: Implementation;
  /** Gives a faster implementation when some arguments are constants (the others are undefined). May fail like `call`. */
  prepare?(constants: readonly (CelValue | undefined)[]): Implementation | undefined;
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: readonly Overload[];
}

/** A constant or type that expressions know by name. */
export interface ConstantDeclaration {
  readonly name: string;
  readonly type: CelType;
  readonly value: CelValue;
}

/** Functions, macros and names that belong together. */
export interface Library {
  readonly name: string;
  readonly functions?: readonly FunctionDeclaration[];
  readonly macros?: readonly Macro[];
  readonly constants?: readonly ConstantDeclaration[];
  /** Names whose values an expression may write only as themselves: checked on constant arguments when compiling. */
  readonly literalChecks?: readonly LiteralCheck[];
}

/** Refuses a call whose argument is a constant that can never work. */
export interface LiteralCheck {
  readonly functionName: string;
  /** Which argument, the target not counted. */
  readonly argument: number;
  /** Found when the checked expression is made runnable, not by checking: the problem has no place then. */
  readonly whenPlanned?: boolean;
  /** The problem; undefined if the value is fine. */
  check(value: CelValue): string | undefined;
}

const NAMED: Readonly<Record<string, CelType>> = {
  any: ANY, bool: BOOL, bytes: BYTES, double: DOUBLE, duration: DURATION, dyn: DYN, int: INT, null: NULL, string: STRING, timestamp: TIMESTAMP, uint: UINT,
};

/** Reads types as signatures write them: `list(A)`, `map(string, int)`, `optional(V)`, `kubernetes.URL`. */
class SignatureReader {
  readonly typeParams = new Set<string>();
  private readonly tokens: readonly string[];
  private at = 0;
  constructor(text: string) {
    this.tokens = text.match(/[A-Za-z_][\w.]*[\w]|[A-Za-z_]|->|[(),.]/g) ?? [];
  }
  is(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }
  type(): CelType {
    const name = this.tokens[this.at++] ?? '';
    if (/^[A-Z]$/.test(name)) {
      this.typeParams.add(name);
      return param(name);
    }
    const named = NAMED[name];
    if (named !== undefined) return named;
    const inner = this.list();
    if (name === 'list') return listOf(inner[0] ?? DYN);
    if (name === 'map') return mapOf(inner[0] ?? DYN, inner[1] ?? DYN);
    if (name === 'optional') return optionalOf(inner[0] ?? DYN);
    if (name === 'type') return typeOf(inner[0]);
    return opaque(name, ...inner);
  }
  list(): CelType[] {
    const types: CelType[] = [];
    if (!this.is('(')) return types;
    while (!this.is(')')) {
      types.push(this.type());
      this.is(',');
    }
    return types;
  }
}

/**
 * An overload from its signature: `(string, int) -> bool`, or `string . (int) -> bool` for a member. Single capital
 * letters are type parameters; unknown names are opaque types.
 */
export function overload(id: string, signature: string, call: Implementation, prepare?: Overload['prepare']): Overload {
  const reader = new SignatureReader(signature);
  const target = signature.startsWith('(') ? undefined : reader.type();
  reader.is('.');
  const params = reader.list();
  reader.is('->');
  const result = reader.type();
  return {
    id,
    member: target !== undefined,
    params: target === undefined ? params : [target, ...params],
    result,
    typeParams: [...reader.typeParams],
    call,
    ...(prepare === undefined ? {} : { prepare }),
  };
}

export const declare = (name: string, ...overloads: Overload[]): FunctionDeclaration => ({ name, overloads });

/** Joins the overloads that several libraries give one name. */
export function mergeFunctions(libraries: readonly Library[]): ReadonlyMap<string, FunctionDeclaration> {
  const merged = new Map<string, FunctionDeclaration>();
  for (const library of libraries) {
    for (const declaration of library.functions ?? []) {
      const before = merged.get(declaration.name);
      if (before === undefined) {
        merged.set(declaration.name, declaration);
        continue;
      }
      const known = new Set(before.overloads.map((o) => o.id));
      const added = declaration.overloads.filter((o) => !known.has(o.id));
      merged.set(declaration.name, { name: declaration.name, overloads: [...before.overloads, ...added] });
    }
  }
  return merged;
}

import type { Comprehension, Expr } from './ast.ts';
import type { CelValue } from './values.ts';

/** A call that is rewritten when it is parsed. */
export interface Macro {
  readonly name: string;
  /** `x.name(…)` rather than `name(…)`. */
  readonly member: boolean;
  /** How many arguments; -1 for any number. */
  readonly arguments: number;
  /** Undefined leaves the call as it is. @throws MacroError */
  expand(offset: number, target: Expr | undefined, args: Expr[]): Expr | undefined;
}

export class MacroError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** The variable that a fold's result grows in. */
export const ACCUMULATOR = '@result';

/** Makes nodes at one place: all that a macro adds stands where the macro was called. */
export class NodeMaker {
  private readonly offset: number;
  constructor(offset: number) {
    this.offset = offset;
  }
  literal(value: CelValue): Expr {
    return { kind: 'literal', value, offset: this.offset };
  }
  ident(name: string): Expr {
    return { kind: 'ident', name, offset: this.offset };
  }
  accumulator(): Expr {
    return this.ident(ACCUMULATOR);
  }
  call(name: string, ...args: Expr[]): Expr {
    return { kind: 'call', name, target: undefined, args, offset: this.offset };
  }
  method(name: string, target: Expr, ...args: Expr[]): Expr {
    return { kind: 'call', name, target, args, offset: this.offset };
  }
  list(...elements: Expr[]): Expr {
    return { kind: 'list', elements, optional: new Set(), offset: this.offset };
  }
  map(): Expr {
    return { kind: 'map', entries: [], offset: this.offset };
  }
  fold(parts: Omit<Comprehension, 'kind' | 'offset' | 'accuVar' | 'iterVar2'> & { accuVar?: string; iterVar2?: string | undefined }): Expr {
    return { kind: 'comprehension', accuVar: ACCUMULATOR, iterVar2: undefined, ...parts, offset: this.offset };
  }
}

/** The name of a variable that a macro declares. */
export function variableName(expr: Expr | undefined, complaint: string): string {
  if (expr?.kind !== 'ident' || expr.name.startsWith('.')) throw new MacroError(complaint, expr?.offset ?? 0);
  if (expr.name === ACCUMULATOR || expr.name === '__result__') {
    throw new MacroError('iteration variable overwrites accumulator variable', expr.offset);
  }
  return expr.name;
}

const NOT_A_NAME = 'argument must be a simple name';
const NOT_AN_IDENTIFIER = 'argument is not an identifier';

type Operands = { readonly range: Expr; readonly iterVar: string; readonly iterVar2?: string | undefined };

/** The folds that `all`, `exists` and `exists_one` stand for, with one variable or two. */
export const quantifiers = {
  all: (make: NodeMaker, operands: Operands, predicate: Expr): Expr =>
    make.fold({
      ...operands,
      accuInit: make.literal(true),
      condition: make.call('@not_strictly_false', make.accumulator()),
      step: make.call('_&&_', make.accumulator(), predicate),
      result: make.accumulator(),
    }),
  exists: (make: NodeMaker, operands: Operands, predicate: Expr): Expr =>
    make.fold({
      ...operands,
      accuInit: make.literal(false),
      condition: make.call('@not_strictly_false', make.call('!_', make.accumulator())),
      step: make.call('_||_', make.accumulator(), predicate),
      result: make.accumulator(),
    }),
  existsOne: (make: NodeMaker, operands: Operands, predicate: Expr): Expr =>
    make.fold({
      ...operands,
      accuInit: make.literal(0),
      condition: make.literal(true),
      step: make.call('_?_:_', predicate, make.call('_+_', make.accumulator(), make.literal(1)), make.accumulator()),
      result: make.call('_==_', make.accumulator(), make.literal(1)),
    }),
};

function collect(make: NodeMaker, operands: Operands, element: Expr, predicate: Expr | undefined): Expr {
  const add = make.call('_+_', make.accumulator(), make.list(element));
  return make.fold({
    ...operands,
    accuInit: make.list(),
    condition: make.literal(true),
    step: predicate === undefined ? add : make.call('_?_:_', predicate, add, make.accumulator()),
    result: make.accumulator(),
  });
}

const required = (expr: Expr | undefined): Expr => {
  if (expr === undefined) throw new TypeError('a macro was given too few arguments');
  return expr;
};

function quantifier(name: string, build: (make: NodeMaker, operands: Operands, predicate: Expr) => Expr): Macro {
  return {
    name,
    member: true,
    arguments: 2,
    expand: (offset, target, [variable, predicate]) =>
      build(new NodeMaker(offset), { range: required(target), iterVar: variableName(variable, NOT_A_NAME) }, required(predicate)),
  };
}

const has: Macro = {
  name: 'has',
  member: false,
  arguments: 1,
  expand(offset, _target, [argument]) {
    if (argument?.kind !== 'select' || argument.testOnly) {
      throw new MacroError('invalid argument to has() macro', argument?.offset ?? offset);
    }
    return { kind: 'select', operand: argument.operand, field: argument.field, testOnly: true, offset };
  },
};

const mapMacro = (count: 2 | 3): Macro => ({
  name: 'map',
  member: true,
  arguments: count,
  expand(offset, target, args) {
    const operands = { range: required(target), iterVar: variableName(args[0], NOT_AN_IDENTIFIER) };
    return collect(new NodeMaker(offset), operands, required(args[count - 1]), count === 3 ? args[1] : undefined);
  },
});

const filter: Macro = {
  name: 'filter',
  member: true,
  arguments: 2,
  expand(offset, target, [variable, predicate]) {
    const operands = { range: required(target), iterVar: variableName(variable, NOT_AN_IDENTIFIER) };
    // The variable itself is what is collected, as it was written.
    return collect(new NodeMaker(offset), operands, required(variable), predicate);
  },
};

/** The macros of the language itself. */
export const STANDARD_MACROS: readonly Macro[] = [
  has,
  quantifier('all', quantifiers.all),
  quantifier('exists', quantifiers.exists),
  quantifier('exists_one', quantifiers.existsOne),
  mapMacro(2),
  mapMacro(3),
  filter,
];

/** The newer spelling of `exists_one`, which Kubernetes does not have with one variable. */
export const EXISTS_ONE_MACRO: Macro = quantifier('existsOne', quantifiers.existsOne);

export { collect as collectFold, required as requiredArgument };

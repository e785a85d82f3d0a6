import type { Expr } from '../ast.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { fail } from '../evaluation-error.ts';
import { MacroError, NodeMaker, collectFold, quantifiers, requiredArgument, variableName } from '../macros.ts';
import type { Macro } from '../macros.ts';

const NOT_A_NAME = 'argument must be a simple name';

interface Operands {
  readonly range: Expr;
  readonly iterVar: string;
  readonly iterVar2: string;
}

function operandsOf(target: Expr | undefined, args: readonly Expr[]): Operands {
  const iterVar = variableName(args[0], NOT_A_NAME);
  const iterVar2 = variableName(args[1], NOT_A_NAME);
  if (iterVar === iterVar2) throw new MacroError(`duplicate variable name: ${iterVar}`, args[1]?.offset ?? 0);
  return { range: requiredArgument(target), iterVar, iterVar2 };
}

const macro = (name: string, count: number, build: (make: NodeMaker, operands: Operands, rest: readonly Expr[]) => Expr): Macro => ({
  name,
  member: true,
  arguments: count,
  expand: (offset, target, args) => build(new NodeMaker(offset), operandsOf(target, args), args.slice(2)),
});

const quantifier = (name: string, build: (make: NodeMaker, operands: Operands, predicate: Expr) => Expr): Macro =>
  macro(name, 3, (make, operands, [predicate]) => build(make, operands, requiredArgument(predicate)));

function intoMap(make: NodeMaker, operands: Operands, insert: readonly Expr[], predicate: Expr | undefined): Expr {
  const add = make.call('cel.@mapInsert', make.accumulator(), ...insert);
  return make.fold({
    ...operands,
    accuInit: make.map(),
    condition: make.literal(true),
    step: predicate === undefined ? add : make.call('_?_:_', predicate, add, make.accumulator()),
    result: make.accumulator(),
  });
}

const last = (args: readonly Expr[]): Expr => requiredArgument(args.at(-1));
const guard = (args: readonly Expr[]): Expr | undefined => (args.length === 2 ? args[0] : undefined);

/** Maps are only ever inserted into by the macros here, whose evaluation does it in place. */
const inserted: Implementation = () => fail('map insertion outside of a comprehension');

/** `list.all(i, v, …)`, `map.transformMap(k, v, …)`: comprehensions over indexes and items, keys and values. */
export const twoVariableComprehensions: Library = {
  name: 'comprehensions',
  macros: [
    quantifier('all', quantifiers.all),
    quantifier('exists', quantifiers.exists),
    quantifier('existsOne', quantifiers.existsOne),
    quantifier('exists_one', quantifiers.existsOne),
    ...[3, 4].flatMap((count) => [
      macro('transformList', count, (make, operands, rest) => collectFold(make, operands, last(rest), guard(rest))),
      macro('transformMap', count, (make, operands, rest) => intoMap(make, operands, [make.ident(operands.iterVar), last(rest)], guard(rest))),
      macro('transformMapEntry', count, (make, operands, rest) => intoMap(make, operands, [last(rest)], guard(rest))),
    ]),
  ],
  functions: [
    declare(
      'cel.@mapInsert',
      overload('@mapInsert_map_map', '(map(K, V), map(K, V)) -> map(K, V)', inserted),
      overload('@mapInsert_map_key_value', '(map(K, V), K, V) -> map(K, V)', inserted),
    ),
  ],
};

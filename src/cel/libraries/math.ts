import { compare } from '../equality.ts';
import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { FunctionDeclaration, Implementation, Library } from '../functions.ts';
import type { Expr } from '../ast.ts';
import { MacroError, NodeMaker } from '../macros.ts';
import type { Macro } from '../macros.ts';
import { canonical, negateInt } from '../numbers.ts';
import { CelDouble, CelList, CelUint } from '../values.ts';
import type { CelValue } from '../values.ts';

const NUMBERS = ['int', 'uint', 'double'] as const;
const TWO_64 = 2n ** 64n;

const double = (value: unknown): number => (value instanceof CelDouble ? value.value : noSuchOverload());
const onDouble = (call: (n: number) => CelValue): Implementation => (value) => call(double(value));

/** Halves go away from zero. */
function round(n: number): number {
  const whole = Math.trunc(n);
  return Math.abs(n - whole) >= 0.5 ? whole + Math.sign(n) : whole;
}

const doubles = (name: string, id: string, call: (n: number) => CelValue, result = 'double'): FunctionDeclaration => declare(`math.${name}`, overload(`math_${id}_double`, `(double) -> ${result}`, onDouble(call)));

const abs: Implementation = (value) => {
  if (value instanceof CelDouble) return new CelDouble(Math.abs(value.value));
  if (value instanceof CelUint) return value;
  if (typeof value !== 'number' && typeof value !== 'bigint') return noSuchOverload();
  return value < 0 ? negateInt(value) : value;
};

const sign: Implementation = (value) => {
  if (value instanceof CelDouble) return new CelDouble(Math.sign(value.value));
  if (value instanceof CelUint) return new CelUint(value.value === 0 ? 0 : 1);
  if (typeof value !== 'number' && typeof value !== 'bigint') return noSuchOverload();
  return value < 0 ? -1 : value > 0 ? 1 : 0;
};

const sqrt: Implementation = (value) => {
  if (value instanceof CelDouble) return new CelDouble(Math.sqrt(value.value));
  if (value instanceof CelUint) return new CelDouble(Math.sqrt(Number(value.value)));
  return typeof value === 'number' || typeof value === 'bigint' ? new CelDouble(Math.sqrt(Number(value))) : noSuchOverload();
};

type BitOperation = (a: bigint, b: bigint) => bigint;

/** Works on the 64 bits of ints (in two's complement) or uints. */
const bits = (operation: BitOperation): Implementation => (a, b) => {
  if (a instanceof CelUint && b instanceof CelUint) return new CelUint(canonical(BigInt.asUintN(64, operation(BigInt(a.value), BigInt(b.value)))));
  if ((typeof a === 'number' || typeof a === 'bigint') && (typeof b === 'number' || typeof b === 'bigint')) {
    return canonical(BigInt.asIntN(64, operation(BigInt(a), BigInt(b))));
  }
  return noSuchOverload();
};

const shift = (name: string, operation: BitOperation): Implementation => (a, by) => {
  if (typeof by !== 'number' && typeof by !== 'bigint') return noSuchOverload();
  if (by < 0) return fail(`math.${name}() negative offset: ${by}`);
  const distance = by >= 64 ? 64n : BigInt(by);
  if (a instanceof CelUint) return new CelUint(canonical(BigInt.asUintN(64, operation(BigInt(a.value), distance))));
  if (typeof a !== 'number' && typeof a !== 'bigint') return noSuchOverload();
  return canonical(BigInt.asIntN(64, operation(BigInt.asUintN(64, BigInt(a)), distance)));
};

const bitNot: Implementation = (a) => {
  if (a instanceof CelUint) return new CelUint(canonical(TWO_64 - 1n - BigInt(a.value)));
  return typeof a === 'number' || typeof a === 'bigint' ? canonical(~BigInt(a)) : noSuchOverload();
};

const twoInts = (name: string, operation: BitOperation): FunctionDeclaration =>
  declare(`math.${name}`, ...(['int', 'uint'] as const).map((type) => overload(`math_${name}_${type}_${type}`, `(${type}, ${type}) -> ${type}`, bits(operation))));

const shifted = (name: string, operation: BitOperation): FunctionDeclaration =>
  declare(`math.${name}`, ...(['int', 'uint'] as const).map((type) => overload(`math_${name}_${type}_int`, `(${type}, int) -> ${type}`, shift(name, operation))));

function extreme(name: string, better: (order: number) => boolean): FunctionDeclaration {
  const best = (values: readonly CelValue[]): CelValue => {
    if (values.length === 0) return fail(`math.@${name}(list) argument must not be empty`);
    let [found] = values as [CelValue];
    for (const value of values.slice(1)) if (better(compare(value, found) ?? 0)) found = value;
    return found;
  };
  const ofList: Implementation = (list) => (list instanceof CelList ? best(Array.from({ length: list.size }, (_, i) => list.get(i))) : noSuchOverload());
  return declare(
    `math.@${name}`,
    ...NUMBERS.map((type) => overload(`math_@${name}_${type}`, `(${type}) -> ${type}`, (value) => value as CelValue)),
    ...NUMBERS.flatMap((a) => NUMBERS.map((b) => overload(`math_@${name}_${a}_${b}`, `(${a}, ${b}) -> ${a === b ? a : 'dyn'}`, (x, y) => best([x as CelValue, y as CelValue])))),
    ...NUMBERS.map((type) => overload(`math_@${name}_list_${type}`, `(list(${type})) -> ${type}`, ofList)),
    overload(`math_@${name}_list_dyn`, '(list(dyn)) -> dyn', ofList),
  );
}

/** `math.least(a, b, c)` takes any number of numbers, or a list of them. */
function manyMacro(name: string, fn: string): Macro {
  const mayBeNumber = (expr: Expr): boolean => {
    if (expr.kind === 'literal') return typeof expr.value === 'number' || typeof expr.value === 'bigint' || expr.value instanceof CelDouble || expr.value instanceof CelUint;
    return expr.kind !== 'list' && expr.kind !== 'map' && expr.kind !== 'struct';
  };
  return {
    name,
    member: true,
    arguments: -1,
    expand(offset, target, args) {
      if (target?.kind !== 'ident' || target.name !== 'math') return undefined;
      const make = new NodeMaker(offset);
      const [first] = args;
      if (first === undefined) throw new MacroError(`math.${name}() requires at least one argument`, target.offset);
      if (args.length === 1) {
        if (first.kind === 'list' && first.elements.length > 0 && first.elements.every(mayBeNumber)) return make.call(fn, first);
        if (mayBeNumber(first)) return make.call(fn, first);
        throw new MacroError(`math.${name}() invalid single argument value`, first.offset);
      }
      const wrong = args.find((arg) => !mayBeNumber(arg));
      if (wrong !== undefined) throw new MacroError(`math.${name}() simple literal arguments must be numeric`, wrong.offset);
      return args.length === 2 ? make.call(fn, ...args) : make.call(fn, make.list(...args));
    },
  };
}

/** CEL's mathematical functions. */
export const math: Library = {
  name: 'math',
  macros: [manyMacro('least', 'math.@min'), manyMacro('greatest', 'math.@max')],
  functions: [
    extreme('min', (order) => order < 0),
    extreme('max', (order) => order > 0),
    doubles('ceil', 'ceil', (n) => new CelDouble(Math.ceil(n))),
    doubles('floor', 'floor', (n) => new CelDouble(Math.floor(n))),
    doubles('round', 'round', (n) => new CelDouble(round(n))),
    doubles('trunc', 'trunc', (n) => new CelDouble(Math.trunc(n))),
    doubles('isNaN', 'isNaN', (n) => Number.isNaN(n), 'bool'),
    doubles('isInf', 'isInf', (n) => n === Infinity || n === -Infinity, 'bool'),
    doubles('isFinite', 'isFinite', (n) => Number.isFinite(n), 'bool'),
    declare('math.abs', ...NUMBERS.map((type) => overload(`math_abs_${type}`, `(${type}) -> ${type}`, abs))),
    declare('math.sign', ...NUMBERS.map((type) => overload(`math_sign_${type}`, `(${type}) -> ${type}`, sign))),
    declare('math.sqrt', ...NUMBERS.map((type) => overload(`math_sqrt_${type}`, `(${type}) -> double`, sqrt))),
    twoInts('bitAnd', (a, b) => a & b),
    twoInts('bitOr', (a, b) => a | b),
    twoInts('bitXor', (a, b) => a ^ b),
    declare('math.bitNot', overload('math_bitNot_int_int', '(int) -> int', bitNot), overload('math_bitNot_uint_uint', '(uint) -> uint', bitNot)),
    shifted('bitShiftLeft', (a, by) => a << by),
    shifted('bitShiftRight', (a, by) => a >> by),
  ],
};

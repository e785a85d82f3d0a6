import { equal } from './equality.ts';
import { noSuchOverload } from './evaluation-error.ts';
import { charge, Frame } from './frame.ts';
import type { Evaluate } from './frame.ts';
import type { Implementation } from './functions.ts';
import { CelDouble, CelList, CelOptional, CelUint, isInt } from './values.ts';
import type { CelValue } from './values.ts';

/** Pieces of plans: constants, and operators with a shorter way than a call. */

const CONSTANT = new WeakMap<Evaluate, { readonly value: CelValue }>();

export function constant(value: CelValue): Evaluate {
  const evaluate: Evaluate = () => value;
  CONSTANT.set(evaluate, { value });
  return evaluate;
}

export const constantOf = (evaluate: Evaluate): { readonly value: CelValue } | undefined => CONSTANT.get(evaluate);

export interface CallCost {
  readonly cost: (args: readonly CelValue[], result: CelValue) => number;
  /** Known only when the call has run. */
  readonly byResult: boolean;
}

/** Comparisons of ints: those that are JavaScript numbers are compared as such. */
export const INT_COMPARISONS: Readonly<Record<string, (a: Evaluate, b: Evaluate, slow: Implementation) => Evaluate>> = {
  '_<_': (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    charge(f, 1);
    return typeof x === 'number' && typeof y === 'number' ? x < y : slow(x, y);
  },
  '_<=_': (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    charge(f, 1);
    return typeof x === 'number' && typeof y === 'number' ? x <= y : slow(x, y);
  },
  '_>_': (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    charge(f, 1);
    return typeof x === 'number' && typeof y === 'number' ? x > y : slow(x, y);
  },
  '_>=_': (a, b, slow) => (f) => {
    const x = a(f);
    const y = b(f);
    charge(f, 1);
    return typeof x === 'number' && typeof y === 'number' ? x >= y : slow(x, y);
  },
};

export function equality(a: Evaluate, b: Evaluate, negated: boolean, callCost: CallCost | undefined): Evaluate {
  return (f) => {
    const x = a(f);
    const y = b(f);
    // Numbers, booleans and null have no size, so comparing with one costs 1.
    const kind = typeof x;
    if (kind === 'number' || kind === 'boolean') charge(f, 1);
    else charge(f, callCost?.cost([x, y], null) ?? 1);
    return equal(x, y) !== negated;
  };
}

/**
 * Making a long list costs something for its length, whatever the call costs: otherwise lists that grow with every step
 * would be nearly free.
 */
export function chargedBySize(evaluate: Evaluate): Evaluate {
  return (f) => {
    const result = evaluate(f);
    if (result instanceof CelList && result.size >= ITEMS_PER_UNIT) charge(f, Math.floor(result.size / ITEMS_PER_UNIT));
    return result;
  };
}

const ITEMS_PER_UNIT = 128;

/** `a.or(b)` and `a.orValue(b)`: b is evaluated only where a is absent. */
export function alternative(left: Evaluate, right: Evaluate, unwrap: boolean): Evaluate {
  return (f) => {
    const value = left(f);
    if (!(value instanceof CelOptional)) return noSuchOverload();
    if (value.value !== undefined) return unwrap ? value.value : value;
    const other = right(f);
    return unwrap || other instanceof CelOptional ? other : noSuchOverload();
  };
}

/** A constant list of simple values is searched as a set, and that is free. */
export function membership(item: Evaluate, list: CelList): Evaluate | undefined {
  const known = new Set<string | number | bigint | boolean>();
  for (let i = 0; i < list.size; i++) {
    const value = list.get(i);
    if (typeof value !== 'string' && typeof value !== 'boolean' && !isInt(value)) return undefined;
    known.add(value);
  }
  return (f) => {
    const value = item(f);
    if (typeof value === 'object') {
      if (value instanceof CelUint) return known.has(value.value);
      return value instanceof CelDouble && (known.has(value.value) || (Number.isInteger(value.value) && known.has(BigInt(value.value))));
    }
    return known.has(value);
  };
}

/** Evaluates once, now, at no cost; an expression that fails keeps failing when it runs. */
export function folded(evaluate: Evaluate): Evaluate {
  try {
    return constant(evaluate(new Frame([], Infinity)));
  } catch {
    return evaluate;
  }
}

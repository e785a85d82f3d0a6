import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { canonical } from '../numbers.ts';
import { opaque, typeOf } from '../types.ts';
import type { CelType } from '../types.ts';
import { CelDouble, CelTypeValue } from '../values.ts';
import type { CelValue, OpaqueValue } from '../values.ts';

export const QUANTITY_TYPE = opaque('kubernetes.Quantity');

/** Quantities are exact to 10⁻⁹, which is their finest unit. */
const NANO = 1_000_000_000n;
const MAX_INT = 2n ** 63n - 1n;
const MAX_NANOS = MAX_INT * NANO;
const MAX_DIGITS = 100;

export class QuantityValue implements OpaqueValue {
  readonly celType: CelType = QUANTITY_TYPE;
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
  equals(other: OpaqueValue): boolean {
    return other instanceof QuantityValue && other.nanos === this.nanos;
  }
}

const BINARY: Readonly<Record<string, bigint>> = { Ki: 2n ** 10n, Mi: 2n ** 20n, Gi: 2n ** 30n, Ti: 2n ** 40n, Pi: 2n ** 50n, Ei: 2n ** 60n };
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

const FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Finer than 10⁻⁹ is rounded up, away from zero; greater than 64 bits hold is cut to that. */
export function parseQuantity(text: string): { readonly nanos: bigint } | { readonly error: string } {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text);
  if (match === null || text.length > MAX_DIGITS) return { error: FORMAT };
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return { error: FORMAT };
  let multiplier = 1n;
  let exponent: number;
  if (Object.hasOwn(BINARY, suffix)) {
    multiplier = BINARY[suffix] ?? 1n;
    exponent = 0;
  } else if (Object.hasOwn(DECIMAL, suffix)) {
    exponent = DECIMAL[suffix] ?? 0;
  } else {
    const power = /^[eE]([-+]?\d{1,4})$/.exec(suffix);
    if (power === null) return { error: "unable to parse quantity's suffix" };
    exponent = Number(power[1]);
  }
  const scale = exponent + 9 - fraction.length;
  let nanos = BigInt(whole + fraction) * multiplier;
  if (scale >= 0) nanos = nanos === 0n ? 0n : scale > 60 ? MAX_NANOS : nanos * 10n ** BigInt(scale);
  else {
    const divisor = 10n ** BigInt(Math.min(-scale, 2 * MAX_DIGITS));
    nanos = (nanos + divisor - 1n) / divisor;
  }
  if (nanos > MAX_NANOS) nanos = MAX_NANOS;
  return { nanos: sign === '-' ? -nanos : nanos };
}

const nanosOf = (value: CelValue | undefined): bigint => {
  if (value instanceof QuantityValue) return value.nanos;
  return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) * NANO : noSuchOverload();
};

const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const isWhole = (nanos: bigint): boolean => nanos % NANO === 0n && nanos / NANO <= MAX_INT && nanos / NANO >= -MAX_INT - 1n;
const onNanos = (call: (a: bigint) => CelValue): Implementation => (a) => call(nanosOf(a));
const onBoth = (call: (a: bigint, b: bigint) => CelValue): Implementation => (a, b) => call(nanosOf(a), nanosOf(b));

const sum = onBoth((a, b) => new QuantityValue(a + b));
const difference = onBoth((a, b) => new QuantityValue(a - b));

/** Kubernetes' quantities: `quantity('1.5Gi').isGreaterThan(quantity('1G'))`. */
export const quantity: Library = {
  name: 'kubernetes.quantity',
  constants: [{ name: QUANTITY_TYPE.name, type: typeOf(QUANTITY_TYPE), value: new CelTypeValue(QUANTITY_TYPE) }],
  functions: [
    declare('quantity', overload('string_to_quantity', '(string) -> kubernetes.Quantity', (text) => {
      if (typeof text !== 'string') return noSuchOverload();
      const parsed = parseQuantity(text);
      return 'error' in parsed ? fail(parsed.error) : new QuantityValue(parsed.nanos);
    })),
    declare('isQuantity', overload('is_quantity_string', '(string) -> bool', (text) => (typeof text === 'string' ? !('error' in parseQuantity(text)) : noSuchOverload()))),
    declare('sign', overload('quantity_sign', 'kubernetes.Quantity . () -> int', onNanos((a) => order(a, 0n)))),
    declare('isInteger', overload('quantity_is_integer', 'kubernetes.Quantity . () -> bool', onNanos(isWhole))),
    declare('asInteger', overload('quantity_as_integer', 'kubernetes.Quantity . () -> int', onNanos((a) => (isWhole(a) ? canonical(a / NANO) : fail('cannot convert value to integer'))))),
    declare('asApproximateFloat', overload('quantity_get_float', 'kubernetes.Quantity . () -> double', onNanos((a) => new CelDouble(isWhole(a) ? Number(a / NANO) : Number(a) / 1e9)))),
    declare('isGreaterThan', overload('quantity_is_greater_than', 'kubernetes.Quantity . (kubernetes.Quantity) -> bool', onBoth((a, b) => a > b))),
    declare('isLessThan', overload('quantity_is_less_than', 'kubernetes.Quantity . (kubernetes.Quantity) -> bool', onBoth((a, b) => a < b))),
    declare('compareTo', overload('quantity_compare_to', 'kubernetes.Quantity . (kubernetes.Quantity) -> int', onBoth(order))),
    declare('add', overload('quantity_add', 'kubernetes.Quantity . (kubernetes.Quantity) -> kubernetes.Quantity', sum), overload('quantity_add_int', 'kubernetes.Quantity . (int) -> kubernetes.Quantity', sum)),
    declare('sub', overload('quantity_sub', 'kubernetes.Quantity . (kubernetes.Quantity) -> kubernetes.Quantity', difference), overload('quantity_sub_int', 'kubernetes.Quantity . (int) -> kubernetes.Quantity', difference)),
  ],
};

import { fail } from './evaluation-error.ts';
import { CelUint } from './values.ts';

/** 64-bit integers: numbers while safe, bigints beyond; leaving the 64 bits is an error, never a wrap. */
export type Int = number | bigint;

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;

const intOverflow = (): never => fail('integer overflow');
const uintOverflow = (): never => fail('unsigned integer overflow');

/** The one form of an integer: a number if it is safe. */
export function canonical(value: bigint): Int {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

export function toInt(value: bigint): Int {
  return value < INT_MIN || value > INT_MAX ? intOverflow() : canonical(value);
}

export function toUint(value: bigint): CelUint {
  return value < 0n || value > UINT_MAX ? uintOverflow() : new CelUint(canonical(value));
}

export function addInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return toInt(BigInt(a) + BigInt(b));
}

export function subtractInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return toInt(BigInt(a) - BigInt(b));
}

export function multiplyInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product;
  }
  return toInt(BigInt(a) * BigInt(b));
}

export function divideInt(a: Int, b: Int): Int {
  if (b === 0) return fail('division by zero');
  if (typeof a === 'number' && typeof b === 'number') {
    const quotient = Math.trunc(a / b);
    // The quotient of two safe integers can be off by one in doubles only beyond 2^53 of dividend times divisor.
    if (Math.abs(a) < 2 ** 51) return quotient === 0 ? 0 : quotient;
  }
  return toInt(BigInt(a) / BigInt(b));
}

export function moduloInt(a: Int, b: Int): Int {
  if (b === 0) return fail('modulus by zero');
  if (typeof a === 'number' && typeof b === 'number') {
    const rest = a % b;
    return rest === 0 ? 0 : rest;
  }
  if (BigInt(a) === INT_MIN && b === -1) return intOverflow();
  return toInt(BigInt(a) % BigInt(b));
}

export function negateInt(a: Int): Int {
  return typeof a === 'number' ? 0 - a : toInt(-a);
}

type UintOperator = 'add' | 'subtract' | 'multiply' | 'divide' | 'modulo';

export function uintArithmetic(operator: UintOperator, left: CelUint, right: CelUint): CelUint {
  const a = BigInt(left.value);
  const b = BigInt(right.value);
  switch (operator) {
    case 'add':
      return toUint(a + b);
    case 'subtract':
      return toUint(a - b);
    case 'multiply':
      return toUint(a * b);
    case 'divide':
      return b === 0n ? fail('division by zero') : toUint(a / b);
    case 'modulo':
    default:
      return b === 0n ? fail('modulus by zero') : toUint(a % b);
  }
}

/** Toward zero; NaN, the infinities and what leaves 64 bits fail. */
export function doubleToInt(value: number): Int {
  if (Number.isNaN(value) || value <= -9223372036854775808 || value >= 9223372036854775808) return intOverflow();
  const whole = Math.trunc(value);
  return Number.isSafeInteger(whole) ? (whole === 0 ? 0 : whole) : canonical(BigInt(whole));
}

export function doubleToUint(value: number): CelUint {
  if (Number.isNaN(value) || value < 0 || value >= 18446744073709551616) return uintOverflow();
  const whole = Math.trunc(value);
  return new CelUint(Number.isSafeInteger(whole) ? (whole === 0 ? 0 : whole) : canonical(BigInt(whole)));
}

/** A double as Go's %g with the shortest digits writes it. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 21) {
    const digits = String(Math.abs(power)).padStart(2, '0');
    return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`;
  }
  return fixed(mantissa, power);
}

function fixed(mantissa: string, power: number): string {
  const negative = mantissa.startsWith('-');
  const digits = mantissa.replace(/[-.]/g, '');
  let out: string;
  if (power < 0) out = `0.${'0'.repeat(-power - 1)}${digits}`;
  else if (digits.length <= power + 1) out = digits.padEnd(power + 1, '0');
  else out = `${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`;
  return negative ? `-${out}` : out;
}

/**
 * Where a number stands to another, across all number types; undefined when either is NaN. Beside a double, an integer
 * counts as the double nearest to it.
 */
export function compareNumbers(a: Int | number, aDouble: boolean, b: Int | number, bDouble: boolean): number | undefined {
  if (aDouble !== bDouble) return compareNumbers(Number(a), true, Number(b), true);
  if (aDouble && (Number.isNaN(a as number) || Number.isNaN(b as number))) return undefined;
  return a < b ? -1 : a > b ? 1 : 0;
}

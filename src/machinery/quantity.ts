/**
 * resource.Quantity: exact decimal amounts with a suffix family. A quantity is mantissa × 10^exponent; the format only
 * says which suffixes it is written with.
 */

/** `DecimalSI` writes k, M, G; `BinarySI` Ki, Mi, Gi; `DecimalExponent` e3, e6. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** Immutable. The exponent is never below -9: what is smaller was rounded up when it was parsed. */
export interface Quantity {
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

/** A text that is no quantity. */
export class QuantityError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'QuantityError';
  }
}

const FORMAT_TEXT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMERIC_TEXT = 'unable to parse numeric part of quantity';
const SUFFIX_TEXT = "unable to parse quantity's suffix";

const NANO = -9;
/** Binary quantities are capped here. */
const MAX_INT64 = 2n ** 63n - 1n;
/** Bounds the work of exact arithmetic; no amount of anything is near. */
const MAX_EXPONENT = 1000;
const MAX_DIGITS = 1000;

const DECIMAL_SUFFIXES: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const DECIMAL_BY_EXPONENT: ReadonlyMap<number, string> = new Map([...DECIMAL_SUFFIXES].map(([suffix, exponent]) => [exponent, suffix]));
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** sign, digits, fraction, suffix letters, exponent: looser than the grammar that the error text names, as Kubernetes is. */
const QUANTITY = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*)([-+]?[0-9]*)$/;

export const ZERO_QUANTITY: Quantity = Object.freeze({ mantissa: 0n, exponent: 0, format: 'DecimalSI' });

/** Throws QuantityError with Kubernetes' text. */
export function parseQuantity(text: string): Quantity {
  const match = text === '' ? null : QUANTITY.exec(text);
  if (match === null) throw new QuantityError(FORMAT_TEXT);
  const [, sign, whole = '', fraction = '', letters = '', digits = ''] = match;
  const number = whole.replace(/^0+/, '');
  // Nothing but zeros and a sign needs no suffix at all.
  if (number === '' && match[3] === undefined && letters === '' && digits === '') return ZERO_QUANTITY;
  if (number.length + fraction.length > MAX_DIGITS) throw new QuantityError(NUMERIC_TEXT);
  const scaled = applySuffix(BigInt(number + fraction || '0'), -fraction.length, letters + digits);
  const rounded = capped(roundUpToNano(scaled));
  return sign === '-' ? { ...rounded, mantissa: -rounded.mantissa } : rounded;
}

function applySuffix(mantissa: bigint, exponent: number, suffix: string): Quantity {
  const decimal = DECIMAL_SUFFIXES.get(suffix);
  if (decimal !== undefined) return { mantissa, exponent: exponent + decimal, format: 'DecimalSI' };
  const binary = BINARY_SUFFIXES.indexOf(suffix);
  if (binary > 0) return { mantissa: mantissa << BigInt(10 * binary), exponent, format: 'BinarySI' };
  if (!/^[eE][-+]?[0-9]+$/.test(suffix)) throw new QuantityError(SUFFIX_TEXT);
  const shift = Number(suffix.slice(1));
  if (shift > MAX_EXPONENT) throw new QuantityError(SUFFIX_TEXT);
  return { mantissa, exponent: exponent + Math.max(shift, -MAX_EXPONENT), format: 'DecimalExponent' };
}

/** Whoever asks for some of a resource gets some: what is below a nano is rounded up, never to zero. */
function roundUpToNano({ mantissa, exponent, format }: Quantity): Quantity {
  if (exponent >= NANO) return { mantissa, exponent, format };
  const divisor = 10n ** BigInt(NANO - exponent);
  return { mantissa: ceilDivide(mantissa, divisor), exponent: NANO, format };
}

function capped(quantity: Quantity): Quantity {
  if (quantity.format !== 'BinarySI') return quantity;
  if (compareQuantity(quantity, { mantissa: MAX_INT64, exponent: 0, format: 'BinarySI' }) > 0) {
    return { mantissa: MAX_INT64, exponent: 0, format: 'BinarySI' };
  }
  const belowOne = quantity.mantissa > 0n && compareQuantity(quantity, { mantissa: 1n, exponent: 0, format: 'BinarySI' }) < 0;
  return belowOne ? { ...quantity, format: 'DecimalSI' } : quantity;
}

/** Division of a magnitude, rounded up. */
function ceilDivide(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}

export function isQuantity(text: string): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch (error) {
    if (error instanceof QuantityError) return false;
    throw error;
  }
}

export function quantityFromNumber(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { mantissa: BigInt(value), exponent: 0, format };
}

/** An amount of thousandths: `quantityFromMilli(1500)` is `1500m`. */
export function quantityFromMilli(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { mantissa: BigInt(value), exponent: -3, format };
}

export function isZeroQuantity(quantity: Quantity): boolean {
  return quantity.mantissa === 0n;
}

/** -1, 0 or 1. */
export function quantitySign(quantity: Quantity): -1 | 0 | 1 {
  if (quantity.mantissa === 0n) return 0;
  return quantity.mantissa < 0n ? -1 : 1;
}

/** The two mantissas at the smaller exponent. */
function align(a: Quantity, b: Quantity): readonly [left: bigint, right: bigint, exponent: number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const raise = (q: Quantity): bigint => (q.exponent === exponent ? q.mantissa : q.mantissa * 10n ** BigInt(q.exponent - exponent));
  return [raise(a), raise(b), exponent];
}

/** Below 0, 0, above 0; the format does not count. */
export function compareQuantity(a: Quantity, b: Quantity): number {
  const [left, right] = align(a, b);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The sum, in the format of `a` unless `a` is zero. */
export function addQuantity(a: Quantity, b: Quantity): Quantity {
  const [left, right, exponent] = align(a, b);
  return { mantissa: left + right, exponent, format: a.mantissa === 0n ? b.format : a.format };
}

/** The difference, in the format of `a` unless `a` is zero. */
export function subQuantity(a: Quantity, b: Quantity): Quantity {
  return addQuantity(a, negQuantity(b));
}

export function negQuantity(quantity: Quantity): Quantity {
  return { ...quantity, mantissa: -quantity.mantissa };
}

/** The product with a whole number. */
export function scaleQuantity(quantity: Quantity, factor: number | bigint): Quantity {
  return { ...quantity, mantissa: quantity.mantissa * BigInt(factor) };
}

/** How many 10^`scale` the quantity is, rounded away from zero. */
export function scaledQuantityValue(quantity: Quantity, scale: number): bigint {
  const shift = quantity.exponent - scale;
  if (shift >= 0) return quantity.mantissa * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return quantity.mantissa < 0n ? -ceilDivide(-quantity.mantissa, divisor) : ceilDivide(quantity.mantissa, divisor);
}

/** The whole amount, rounded away from zero: bytes, pods. Exact up to 2^53. */
export function quantityValue(quantity: Quantity): number {
  return Number(scaledQuantityValue(quantity, 0));
}

/** Thousandths, rounded away from zero: millicores. Exact up to 2^53. */
export function quantityMilliValue(quantity: Quantity): number {
  return Number(scaledQuantityValue(quantity, -3));
}

/** The nearest float64. */
export function quantityAsFloat(quantity: Quantity): number {
  return Number(`${quantity.mantissa}e${quantity.exponent}`);
}

/** The amount when it is a whole number that fits into int64. */
export function quantityAsInt64(quantity: Quantity): bigint | undefined {
  const value = scaledQuantityValue(quantity, 0);
  if (BigInt.asIntN(64, value) !== value) return undefined;
  return compareQuantity(quantity, { mantissa: value, exponent: 0, format: quantity.format }) === 0 ? value : undefined;
}

/** The canonical text: no fraction, the largest suffix of the family that loses nothing. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.mantissa === 0n) return '0';
  if (quantity.format === 'BinarySI') {
    const whole = quantityAsInt64(quantity);
    if (whole !== undefined && (whole >= 1024n || whole <= -1024n)) return formatBinary(whole);
  }
  return formatDecimal(quantity);
}

function formatBinary(value: bigint): string {
  let suffix = 0;
  let rest = value;
  while (suffix < BINARY_SUFFIXES.length - 1 && (rest & 1023n) === 0n) {
    rest >>= 10n;
    suffix++;
  }
  return `${rest}${BINARY_SUFFIXES[suffix]}`;
}

function formatDecimal({ mantissa: given, exponent: from, format }: Quantity): string {
  let mantissa = given;
  let exponent = from;
  while (mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    exponent += 3;
  }
  while (mantissa % 10n === 0n) {
    mantissa /= 10n;
    exponent++;
  }
  const down = ((exponent % 3) + 3) % 3;
  mantissa *= 10n ** BigInt(down);
  exponent -= down;
  if (format === 'DecimalExponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  if (exponent > 18) {
    mantissa *= 10n ** BigInt(exponent - 18);
    exponent = 18;
  }
  return `${mantissa}${DECIMAL_BY_EXPONENT.get(exponent) ?? ''}`;
}

/** Texts that are canonical already: small numbers, thousandths below one, binary amounts below the next suffix. */
const CANONICAL = /^(?:[1-9][0-9]{0,2}[mkMGTP]?|0|[1-9][0-9]{0,2}[KMGTP]i)$/;

/**
 * A quantity as it looks after a round trip through the server: `1000m` → `1`, `0.5` → `500m`, `1024Mi` → `1Gi`. White
 * space around it is dropped. Throws QuantityError.
 */
export function canonicalizeQuantity(text: string): string {
  if (CANONICAL.test(text)) return text;
  return formatQuantity(parseQuantity(text.trim()));
}

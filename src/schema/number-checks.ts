import { fieldInvalid } from '../machinery/field-error.ts';
import { formatFloat } from './number-text.ts';
import type { Structural } from './structural.ts';
import { addGeneralError, errorPath, formatOf, INT64_MAX, INT64_MIN, textPath, typesOf, type ValidationState } from './validation-state.ts';

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

export type NumberCheck = (value: number | bigint, whole: boolean, state: ValidationState) => void;

interface NumberRules {
  /** The one type; '' where several are allowed, which then have no range. */
  readonly type: string;
  readonly format: string;
}

/**
 * Range of the format, then multipleOf, minimum, maximum; undefined where numbers have nothing to be checked for beside
 * their type. Whole values are compared as int64, where limits lose their fraction, as Kubernetes compares them.
 */
export function compileNumberCheck(schema: Structural): NumberCheck | undefined {
  const { multipleOf, maximum, minimum, exclusiveMinimum = false, exclusiveMaximum = false } = schema.props;
  const types = typesOf(schema);
  const rules: NumberRules = { type: types.length === 1 ? (types[0] ?? '') : '', format: formatOf(schema) };
  if (multipleOf === undefined && maximum === undefined && minimum === undefined && rules.type !== 'integer' && rules.format === '') return undefined;
  return (value, whole, state) => {
    checkRange(rules, 'Checked', value, state);
    if (multipleOf !== undefined) checkMultiple(rules, multipleOf, value, whole, state);
    if (minimum !== undefined) checkLimit(rules, { limit: minimum, exclusive: exclusiveMinimum, upper: false }, value, whole, state);
    if (maximum !== undefined) checkLimit(rules, { limit: maximum, exclusive: exclusiveMaximum, upper: true }, value, whole, state);
  };
}

/** False when a finding was added. */
function checkRange({ type, format }: NumberRules, what: string, value: number | bigint, state: ValidationState): boolean {
  if (fitsRange(type, format, value)) return true;
  const of = format === '' ? `${type} (default format)` : `${type} with format ${format}`;
  addGeneralError(state, `${what} value must be of type ${of} in ${textPath(state)}`);
  return false;
}

function fitsRange(type: string, format: string, value: number | bigint): boolean {
  if (type === 'integer') {
    if (typeof value === 'number' && !Number.isInteger(value)) return false;
    if (format === 'int32') return value >= INT32_MIN && value <= INT32_MAX;
    return Number.isSafeInteger(value) || (value >= INT64_MIN && value <= INT64_MAX);
  }
  return format !== 'float' || Number.isFinite(Math.fround(Number(value)));
}

interface Limit {
  readonly limit: number;
  readonly exclusive: boolean;
  readonly upper: boolean;
}

function checkLimit(rules: NumberRules, { limit: declared, exclusive, upper }: Limit, value: number | bigint, whole: boolean, state: ValidationState): void {
  const sound = checkRange(rules, upper ? 'Maximum boundary' : 'Minimum boundary', declared, state);
  const asInteger = whole && sound;
  const limit = asInteger ? Math.trunc(declared) : declared;
  const broken = upper ? (exclusive ? value >= limit : value > limit) : exclusive ? value <= limit : value < limit;
  if (!broken) return;
  const relation = `${upper ? 'less' : 'greater'} than${exclusive ? '' : ' or equal to'}`;
  const shown = asInteger ? BigInt(limit).toString() : formatFloat(limit);
  state.errors.push(fieldInvalid(errorPath(state), value, `${textPath(state)} in body should be ${relation} ${shown}`));
}

function checkMultiple(rules: NumberRules, declared: number, value: number | bigint, whole: boolean, state: ValidationState): void {
  const asInteger = checkRange(rules, 'MultipleOf', declared, state) && whole;
  const factor = asInteger ? Math.trunc(declared) : declared;
  const shown = asInteger ? BigInt(factor).toString() : formatFloat(factor);
  if (factor <= 0) {
    state.errors.push(fieldInvalid(errorPath(state), factor, `factor MultipleOf declared for ${textPath(state)} must be positive: ${shown}`));
    return;
  }
  if (isMultiple(value, factor, asInteger)) return;
  state.errors.push(fieldInvalid(errorPath(state), value, `${textPath(state)} in body should be a multiple of ${shown}`));
}

function isMultiple(value: number | bigint, factor: number, asInteger: boolean): boolean {
  if (asInteger) return BigInt(value) % BigInt(factor) === 0n;
  const quotient = factor < 1 ? (1 / factor) * Number(value) : Number(value) / factor;
  return isWhole(quotient);
}

/** Whole but for the rounding of float64. */
function isWhole(value: number): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false;
  const distance = Math.abs(value - Math.trunc(value));
  const scale = Math.abs(value) + Math.abs(Math.trunc(value));
  return distance === 0 || distance < 1e-9 * Math.min(scale, 1) || distance / scale < 1e-9;
}

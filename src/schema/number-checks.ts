import { fieldInvalid } from '../machinery/field-error.ts';
import { formatFloat } from './number-text.ts';
import type { Structural } from './structural.ts';
import { addGeneralError, errorPath, formatOf, INT64_MAX, INT64_MIN, textPath, typesOf, type ValidationState } from './validation-state.ts';

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/** True where numbers have anything to be checked for beside their type. */
export function hasNumberRules(schema: Structural): boolean {
  const { multipleOf, maximum, minimum } = schema.props;
  return multipleOf !== undefined || maximum !== undefined || minimum !== undefined || rangeType(schema) === 'integer' || formatOf(schema) !== '';
}

/**
 * Range of the format, then multipleOf, minimum, maximum. Whole values are compared as int64, where limits lose their
 * fraction, as Kubernetes compares them.
 */
export function checkNumber(schema: Structural, value: number | bigint, whole: boolean, state: ValidationState): void {
  checkRange(schema, 'Checked', value, state);
  const { multipleOf, maximum, minimum } = schema.props;
  if (multipleOf !== undefined) checkMultiple(schema, value, whole, state);
  if (minimum !== undefined) checkLimit(schema, value, { limit: minimum, exclusive: schema.props.exclusiveMinimum === true, upper: false, whole }, state);
  if (maximum !== undefined) checkLimit(schema, value, { limit: maximum, exclusive: schema.props.exclusiveMaximum === true, upper: true, whole }, state);
}

/** Ranges are those of the one type; where several are allowed there is no range. */
function rangeType(schema: Structural): string {
  const types = typesOf(schema);
  return types.length === 1 ? (types[0] ?? '') : '';
}

/** False when a finding was added. */
function checkRange(schema: Structural, what: string, value: number | bigint, state: ValidationState): boolean {
  const format = formatOf(schema);
  const type = rangeType(schema);
  if (fitsRange(type, format, value)) return true;
  const of = format === '' ? `${type} (default format)` : `${type} with format ${format}`;
  addGeneralError(state, `${what} value must be of type ${of} in ${textPath(state)}`);
  return false;
}

function fitsRange(type: string, format: string, value: number | bigint): boolean {
  if (type === 'integer') {
    if (typeof value === 'number' && !Number.isInteger(value)) return false;
    if (format === 'int32') return value >= INT32_MIN && value <= INT32_MAX;
    return value >= INT64_MIN && value <= INT64_MAX;
  }
  return format !== 'float' || Number.isFinite(Math.fround(Number(value)));
}

interface Limit {
  readonly limit: number;
  readonly exclusive: boolean;
  readonly upper: boolean;
  readonly whole: boolean;
}

function checkLimit(schema: Structural, value: number | bigint, { limit: declared, exclusive, upper, whole }: Limit, state: ValidationState): void {
  const sound = checkRange(schema, upper ? 'Maximum boundary' : 'Minimum boundary', declared, state);
  const asInteger = whole && sound;
  const limit = asInteger ? Math.trunc(declared) : declared;
  const broken = upper ? (exclusive ? value >= limit : value > limit) : exclusive ? value <= limit : value < limit;
  if (!broken) return;
  const relation = `${upper ? 'less' : 'greater'} than${exclusive ? '' : ' or equal to'}`;
  const shown = asInteger ? BigInt(limit).toString() : formatFloat(limit);
  state.errors.push(fieldInvalid(errorPath(state), value, `${textPath(state)} in body should be ${relation} ${shown}`));
}

function checkMultiple(schema: Structural, value: number | bigint, whole: boolean, state: ValidationState): void {
  const declared = schema.props.multipleOf ?? 1;
  const asInteger = checkRange(schema, 'MultipleOf', declared, state) && whole;
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

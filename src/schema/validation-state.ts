/** What the checks of value-validator.ts share: the place they stand at, and how findings name it. */
import { fieldInvalid, fieldTypeInvalid, type FieldError, type FieldPath } from '../machinery/field-error.ts';
import { quoteGo } from '../machinery/go-format.ts';
import { isRecognizedFormat } from './formats.ts';
import type { Structural } from './structural.ts';

export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

/** Where a check stands and what it has found so far. One per call, shared by all checks. */
export interface ValidationState {
  /** Written before every path: `spec.versions[0]…default`, or '' for an object's own root. */
  readonly prefix: FieldPath;
  /** `.name` and `[3]`, outermost first. */
  readonly path: string[];
  errors: FieldError[];
  /** The outermost name is the key of a map, whose dot is then shown in texts. */
  rootIsMap: boolean;
}

/** The path inside the validated value, as texts show it. */
export function textPath(state: ValidationState): string {
  const text = state.path.join('');
  return text.startsWith('.') && !state.rootIsMap ? text.slice(1) : text;
}

/** The path as the finding's field. */
export function errorPath(state: ValidationState, tail = ''): FieldPath {
  const text = state.path.join('') + tail;
  return text === '' ? state.prefix : state.prefix.child(text.startsWith('.') ? text.slice(1) : text);
}

/** A finding about no field in particular: the texts name the place themselves. */
export function addGeneralError(state: ValidationState, text: string): void {
  state.errors.push(fieldInvalid(state.prefix, '', text));
}

export type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null';

/** Whole numbers within int64 are integers however they were written; beyond, they are what float64 makes of them. */
export function typeOfJson(value: unknown): JsonType {
  const type = typeof value;
  if (type === 'string' || type === 'boolean') return type;
  if (type === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  if (typeof value === 'bigint') return value >= INT64_MIN && value <= INT64_MAX ? 'integer' : 'number';
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : 'object';
}

export function typesOf(schema: Structural): readonly string[] {
  if (schema.intOrString) return ['integer', 'string'];
  return schema.type === '' ? [] : [schema.type];
}

/** Formats that are not known count as absent. */
export function formatOf(schema: Structural): string {
  const format = schema.props.format ?? '';
  return format !== '' && isRecognizedFormat(format) ? format : '';
}

export function addTypeError(state: ValidationState, wanted: string, found: string): void {
  state.errors.push(fieldTypeInvalid(errorPath(state), found, `${textPath(state)} in body must be of type ${wanted}: ${quoteGo(found)}`));
}


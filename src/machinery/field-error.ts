import { stringifyJson } from './parse-json.ts';

/**
 * Validation findings: a path, a reason and a text, worded as Kubernetes words them. Validators return lists of these;
 * `invalid()` in status-error.ts turns a list into the answer.
 */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

export interface FieldError {
  readonly type: FieldErrorType;
  /** Empty for findings about the whole object. */
  readonly field: string;
  /** The text behind the field path: `Invalid value: "x": must be …`. */
  readonly message: string;
}

/** A path into an object, made of names, indexes and map keys: `spec.containers[0].env[name]`. Immutable. */
export class FieldPath {
  readonly text: string;
  private constructor(text: string) {
    this.text = text;
  }
  static root(name = ''): FieldPath {
    return new FieldPath(name);
  }
  child(...names: (string | number)[]): FieldPath {
    let text = this.text;
    for (const name of names) text = text === '' ? String(name) : `${text}.${name}`;
    return new FieldPath(text);
  }
  index(i: number): FieldPath {
    return new FieldPath(`${this.text}[${i}]`);
  }
  key(name: string): FieldPath {
    return new FieldPath(`${this.text}[${name}]`);
  }
  toString(): string {
    return this.text;
  }
}

type Path = FieldPath | string;

const make = (type: FieldErrorType, field: Path, message: string): FieldError => ({ type, field: String(field), message });
const withDetail = (head: string, detail: string): string => (detail === '' ? head : `${head}: ${detail}`);

/** A value as messages show it: strings quoted as Go's %q, objects and lists as JSON, absent pointers as `null`. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'bigint') return value.toString();
  return stringifyJson(value);
}

export function fieldInvalid(field: Path, value: unknown, detail: string): FieldError {
  return make('FieldValueInvalid', field, withDetail(`Invalid value: ${showValue(value)}`, detail));
}
/** `kind` is the JSON type the caller found: cause texts of typed schemas read `Invalid value: "string": …`. */
export function fieldTypeInvalid(field: Path, value: unknown, detail: string): FieldError {
  return make('FieldValueTypeInvalid', field, withDetail(`Invalid value: ${showValue(value)}`, detail));
}
export function fieldRequired(field: Path, detail = ''): FieldError {
  return make('FieldValueRequired', field, withDetail('Required value', detail));
}
export function fieldDuplicate(field: Path, value: unknown): FieldError {
  return make('FieldValueDuplicate', field, `Duplicate value: ${showValue(value)}`);
}
export function fieldForbidden(field: Path, detail: string): FieldError {
  return make('FieldValueForbidden', field, withDetail('Forbidden', detail));
}
export function fieldNotFound(field: Path, value: unknown): FieldError {
  return make('FieldValueNotFound', field, `Not found: ${showValue(value)}`);
}
export function fieldNotSupported(field: Path, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? '' : `supported values: ${supported.map((v) => JSON.stringify(v)).join(', ')}`;
  return make('FieldValueNotSupported', field, withDetail(`Unsupported value: ${showValue(value)}`, detail));
}
/** The value itself is left out of the text, since it is too long to show. */
export function fieldTooLong(field: Path, maxLength: number): FieldError {
  return make('FieldValueTooLong', field, `Too long: may not be more than ${maxLength} bytes`);
}
export function fieldTooMany(field: Path, actual: number, max: number): FieldError {
  return make('FieldValueTooMany', field, `Too many: ${actual}: must have at most ${max} items`);
}
export function fieldInternal(field: Path, detail: string): FieldError {
  return make('InternalError', field, withDetail('Internal error', detail));
}

/** The path as answers show it; a finding about the whole object has the path `<nil>`. */
export function shownField(error: FieldError): string {
  return error.field === '' ? '<nil>' : error.field;
}

/** `spec.replicas: Invalid value: -1: must be …` */
export function formatFieldError(error: FieldError): string {
  return `${shownField(error)}: ${error.message}`;
}

import { parseDurationMs, DurationError } from '../../machinery/duration.ts';
import { FieldPath, fieldInvalid, fieldNotSupported, fieldRequired, fieldTypeInvalid, formatFieldError, type FieldError } from '../../machinery/field-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../machinery/json.ts';

/** A configuration that cannot be used, with every finding. */
export class ConfigurationError extends Error {
  readonly findings: readonly string[];

  constructor(findings: readonly string[]) {
    super(findings.length === 1 ? (findings[0] ?? '') : `[${findings.join(', ')}]`);
    this.name = 'ConfigurationError';
    this.findings = findings;
  }
}

export interface Range {
  readonly min: number;
  readonly max?: number;
  /** What is said about a value outside. */
  readonly message: string;
}

/**
 * Reads one object of a configuration field by field. Findings of all readers that come from one are collected; a field
 * that nobody read is unknown. Wrong values read as absent.
 */
export class FieldReader {
  readonly path: FieldPath;
  readonly #object: JsonObject;
  readonly #findings: string[];
  readonly #read = new Set<string>(['apiVersion', 'kind']);

  private constructor(object: JsonObject, path: FieldPath, findings: string[]) {
    this.#object = object;
    this.path = path;
    this.#findings = findings;
  }

  static of(value: JsonValue | undefined): FieldReader {
    return new FieldReader(isJsonObject(value) ? value : {}, FieldPath.root(), isJsonObject(value) || value === undefined ? [] : ['an object is expected']);
  }

  /** Reads the fields, then reports those that were not read, and throws ConfigurationError when there is any finding. */
  static read<T>(value: JsonValue | undefined, read: (reader: FieldReader) => T): T {
    const reader = FieldReader.of(value);
    const result = read(reader);
    reader.end();
    if (reader.#findings.length > 0) throw new ConfigurationError(reader.#findings);
    return result;
  }

  report(...errors: readonly FieldError[]): void {
    for (const error of errors) this.#findings.push(formatFieldError(error));
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  raw(name: string): JsonValue | undefined {
    this.#read.add(name);
    return this.#object[name] ?? undefined;
  }

  text(name: string): string | undefined {
    return this.#typed(name, 'a string', (value) => (typeof value === 'string' ? value : undefined));
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = allowed.find((value) => value === text);
    if (found === undefined) this.report(fieldNotSupported(this.path.child(name), text, allowed));
    return found;
  }

  flag(name: string): boolean | undefined {
    return this.#typed(name, 'a boolean', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  integer(name: string, range?: Range): number | undefined {
    const value = this.#typed(name, 'a whole number', (given) => (typeof given === 'number' && Number.isInteger(given) ? given : undefined));
    if (value === undefined || range === undefined || (value >= range.min && value <= (range.max ?? Number.MAX_SAFE_INTEGER))) return value;
    this.report(fieldInvalid(this.path.child(name), value, range.message));
    return undefined;
  }

  required<T>(name: string, value: T | undefined): T | undefined {
    if (value === undefined && !this.has(name)) this.report(fieldRequired(this.path.child(name)));
    return value;
  }

  /** Milliseconds of `1m30s`. */
  durationMs(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    try {
      return parseDurationMs(text);
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      this.report(fieldInvalid(this.path.child(name), text, error.message));
      return undefined;
    }
  }

  texts(name: string): string[] | undefined {
    return this.#typed(name, 'a list of strings', (value) => (Array.isArray(value) && value.every((item) => typeof item === 'string') ? (value as string[]) : undefined));
  }

  object<T>(name: string, read: (reader: FieldReader) => T): T | undefined {
    const value = this.#typed(name, 'an object', (given) => (isJsonObject(given) ? given : undefined));
    return value && this.#child(value, this.path.child(name), read);
  }

  list<T>(name: string, read: (reader: FieldReader) => T): T[] | undefined {
    const items = this.#typed(name, 'a list of objects', (value) => (Array.isArray(value) && value.every(isJsonObject) ? (value as JsonObject[]) : undefined));
    return items?.map((item, i) => this.#child(item, this.path.child(name).index(i), read));
  }

  end(): void {
    for (const name of Object.keys(this.#object)) if (!this.#read.has(name)) this.#findings.push(`strict decoding error: unknown field ${JSON.stringify(this.path.child(name).text)}`);
  }

  #child<T>(object: JsonObject, path: FieldPath, read: (reader: FieldReader) => T): T {
    const reader = new FieldReader(object, path, this.#findings);
    const result = read(reader);
    reader.end();
    return result;
  }

  #typed<T>(name: string, what: string, narrow: (value: JsonValue) => T | undefined): T | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const found = narrow(value);
    if (found === undefined) this.report(fieldTypeInvalid(this.path.child(name), value, `${what} is expected`));
    return found;
  }
}

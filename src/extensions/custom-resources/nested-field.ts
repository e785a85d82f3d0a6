/** Fields of free-form objects by their names. */
import { formatGoValue } from '../../machinery/go-format.ts';
import { isJsonObject, setOwn, type JsonObject, type JsonValue } from '../../machinery/json.ts';

/** A field that is not of the type it is read as. */
export class NestedFieldError extends Error {}

/** Undefined where a name on the way is absent; throws a NestedFieldError where something on the way is no object. */
export function nestedField(object: unknown, names: readonly string[]): JsonValue | undefined {
  let value: unknown = object;
  for (const [i, name] of names.entries()) {
    if (!isJsonObject(value)) {
      throw new NestedFieldError(`${dotted(names.slice(0, i + 1))} accessor error: ${formatGoValue(value)} is of the type ${goType(value)}, expected map[string]interface{}`);
    }
    if (!Object.hasOwn(value, name) || value[name] === undefined) return undefined;
    value = value[name];
  }
  return value as JsonValue;
}

/** A whole number, or undefined where there is none; throws a NestedFieldError for anything else. */
export function nestedInteger(object: unknown, names: readonly string[]): number | bigint | undefined {
  const value = nestedField(object, names);
  if (value === undefined) return undefined;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
  throw new NestedFieldError(`${dotted(names)} accessor error: ${formatGoValue(value)} is of the type ${goType(value)}, expected int64`);
}

export function nestedString(object: unknown, names: readonly string[]): string | undefined {
  const value = nestedField(object, names);
  if (value === undefined || typeof value === 'string') return value;
  throw new NestedFieldError(`${dotted(names)} accessor error: ${formatGoValue(value)} is of the type ${goType(value)}, expected string`);
}

/** Sets a field, making the objects on the way; throws a NestedFieldError where something on the way is no object. */
export function setNestedField(object: JsonObject, names: readonly string[], value: JsonValue): void {
  let parent = object;
  for (const [i, name] of names.slice(0, -1).entries()) {
    const child = Object.hasOwn(parent, name) ? parent[name] : undefined;
    if (child !== undefined && !isJsonObject(child)) {
      throw new NestedFieldError(`value cannot be set because ${dotted(names.slice(0, i + 1))} is not a map[string]interface{}`);
    }
    const next: JsonObject = child ?? {};
    if (child === undefined) setOwn(parent, name, next);
    parent = next;
  }
  setOwn(parent, names.at(-1) ?? '', value);
}

function dotted(names: readonly string[]): string {
  return `.${names.join('.')}`;
}

function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? 'int64' : 'float64';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

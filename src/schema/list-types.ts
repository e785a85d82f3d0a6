/** Lists of type set and map hold each item once. */
import { fieldDuplicate, fieldInvalid, FieldPath, type FieldError } from '../machinery/field-error.ts';
import { isJsonObject, type JsonValue } from '../machinery/json.ts';
import { schemaOfKey, type Structural } from './structural.ts';

/** Findings of all lists, outermost first. The schema decides where to look: parts without such lists are not walked. */
export function validateListTypes(value: unknown, schema: Structural, path: FieldPath = FieldPath.root()): FieldError[] {
  const errors: FieldError[] = [];
  visit(value, schema, path, errors);
  return errors;
}

function visit(value: unknown, schema: Structural, path: FieldPath, errors: FieldError[]): void {
  if (!schema.has.listTypes || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    if (schema.listType === 'set') checkSet(value, path, errors);
    else if (schema.listType === 'map') checkMap(value, schema, path, errors);
    if (schema.items === undefined || !schema.items.has.listTypes) return;
    for (let i = 0; i < value.length; i++) visit(value[i], schema.items, path.index(i), errors);
    return;
  }
  const object = value as Record<string, unknown>;
  for (const name of Object.keys(object)) {
    const declared = schemaOfKey(schema, name);
    if (declared === undefined || !declared.has.listTypes) continue;
    visit(object[name], declared, schema.properties.has(name) ? path.child(name) : path.key(name), errors);
  }
}

/** An item that occurs more often than twice is named once. */
function checkSet(list: readonly unknown[], path: FieldPath, errors: FieldError[]): void {
  const seen = new Map<string, number>();
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    const key = identityOf(item);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (times === 2) errors.push(fieldDuplicate(path.index(i), item));
  }
}

function checkMap(list: readonly unknown[], schema: Structural, path: FieldPath, errors: FieldError[]): void {
  const before = errors.length;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (item !== null && !isJsonObject(item)) errors.push(fieldInvalid(path.index(i), item, 'must be an object for an array of list-type map'));
  }
  if (errors.length > before || schema.listMapKeys.length === 0) return;
  const seen = new Map<string, number>();
  for (let i = 0; i < list.length; i++) {
    const keys = keysOf(list[i], schema.listMapKeys);
    const key = identityOf(keys);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (times === 2) errors.push(fieldDuplicate(path.index(i), keys));
  }
}

/** The key fields an item has, in the order of their names, as the finding shows them. */
function keysOf(item: unknown, names: readonly string[]): Record<string, JsonValue> {
  const keys: [string, JsonValue][] = [];
  if (isJsonObject(item)) {
    for (const name of names.toSorted()) {
      const value = Object.hasOwn(item, name) ? item[name] : undefined;
      if (value !== undefined) keys.push([name, value]);
    }
  }
  return Object.fromEntries(keys);
}

/** The same for equal values, whatever the order of their keys; tells 1 from "1". */
function identityOf(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  if (Array.isArray(value)) return `[${value.map(identityOf).join(',')}]`;
  const object = value as Record<string, unknown>;
  const names = Object.keys(object).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${identityOf(object[name])}`).join(',')}}`;
}

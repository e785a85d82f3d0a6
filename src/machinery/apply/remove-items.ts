/** Cutting paths out of a value, or cutting out all but them. */
import { setOwn, type JsonObject, type JsonValue } from '../json.ts';
import type { ListSchema, MergeSchema } from '../merge-schema.ts';
import { isEmptySet, isMember, type FieldSet } from './field-set.ts';
import { tryListItemElement } from './list-item.ts';
import { fieldElement } from './path-element.ts';
import { ANY_MAP, asList, asObject, childSchema, isEmptyObject, type ObjectSchema } from './schema-children.ts';

/**
 * The value without the fields and items of the set; what the set holds of atomic values is left alone. An object or
 * list of which nothing stays becomes null. The value itself is not changed; the result shares with it.
 */
export function removeItems(value: unknown, set: FieldSet, schema: MergeSchema): unknown {
  if (isEmptySet(set)) return value;
  if (schema.kind === 'scalar') return value;
  if (schema.kind === 'list') return schema.listType === 'atomic' ? null : removeFromList(asList(value), set, schema);
  if (schema.kind !== 'any') return schema.atomic ? null : removeFromObject(asObject(value), set, schema);
  if (asObject(value) !== undefined) return removeFromObject(asObject(value), set, ANY_MAP);
  return Array.isArray(value) ? null : value;
}

function removeFromObject(value: JsonObject | undefined, set: FieldSet, schema: ObjectSchema): unknown {
  if (value === undefined) return null;
  const rest: JsonObject = {};
  for (const key of Object.keys(value)) {
    const node = set[fieldElement(key)];
    if (node !== undefined && isMember(node)) continue;
    setOwn(rest, key, (node === undefined ? value[key] : removeItems(value[key], node, childSchema(schema, key))) as JsonValue | undefined);
  }
  return isEmptyObject(rest) ? null : rest;
}

function removeFromList(items: readonly unknown[] | undefined, set: FieldSet, schema: ListSchema): unknown {
  const rest: unknown[] = [];
  for (const item of items ?? []) {
    const element = tryListItemElement(schema, item);
    const node = element === undefined ? undefined : set[element];
    if (node === undefined) rest.push(item);
    else if (!isMember(node)) rest.push(removeItems(item, node, schema.element));
  }
  return rest.length === 0 ? null : rest;
}

/**
 * Only the fields and items of the set: what a manager that owns it would apply. Atomic values come whole, and items of
 * lists with the fields that tell them apart. Undefined when the value holds nothing of the set.
 */
export function extractItems(value: unknown, set: FieldSet, schema: MergeSchema): unknown {
  if (value === undefined || value === null || typeof value !== 'object' || isEmptySet(set)) return value;
  if (schema.kind === 'scalar') return value;
  if (schema.kind === 'list') return schema.listType === 'atomic' ? value : extractFromList(asList(value), set, schema);
  if (schema.kind !== 'any') return schema.atomic ? value : extractFromObject(asObject(value), set, schema);
  return Array.isArray(value) ? value : extractFromObject(asObject(value), set, ANY_MAP);
}

function extractFromObject(value: JsonObject | undefined, set: FieldSet, schema: ObjectSchema): unknown {
  const part: JsonObject = {};
  for (const key of Object.keys(value ?? {})) {
    const node = set[fieldElement(key)];
    if (node !== undefined) setOwn(part, key, extractItems(value?.[key], node, childSchema(schema, key)) as JsonValue | undefined);
  }
  return isEmptyObject(part) ? undefined : part;
}

function extractFromList(items: readonly unknown[] | undefined, set: FieldSet, schema: ListSchema): unknown {
  const part: unknown[] = [];
  for (const item of items ?? []) {
    const element = tryListItemElement(schema, item);
    const node = element === undefined ? undefined : set[element];
    if (node === undefined) continue;
    const kept = extractItems(item, node, schema.element);
    part.push(withKeys(kept, item, schema));
  }
  return part.length === 0 ? undefined : part;
}

function withKeys(kept: unknown, item: unknown, schema: ListSchema): unknown {
  const source = asObject(item);
  const target = asObject(kept);
  if (source === undefined || target === undefined || target === source) return kept;
  const whole: JsonObject = {};
  for (const name of schema.keys) if (Object.hasOwn(source, name)) setOwn(whole, name, source[name]);
  for (const key of Object.keys(target)) setOwn(whole, key, target[key]);
  return whole;
}

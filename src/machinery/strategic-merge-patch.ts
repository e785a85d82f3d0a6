import { quoteGo } from './go-format.ts';
import { getOwn, isJsonObject, setOwn, type JsonArray, type JsonObject, type JsonValue } from './json.ts';
import type { FieldSchema, MergeSchema } from './merge-schema.ts';
import { cleanPatchMap, cleanPatchValue, DELETE_FROM_PRIMITIVE_LIST, DIRECTIVE, isDirectiveKey, RETAIN_KEYS, SET_ELEMENT_ORDER } from './strategic-merge-clean.ts';
import { StrategicMergeError, unknownDirective } from './strategic-merge-error.ts';
import { checkElementOrder, deleteFromList, mergeList, reorder } from './strategic-merge-list.ts';

export { StrategicMergeError } from './strategic-merge-error.ts';

/**
 * Applies a strategic merge patch: objects merge by field, lists as the type's patch strategy says. The target is never
 * changed, and what the patch does not touch is shared with the result. Throws StrategicMergeError.
 */
export function applyStrategicMergePatch(target: JsonObject, patch: JsonObject, schema: MergeSchema): JsonObject {
  return mergeMap(target, patch, schema);
}

function mergeMap(original: JsonObject, patch: JsonObject, schema: MergeSchema): JsonObject {
  if (Object.hasOwn(patch, DIRECTIVE)) return obeyDirective(patch);
  const result = retained(original, patch);
  const handled = mergeOrdered(result, patch, schema);
  for (const key of Object.keys(patch)) {
    const given = patch[key] as JsonValue;
    if (key.startsWith(DELETE_FROM_PRIMITIVE_LIST)) deleteItems(result, key.slice(DELETE_FROM_PRIMITIVE_LIST.length), given);
    else if (!isDirectiveKey(key) && !handled.has(key)) mergeField(result, key, { given, schema });
  }
  return result;
}

function obeyDirective(patch: JsonObject): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') return cleanPatchMap(patch);
  if (directive === 'delete') return {};
  throw unknownDirective(directive, patch);
}

/** A copy of the original with the fields that `$retainKeys`, if there is one, lets stay. */
function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const result: JsonObject = {};
  const keys = getOwn(patch, RETAIN_KEYS);
  if (keys === undefined) {
    for (const key of Object.keys(original)) setOwn(result, key, original[key]);
    return result;
  }
  if (!Array.isArray(keys)) throw new StrategicMergeError('invalid patch format of retainKeys', true);
  const retain = new Set(keys);
  for (const key of Object.keys(patch)) {
    if (patch[key] !== null && !isDirectiveKey(key) && !retain.has(key)) throw new StrategicMergeError('invalid patch format of retainKeys', true);
  }
  for (const key of Object.keys(original)) if (retain.has(key)) setOwn(result, key, original[key]);
  return result;
}

function mergeField(result: JsonObject, key: string, { given, schema }: { given: JsonValue; schema: MergeSchema }): void {
  if (given === null) {
    delete result[key];
    return;
  }
  const current = getOwn(result, key);
  if (isJsonObject(current) && isJsonObject(given)) {
    const field = fieldOf(schema, key);
    setOwn(result, key, strategyOf(field) === 'replace' ? cleanPatchMap(given) : mergeMap(current, given, field.schema));
  } else if (Array.isArray(current) && Array.isArray(given)) {
    setOwn(result, key, mergeLists(current, given, fieldOf(schema, key)));
  } else {
    const value = cleanPatchValue(given);
    if (value === undefined) delete result[key];
    else setOwn(result, key, value);
  }
}

function mergeLists(original: JsonArray, patch: JsonArray, field: FieldSchema): JsonArray {
  if (strategyOf(field) !== 'merge') return cleanPatchValue(patch) as JsonArray;
  const element = elementOf(field.schema);
  return mergeList(original, patch, {
    mergeKey: field.patchMergeKey,
    typeName: typeNameOf(element),
    mergeItem: (item, change) => mergeMap(item, change, element),
  });
}

function deleteItems(result: JsonObject, key: string, given: JsonValue): void {
  const current = getOwn(result, key);
  if (Array.isArray(current) && Array.isArray(given)) setOwn(result, key, deleteFromList(current, given));
}

/** Merges the lists that `$setElementOrder` speaks of, and gives their names: they need no merging any more. */
function mergeOrdered(result: JsonObject, patch: JsonObject, schema: MergeSchema): ReadonlySet<string> {
  const handled = new Set<string>();
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(SET_ELEMENT_ORDER)) continue;
    const key = directive.slice(SET_ELEMENT_ORDER.length);
    const order = patch[directive];
    const original = getOwn(result, key);
    const change = getOwn(patch, key);
    if (!Array.isArray(order) || !isListOrAbsent(original) || !isListOrAbsent(change)) {
      throw new StrategicMergeError('invalid patch format of setElementOrder list', true);
    }
    const field = fieldOf(schema, key);
    const mergeKey = field.patchMergeKey;
    checkElementOrder(change ?? [], order, mergeKey);
    if (original === undefined && change === undefined) continue;
    let merged = original ?? (cleanPatchValue(change ?? []) as JsonArray);
    if (original !== undefined && change !== undefined) merged = mergeLists(original, change, field);
    setOwn(result, key, reorder(merged, { order, serverOrder: original ?? [], mergeKey }));
    handled.add(key);
  }
  return handled;
}

function isListOrAbsent(value: JsonValue | undefined): value is JsonArray | undefined {
  return value === undefined || Array.isArray(value);
}

const ANY_FIELD: FieldSchema = { schema: { kind: 'any' } };

/** What merging knows about a field that both sides have. */
function fieldOf(schema: MergeSchema, key: string): FieldSchema {
  if (schema.kind === 'any' || schema.kind === 'scalar') return ANY_FIELD;
  if (schema.kind !== 'struct') {
    throw new StrategicMergeError(`merging an object in json but data type is not struct, instead is: ${schema.kind === 'list' ? 'slice' : schema.kind}`);
  }
  const field = schema.field(key);
  if (field !== undefined) return field;
  if (schema.preserveUnknown) return ANY_FIELD;
  throw new StrategicMergeError(`unable to find api field in struct ${typeNameOf(schema)} for the json field ${quoteGo(key)}`);
}

/** A strategy beside `retainKeys`, which says nothing about how the values merge. */
function strategyOf(field: FieldSchema): string | undefined {
  return field.patchStrategy?.split(',').find((strategy) => strategy !== 'retainKeys');
}

function elementOf(schema: MergeSchema): MergeSchema {
  return schema.kind === 'list' || schema.kind === 'map' ? schema.element : { kind: 'any' };
}

/** `PodSpec` for `io.k8s.api.core.v1.PodSpec`. */
function typeNameOf(schema: MergeSchema): string {
  return schema.kind === 'struct' ? (schema.typeName?.split('.').at(-1) ?? '') : schema.kind;
}

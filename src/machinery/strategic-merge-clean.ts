import { isJsonObject, setOwn, type JsonObject, type JsonValue } from './json.ts';

export const DIRECTIVE = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const DELETE_FROM_PRIMITIVE_LIST = '$deleteFromPrimitiveList/';
export const SET_ELEMENT_ORDER = '$setElementOrder/';

/** Keys that instruct the merge and are no part of the object. */
export function isDirectiveKey(key: string): boolean {
  return key.startsWith('$') && (key === RETAIN_KEYS || key === DIRECTIVE || key.startsWith(DELETE_FROM_PRIMITIVE_LIST) || key.startsWith(SET_ELEMENT_ORDER));
}

/**
 * A part of a patch that there is nothing to merge with, as a value: without nulls and directives. Undefined when the
 * part itself is a directive (`{"$patch": "delete"}`) and thus leaves nothing.
 */
export function cleanPatchValue(value: JsonValue): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item) => cleanPatchValue(item)).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  return Object.hasOwn(value, DIRECTIVE) ? undefined : cleanPatchMap(value);
}

/** The fields of a patch's object, whatever directive it has of its own. */
export function cleanPatchMap(patch: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const key of Object.keys(patch)) {
    const item = patch[key];
    if (item === null || item === undefined || isDirectiveKey(key)) continue;
    const cleaned = cleanPatchValue(item);
    if (cleaned !== undefined) setOwn(result, key, cleaned);
  }
  return result;
}

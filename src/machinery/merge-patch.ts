import { isJsonObject, setOwn, type JsonObject, type JsonValue } from './json.ts';

/**
 * Applies an RFC 7386 merge patch. The target is never changed, and what the patch does not touch is shared with the
 * result. As in Kubernetes, keys that the patch adds lose the nulls inside them, those in objects within lists included.
 */
export function applyMergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  let result: JsonObject | undefined;
  for (const key of Object.keys(patch)) {
    const given = patch[key] as JsonValue;
    const current = Object.hasOwn(target, key) ? target[key] : undefined;
    if (given === null) {
      if (current === undefined) continue;
      result ??= shallowCopy(target);
      delete result[key];
      continue;
    }
    const merged = current === undefined || current === null ? withoutNulls(given) : mergeValue(current, given);
    if (merged === current) continue;
    result ??= shallowCopy(target);
    setOwn(result, key, merged);
  }
  return result ?? target;
}

function mergeValue(current: JsonValue, patch: JsonValue): JsonValue {
  if (!isJsonObject(current)) return withoutNulls(patch);
  return isJsonObject(patch) ? applyMergePatch(current, patch) : patch;
}

/** The value without keys that hold null; nulls that are items of lists stay. */
function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item));
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item !== null && item !== undefined) setOwn(result, key, withoutNulls(item));
  }
  return result;
}

function shallowCopy(value: JsonObject): JsonObject {
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) setOwn(copy, key, value[key]);
  return copy;
}

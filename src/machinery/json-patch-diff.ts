import type { JsonPatchOperation } from './json-patch.ts';
import { equalJson, isJsonObject, type JsonArray, type JsonObject, type JsonValue } from './json.ts';

/** The operations that make `after` out of `before`; none when both are the same. Neither is changed. */
export function jsonPatchBetween(before: JsonObject, after: JsonObject): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  diffObjects(before, after, '', operations);
  return operations;
}

function diff(before: JsonValue, after: JsonValue, path: string, operations: JsonPatchOperation[]): void {
  if (isJsonObject(before) && isJsonObject(after)) diffObjects(before, after, path, operations);
  else if (Array.isArray(before) && Array.isArray(after)) diffArrays(before, after, path, operations);
  else if (!equalJson(before, after)) operations.push({ op: 'replace', path, value: after });
}

function diffObjects(before: JsonObject, after: JsonObject, path: string, operations: JsonPatchOperation[]): void {
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && (!Object.hasOwn(after, key) || after[key] === undefined)) operations.push({ op: 'remove', path: `${path}/${escapeToken(key)}` });
  }
  for (const key of Object.keys(after)) {
    const value = after[key];
    if (value === undefined) continue;
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (old === undefined) operations.push({ op: 'add', path: `${path}/${escapeToken(key)}`, value });
    else diff(old, value, `${path}/${escapeToken(key)}`, operations);
  }
}

/** Places that both have are compared one by one; the rest is added or removed at the end. */
function diffArrays(before: JsonArray, after: JsonArray, path: string, operations: JsonPatchOperation[]): void {
  const common = Math.min(before.length, after.length);
  for (let i = 0; i < common; i++) diff(before[i] as JsonValue, after[i] as JsonValue, `${path}/${i}`, operations);
  for (let i = before.length - 1; i >= common; i--) operations.push({ op: 'remove', path: `${path}/${i}` });
  for (let i = common; i < after.length; i++) operations.push({ op: 'add', path: `${path}/-`, value: after[i] as JsonValue });
}

function escapeToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

import { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from './json.ts';
import { jsonKind } from './go-format.ts';
import { PatchDocument } from './json-patch-document.ts';
import { JsonPatchError } from './json-patch-error.ts';

export { JsonPatchError, type JsonPatchFailure } from './json-patch-error.ts';

/** As many operations as one patch may have. */
export const MAX_JSON_PATCH_OPERATIONS = 10_000;
/** What the copies of one patch may add to a document, in bytes of JSON. */
export const MAX_JSON_PATCH_COPY_BYTES = 3 * 1024 * 1024;

/** One RFC 6902 operation as it was sent: what an operation lacks is noticed when it is applied. */
export interface JsonPatchOperation {
  readonly op?: string;
  readonly path?: string;
  readonly from?: string;
  /** Absent and null mean the same. */
  readonly value?: JsonValue;
}

const OPERATION_FIELDS: ReadonlySet<string> = new Set(['op', 'path', 'from', 'value']);

/** Reads a parsed body as a patch. Throws JsonPatchError: `malformed` with encoding/json's text, or `too-large`. */
export function parseJsonPatch(value: JsonValue): JsonPatchOperation[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw malformed(value, 'value of type []handlers.jsonPatchOp');
  if (value.length > MAX_JSON_PATCH_OPERATIONS) {
    throw new JsonPatchError(
      'too-large',
      `The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${value.length}`,
    );
  }
  return value.map(parseOperation);
}

function parseOperation(item: JsonValue): JsonPatchOperation {
  if (item === null) return {};
  if (!isJsonObject(item)) throw malformed(item, 'value of type handlers.jsonPatchOp');
  for (const field of ['op', 'path', 'from']) {
    const given = Object.hasOwn(item, field) ? item[field] : undefined;
    if (given !== undefined && given !== null && typeof given !== 'string') {
      throw malformed(given, `struct field jsonPatchOp.${field} of type string`);
    }
  }
  return item as JsonPatchOperation;
}

function malformed(value: JsonValue, target: string): JsonPatchError {
  return new JsonPatchError('malformed', `json: cannot unmarshal ${jsonKind(value)} into Go ${target}`);
}

/** What strict validation reports of a patch's operations: `json patch unknown field "[0].foo"`. */
export function unknownJsonPatchFields(operations: readonly JsonPatchOperation[]): string[] {
  return operations.flatMap((operation, i) =>
    Object.keys(operation)
      .filter((field) => !OPERATION_FIELDS.has(field))
      .map((field) => `json patch unknown field ${JSON.stringify(`[${i}].${field}`)}`),
  );
}

/**
 * Applies a patch; the target is never changed, and what the patch does not touch is shared with the result. All
 * operations apply or none: a failing one throws JsonPatchError.
 */
export function applyJsonPatch(target: JsonObject | JsonArray, operations: readonly JsonPatchOperation[]): JsonValue {
  const document = new PatchDocument(target, MAX_JSON_PATCH_COPY_BYTES);
  for (const operation of operations) applyOperation(document, operation);
  return document.root;
}

function applyOperation(document: PatchDocument, operation: JsonPatchOperation): void {
  const value = operation.value ?? null;
  switch (operation.op) {
    case 'add':
      document.add(pathOf(operation), value);
      return;
    case 'remove':
      document.remove(pathOf(operation));
      return;
    case 'replace':
      document.replace(pathOf(operation), value);
      return;
    case 'move':
      document.move(fromOf(operation), () => pathOf(operation));
      return;
    case 'copy':
      document.copy(fromOf(operation), () => pathOf(operation));
      return;
    case 'test':
      document.test(pathOf(operation), value);
      return;
    case undefined:
    default:
      throw new JsonPatchError('failed', `Unexpected kind: ${operation.op ?? 'unknown'}`);
  }
}

function pathOf({ op, path }: JsonPatchOperation): string {
  if (path === undefined || path === null) throw new JsonPatchError('failed', `${op} operation failed to decode path: missing value`);
  return path;
}

function fromOf({ op, from }: JsonPatchOperation): string {
  if (from === undefined || from === null) throw new JsonPatchError('failed', `${op} operation failed to decode from: missing value`);
  return from;
}

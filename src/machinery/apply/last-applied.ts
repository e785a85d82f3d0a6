/**
 * The bridge from `kubectl apply` to `kubectl apply --server-side`: the annotation in which the former keeps what it
 * applied. It counts for the manager `kubectl` only.
 */
import { compareBytes } from '../go-format.ts';
import { equalJson, getOwn, isJsonObject, setOwn, type JsonObject, type JsonValue } from '../json.ts';
import type { MergeSchema } from '../merge-schema.ts';
import { compareValues } from './compare-values.ts';
import { difference, EMPTY_SET, type FieldSet } from './field-set.ts';
import { stringifyJson } from '../parse-json.ts';
import { toFieldSet } from './to-field-set.ts';
import { findTypedErrors } from './typed-errors.ts';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/** Kubernetes' limit of all annotations together, in bytes. */
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

export const KUBECTL_MANAGER = 'kubectl';

function annotationsOf(object: JsonObject): JsonObject | undefined {
  const metadata = object['metadata'];
  const annotations = isJsonObject(metadata) ? metadata['annotations'] : undefined;
  return isJsonObject(annotations) ? annotations : undefined;
}

function lastAppliedOf(object: JsonObject): string | undefined {
  const annotations = annotationsOf(object);
  const text = annotations && getOwn(annotations, ANNOTATION);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/**
 * Fields that client-side apply set and nobody changed since: `kubectl` may take them over without force. Empty when the
 * annotation is missing, unreadable or of another version.
 */
export function fieldsOfLastApplied(live: JsonObject, apiVersion: string, schema: MergeSchema): FieldSet {
  const text = lastAppliedOf(live);
  const applied = text === undefined ? undefined : parseObject(text);
  if (applied === undefined || applied['apiVersion'] !== apiVersion || findTypedErrors(applied, schema).length > 0) return EMPTY_SET;
  const change = compareValues(applied, live, schema);
  let fields = toFieldSet(applied, schema);
  fields = difference(fields, change.modified);
  fields = difference(fields, change.added);
  return difference(fields, change.removed);
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the annotation, where the object has one, in step with what was applied now. Changes `object`. */
export function updateLastApplied(object: JsonObject, applied: JsonObject): void {
  const annotations = annotationsOf(object);
  if (annotations === undefined || lastAppliedOf(object) === undefined) return;
  setOwn(annotations, ANNOTATION, formatLastApplied(applied));
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) bytes += Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  if (bytes > MAX_ANNOTATIONS_BYTES) delete annotations[ANNOTATION];
}

/** The applied object without the annotation, as Go's encoder writes it: keys in order, a line end behind. */
function formatLastApplied(applied: JsonObject): string {
  let object = applied;
  const annotations = annotationsOf(applied);
  if (annotations !== undefined) {
    const { [ANNOTATION]: _, ...others } = annotations;
    const metadata: JsonObject = { ...(applied['metadata'] as JsonObject) };
    if (equalJson(others, {})) delete metadata['annotations'];
    else metadata['annotations'] = others;
    object = { ...applied, metadata };
  }
  return `${stringifyJson(sorted(object)).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

function sorted(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) ?? null);
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const key of Object.keys(value).sort(compareBytes)) setOwn(result, key, sorted(value[key]));
  return result;
}

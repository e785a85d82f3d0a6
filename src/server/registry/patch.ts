import type { DeepReadonly, JsonObject, JsonValue } from '../../machinery/json.ts';
import { cloneJson, isJsonObject } from '../../machinery/json.ts';
import { applyJsonPatch, JsonPatchError, parseJsonPatch, unknownJsonPatchFields, type JsonPatchOperation } from '../../machinery/json-patch.ts';
import { applyMergePatch } from '../../machinery/merge-patch.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { JsonSyntaxError, parseJson, stringifyJson } from '../../machinery/parse-json.ts';
import { formatGoValue } from '../../machinery/go-format.ts';
import { badRequest, failure, invalid, unsupportedMediaType } from '../../machinery/status-error.ts';
import { fieldInvalid } from '../../machinery/field-error.ts';
import { applyStrategicMergePatch, StrategicMergeError } from '../../machinery/strategic-merge-patch.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import { applyFromRequest } from './apply.ts';
import { jsonDuplicates, MAX_BODY_BYTES, mediaTypeOf } from './decode-body.ts';
import type { Outcome } from './outcome.ts';
import { parseWriteOptions, type FieldValidation } from './request-options.ts';
import { DecodeError, type Decoded } from './resource-type.ts';
import { updateObject } from './update.ts';

export const JSON_PATCH = 'application/json-patch+json';
export const MERGE_PATCH = 'application/merge-patch+json';
export const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';
export const APPLY_PATCH = 'application/apply-patch+yaml';
const APPLY_PATCH_CBOR = 'application/apply-patch+cbor';

/** A patch that was read and understood, to be applied to whatever the object is at the time. */
export type Patch = (target: JsonObject) => JsonObject;

/** PATCH of an object or of a subresource that reads and writes the whole object. */
export async function patchFromRequest(context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const { type } = call;
  const mediaType = patchType(call);
  const options = parseWriteOptions('PatchOptions', call.query, mediaType === APPLY_PATCH);
  if (mediaType === APPLY_PATCH) return applyFromRequest(context, call, options);
  const { patch, findings, shown } = await readPatch(call, mediaType);
  return updateObject(context, call, {
    make: (current) => {
      const patched = patch(current as unknown as JsonObject);
      return decodePatched(call, type, patched, { findings, fieldValidation: options.fieldValidation, ...(shown !== undefined && { shown }) });
    },
    allowCreate: false,
    claim: true,
    options,
  });
}

/** The body's patch type, as far as the resource takes it. */
export function patchType(call: ApiCall): string {
  const contentType = call.request.header('content-type');
  const mediaType = mediaTypeOf(contentType);
  const known = [JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY_PATCH];
  if (mediaType === APPLY_PATCH_CBOR || !known.includes(mediaType)) {
    throw failure({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} });
  }
  if (mediaType === STRATEGIC_MERGE_PATCH && !call.type.strategicMerge) {
    const accepted = known.filter((t) => t !== STRATEGIC_MERGE_PATCH).join(', ');
    throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${accepted}`);
  }
  return mediaType;
}

export interface PatchBody {
  readonly patch: Patch;
  /** What strict validation finds in the patch itself. */
  readonly findings: readonly string[];
  /** How messages show the value that was wrong, where it is the patch and not what came of it. */
  readonly shown?: string;
}

/** Reads the body and parses it as a patch; what is wrong with the patch itself is a BadRequest. */
export async function readPatch(call: ApiCall, mediaType: string): Promise<PatchBody> {
  const bytes = await call.request.readBody(MAX_BODY_BYTES);
  const prefix = mediaType === STRATEGIC_MERGE_PATCH ? '' : 'error decoding patch: ';
  let parsed: { value: JsonValue; duplicates: readonly string[] };
  try {
    parsed = parseJson(bytes);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw badRequest(`${prefix}${error.message}`);
    throw error;
  }
  const { value, duplicates } = parsed;
  call.recordRequest?.(value);
  if (mediaType === JSON_PATCH) return jsonPatch(value);
  const findings = jsonDuplicates(duplicates).strict;
  if (!isJsonObject(value)) throw badRequest(`${prefix}json: cannot unmarshal ${goType(value)} into Go value of type map[string]interface {}`);
  if (mediaType === MERGE_PATCH) return { patch: (target) => applyMergePatch(target, value) as JsonObject, findings };
  const schema = call.type.mergeSchema;
  return { patch: (target) => strategicMerge(target, value, schema), findings, shown: formatGoValue(value) };
}

function goType(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value;
}

function jsonPatch(value: JsonValue): PatchBody {
  if (!Array.isArray(value)) throw badRequest(`error decoding patch: json: cannot unmarshal ${goType(value)} into Go value of type []handlers.jsonPatchOp`);
  let operations: readonly JsonPatchOperation[];
  try {
    operations = parseJsonPatch(value);
  } catch (error) {
    if (error instanceof JsonPatchError) throw patchFailure(error);
    throw error;
  }
  const patch: Patch = (target) => {
    try {
      return applyJsonPatch(target, operations) as JsonObject;
    } catch (error) {
      if (error instanceof JsonPatchError) throw patchFailure(error);
      throw error;
    }
  };
  return { patch, findings: unknownJsonPatchFields(operations) };
}

function patchFailure(error: JsonPatchError): Error {
  if (error.tooLarge) return failure({ code: 413, reason: 'RequestEntityTooLarge', message: error.message });
  return failure({ code: 422, reason: 'Invalid', message: 'the server rejected our request due to an error in our request', details: {}, cause: error });
}

function strategicMerge(target: JsonObject, patch: JsonObject, schema: ApiCall['type']['mergeSchema']): JsonObject {
  try {
    return applyStrategicMergePatch(target, patch, schema) as JsonObject;
  } catch (error) {
    if (error instanceof StrategicMergeError) {
      if (error.badRequest) throw badRequest(error.message);
      throw failure({ code: 500, message: error.message });
    }
    throw error;
  }
}

export interface PatchDecoding extends Pick<PatchBody, 'findings' | 'shown'> {
  readonly fieldValidation: FieldValidation;
}

/** Decodes what a patch made of an object; that it does not fit the type is the patch's fault, and says so. */
export function decodePatched(call: ApiCall, type: { apiVersion: string; kind: string; version: string; decode(value: JsonObject): Decoded; defaults(object: KubeObject): void }, patched: DeepReadonly<JsonObject>, options: PatchDecoding): KubeObject {
  const value = cloneJson(patched) as JsonObject;
  const apiVersion = value['apiVersion'];
  const kind = value['kind'];
  if ((apiVersion !== undefined && apiVersion !== type.apiVersion) || (kind !== undefined && kind !== type.kind)) {
    throw invalidPatch(patched, `no kind ${JSON.stringify(kind ?? '')} is registered for version ${JSON.stringify(apiVersion ?? '')} in scheme "pkg/api/legacyscheme/scheme.go:30"`);
  }
  value['apiVersion'] = type.apiVersion;
  value['kind'] = type.kind;
  let decoded: Decoded;
  try {
    decoded = type.decode(value);
  } catch (error) {
    if (error instanceof DecodeError) throw invalidPatch(patched, error.message);
    throw error;
  }
  const findings = options.fieldValidation === 'Ignore' ? [] : [...options.findings, ...decoded.strictErrors];
  if (findings.length > 0) {
    if (options.fieldValidation === 'Strict') throw invalidPatch(options.shown ?? patched, `strict decoding error: ${findings.join(', ')}`);
    for (const finding of findings) call.warn(finding);
  }
  const { object } = decoded;
  const name = object.metadata.name ?? '';
  if (name !== call.info.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.info.name})`);
  if (type.kind !== 'Scale' && call.type.namespaced && (object.metadata.namespace ?? '') !== call.info.namespace) {
    throw badRequest(`the namespace of the object (${object.metadata.namespace ?? ''}) does not match the namespace on the URL (${call.info.namespace})`);
  }
  type.defaults(object);
  return object;
}

function invalidPatch(shown: DeepReadonly<JsonObject> | string, problem: string): Error {
  return invalid({ group: '', kind: '' }, '', [fieldInvalid('patch', typeof shown === 'string' ? shown : stringifyJson(shown), problem)]);
}

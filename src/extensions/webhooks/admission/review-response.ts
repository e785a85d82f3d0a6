import { jsonKind } from '../../../machinery/go-format.ts';
import { JsonPatchError, parseJsonPatch, type JsonPatchOperation } from '../../../machinery/json-patch.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../machinery/json.ts';
import { JsonSyntaxError, parseJson } from '../../../machinery/parse-json.ts';
import { internalError, type Status } from '../../../machinery/status-error.ts';
import { WebhookCallError } from '../client/webhook-call-error.ts';
import type { ReviewOutcome } from './admission-review.ts';

export type ReviewVersion = 'v1' | 'v1beta1';

export interface ResponseExpectation {
  readonly uid: string;
  readonly version: ReviewVersion;
  readonly mutating: boolean;
}

const GROUP = 'admission.k8s.io';

/**
 * Reads an AdmissionReview that a webhook answered with. Throws WebhookCallError for what is no valid response, and an
 * InternalError for a patch that cannot be read.
 */
export function readReviewResponse(review: JsonObject, expected: ResponseExpectation): ReviewOutcome {
  // A review of another version than was sent is not looked into.
  const { response } = isOtherVersion(review, expected) ? {} : review;
  if (response === undefined || response === null) throw invalidResponse('webhook response was absent');
  if (!isJsonObject(response)) throw unmarshal(response, 'AdmissionReview.response', 'v1.AdmissionResponse');
  if (expected.version === 'v1') checkIdentity(review, response, expected.uid);
  const patch = field(response, 'patch', 'string', 'uint8[]');
  const patchType = field(response, 'patchType', 'string', 'v1.PatchType');
  if (expected.mutating) checkPatchType(patch, patchType, expected.version);
  else if (expected.version === 'v1') checkNoPatch(patch, patchType);
  const result = statusOf(response['status']);
  return {
    allowed: field(response, 'allowed', 'boolean', 'bool') ?? false,
    ...(result !== undefined && { result }),
    ...(expected.mutating && patch !== undefined && patch !== '' && { change: { type: 'patch' as const, operations: readPatch(patch) } }),
    warnings: stringsOf(response['warnings']),
    auditAnnotations: stringMapOf(response['auditAnnotations']),
  };
}

function isOtherVersion({ apiVersion }: JsonObject, { version }: ResponseExpectation): boolean {
  return apiVersion !== undefined && apiVersion !== `${GROUP}/${version}`;
}

function checkIdentity(review: JsonObject, response: JsonObject, uid: string): void {
  const { apiVersion = '', kind = '' } = review as { readonly apiVersion?: string; readonly kind?: string };
  const answered = field(response, 'uid', 'string', 'types.UID') ?? '';
  if (answered !== uid) throw invalidResponse(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(answered)}`);
  if (apiVersion !== `${GROUP}/v1` || kind !== 'AdmissionReview') {
    throw invalidResponse(`expected webhook response of ${GROUP}/v1, Kind=AdmissionReview, got ${apiVersion === '' ? '/' : apiVersion}, Kind=${kind}`);
  }
}

function checkPatchType(patch: string | undefined, patchType: string | undefined, version: ReviewVersion): void {
  // The older version knew of one type only.
  if (version === 'v1beta1') return;
  const hasPatch = patch !== undefined && patch !== '';
  if (hasPatch && patchType === undefined) throw invalidResponse('webhook returned response.patch but not response.patchType');
  if (!hasPatch && patchType !== undefined) throw invalidResponse('webhook returned response.patchType but not response.patch');
  if (patchType === '') throw invalidResponse('webhook returned invalid response.patchType of ""');
  if (patchType !== undefined && patchType !== 'JSONPatch') throw new WebhookCallError(`unsupported patch type ${JSON.stringify(patchType)}`);
}

function checkNoPatch(patch: string | undefined, patchType: string | undefined): void {
  if (patch !== undefined && patch !== '') throw invalidResponse('validating webhook may not return response.patch');
  if (patchType !== undefined) throw invalidResponse('validating webhook may not return response.patchType');
}

function readPatch(base64: string): readonly JsonPatchOperation[] {
  try {
    return parseJsonPatch(parseJson(Buffer.from(base64, 'base64')).value);
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof JsonPatchError) throw internalError(error.message, error);
    throw error;
  }
}

function statusOf(value: JsonValue | undefined): Partial<Status> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw unmarshal(value, 'AdmissionResponse.response.status', 'v1.Status');
  const text = (name: string): string | undefined => field(value, name, 'string', 'string');
  const code = field(value, 'code', 'number', 'int32');
  const { details } = value;
  return {
    ...(text('status') !== undefined && { status: text('status') }),
    ...(text('message') !== undefined && { message: text('message') }),
    ...(text('reason') !== undefined && { reason: text('reason') }),
    ...(isJsonObject(details) && { details }),
    ...(code !== undefined && { code }),
  } as Partial<Status>;
}

interface JsonTypes {
  readonly string: string;
  readonly boolean: boolean;
  readonly number: number;
}

function field<T extends keyof JsonTypes>(object: JsonObject, name: string, type: T, goType: string): JsonTypes[T] | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== type) throw unmarshal(value, `AdmissionResponse.response.${name}`, goType);
  return value as JsonTypes[T];
}

function stringsOf(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return [];
  const wrong = Array.isArray(value) ? value.find((item) => typeof item !== 'string') : value;
  if (wrong !== undefined) throw unmarshal(wrong, 'AdmissionResponse.response.warnings', Array.isArray(value) ? 'string' : '[]string');
  return value as string[];
}

function stringMapOf(value: JsonValue | undefined): Record<string, string> {
  if (value === undefined || value === null) return {};
  const wrong = isJsonObject(value) ? Object.values(value).find((item) => typeof item !== 'string') : value;
  if (wrong !== undefined) throw unmarshal(wrong, 'AdmissionResponse.response.auditAnnotations', isJsonObject(value) ? 'string' : 'map[string]string');
  return value as Record<string, string>;
}

function unmarshal(value: JsonValue, path: string, goType: string): WebhookCallError {
  return new WebhookCallError(`failed to call webhook: json: cannot unmarshal ${jsonKind(value)} into Go struct field ${path} of type ${goType}`);
}

function invalidResponse(text: string): WebhookCallError {
  return new WebhookCallError(`received invalid webhook response: ${text}`);
}

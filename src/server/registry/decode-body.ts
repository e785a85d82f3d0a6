import type { JsonObject, JsonValue } from '../../machinery/json.ts';
import { isJsonObject, setOwn } from '../../machinery/json.ts';
import { parseApiVersion } from '../../machinery/group-version.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { JsonSyntaxError, parseJson } from '../../machinery/parse-json.ts';
import { fieldInvalid } from '../../machinery/field-error.ts';
import { badRequest, invalid, unsupportedMediaType, type StatusError } from '../../machinery/status-error.ts';
import { ACCEPTED_TYPES } from '../pipeline/negotiation.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import type { FieldValidation } from './request-options.ts';
import { DecodeError, type ResourceType } from './resource-type.ts';

/** Bodies beyond this are refused before they are read whole. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** A type that bodies can be decoded into: a resource's own, or that of a subresource or of options. */
export interface BodyType {
  readonly group: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly custom: boolean;
  decode(value: JsonObject): { object: KubeObject; strictErrors: readonly string[] };
}

/** Keys given twice, as strict validation words them and as warnings do. */
export interface Duplicates {
  readonly strict: readonly string[];
  readonly warnings: readonly string[];
}

export const NO_DUPLICATES: Duplicates = { strict: [], warnings: [] };

/** Repeated keys of a JSON body, by their paths. */
export function jsonDuplicates(paths: readonly string[]): Duplicates {
  if (paths.length === 0) return NO_DUPLICATES;
  const texts = paths.map((path) => `duplicate field ${JSON.stringify(path)}`);
  return { strict: texts, warnings: texts };
}

export interface ParsedBody {
  readonly value: JsonValue;
  readonly duplicates: Duplicates;
  /** As they came: messages show their beginning. */
  readonly bytes: Uint8Array;
}

const MEDIA_TYPE = /^\s*([^;\s]+)/;

/** `application/json` when nothing was said. */
export function mediaTypeOf(contentType: string | undefined): string {
  return MEDIA_TYPE.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'application/json';
}

/** Parses the bytes of a body in the media type they came in. Duplicate keys are findings of strict validation. */
export async function parseBody(call: ApiCall, mediaType: string, bytes: Uint8Array, expectedKind: string): Promise<{ value: JsonValue; duplicates: Duplicates }> {
  switch (mediaType) {
    case 'application/json':
      try {
        const { value, duplicates } = parseJson(bytes);
        return { value, duplicates: jsonDuplicates(duplicates) };
      } catch (error) {
        if (error instanceof JsonSyntaxError) throw unrecognized(expectedKind, `couldn't get version/kind; json parse error: ${error.message}`, bytes);
        throw error;
      }
    case 'application/yaml': {
      const { formatYamlDuplicates, parseYaml } = await import('../../machinery/parse-yaml.ts');
      try {
        const { value, duplicates } = parseYaml(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
        // Go turns YAML into JSON with sorted keys first: what is wrong is found in that order.
        const sorted = sortKeys(value);
        return { value: sorted, duplicates: duplicates.length === 0 ? NO_DUPLICATES : { strict: [formatYamlDuplicates(duplicates)], warnings: duplicates } };
      } catch (error) {
        throw unrecognized(expectedKind, error instanceof Error ? error.message : String(error), bytes);
      }
    }
    case 'application/vnd.kubernetes.protobuf':
      if (call.type.custom && expectedKind !== '') throw unknownBody();
      return { value: await decodeProtobufBody(call, bytes, expectedKind), duplicates: NO_DUPLICATES };
    default:
      throw unknownBody();
  }
}

async function decodeProtobufBody(call: ApiCall, bytes: Uint8Array, expectedKind: string): Promise<JsonValue> {
  const forms = await call.protobuf.load();
  try {
    return forms.decode(bytes, call.type.apiVersion, expectedKind === '' ? 'DeleteOptions' : expectedKind);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

export function unknownBody(): StatusError {
  return unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${ACCEPTED_TYPES}`);
}

/** The head of the body that messages show, as Kubernetes' decoder cuts it. */
function bodySnippet(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 30)).toString('utf8');
  if (!text.trimStart().startsWith('{')) return `${Buffer.from(bytes.subarray(0, 30)).toString('hex')}${bytes.byteLength > 30 ? ' ...' : ''}`;
  return bytes.byteLength > 30 ? `${text} ...` : text;
}

/** `kind` is '' for options, of which no type is said. */
function unrecognized(kind: string, problem: string, bytes: Uint8Array): StatusError {
  if (kind === '') return badRequest(problem);
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${problem} (${bodySnippet(bytes)})`);
}

const TYPE_META_STRUCT = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function goTypeName(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value;
}

/** Reads and decodes the body of a create or an update into the request's own type, defaults applied. */
export async function readObjectBody(context: RegistryContext, call: ApiCall, type: ResourceType, fieldValidation: FieldValidation): Promise<KubeObject> {
  const mediaType = mediaTypeOf(call.request.header('content-type'));
  const bytes = await call.request.readBody(MAX_BODY_BYTES);
  const { value, duplicates } = await parseBody(call, mediaType, bytes, type.kind);
  const object = decodeValue(context, call, type, { value, duplicates, bytes }, fieldValidation);
  type.defaults(object);
  call.recordRequest?.(object);
  return object;
}

/** Decodes a parsed body; the messages are those that Kubernetes' handler wraps around its decoder's. */
export function decodeValue(context: RegistryContext, call: ApiCall, type: BodyType, body: ParsedBody, fieldValidation: FieldValidation): KubeObject {
  const { duplicates, bytes } = body;
  const value = body.value === null ? {} : body.value;
  if (!isJsonObject(value)) {
    const problem = `couldn't get version/kind; json parse error: json: cannot unmarshal ${goTypeName(value)} into Go value of type ${TYPE_META_STRUCT}`;
    throw unrecognized(type.kind, problem, bytes);
  }
  checkType(context, type, value);
  let decoded: { object: KubeObject; strictErrors: readonly string[] };
  try {
    decoded = type.decode(value);
  } catch (error) {
    if (error instanceof DecodeError) throw cannotBeHandled(type, error.message, { kind: type.kind, version: type.version });
    throw error;
  }
  reportStrictFindings(call, type, decoded.strictErrors, duplicates, fieldValidation);
  return decoded.object;
}

function reportStrictFindings(call: ApiCall, type: BodyType, unknown: readonly string[], duplicates: Duplicates, fieldValidation: FieldValidation): void {
  if (fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Strict') {
    const findings = [...duplicates.strict, ...unknown];
    if (findings.length === 0) return;
    throw cannotBeHandled(type, `strict decoding error: ${findings.join(', ')}`, { kind: type.kind, version: type.version });
  }
  for (const finding of [...duplicates.warnings, ...unknown]) call.warn(finding);
}

function sortKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).sort()) setOwn(sorted, key, sortKeys(value[key] ?? null));
  return sorted;
}

function cannotBeHandled(type: BodyType, problem: string, actual: { kind: string; version: string }): StatusError {
  return badRequest(`${actual.kind} in version ${JSON.stringify(actual.version)} cannot be handled as a ${type.kind}: ${problem}`);
}

/** The type a body states must be the one of its path; what it leaves out is filled in from there. */
function checkType(context: RegistryContext, type: BodyType, value: JsonObject): void {
  for (const field of ['apiVersion', 'kind']) {
    const stated = value[field];
    if (stated === undefined || stated === null || typeof stated === 'string') continue;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${type.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${goTypeName(stated)} into Go struct field .${field} of type string`,
    );
  }
  if (type.custom && !value['kind']) {
    const text = JSON.stringify(value);
    throw badRequest(`the object provided is unrecognized (must be of type ${type.kind}): Object 'Kind' is missing in '${text}' (${text})`);
  }
  const kind = (value['kind'] as string | undefined) || type.kind;
  const apiVersion = (value['apiVersion'] as string | undefined) || type.apiVersion;
  if (kind !== type.kind || apiVersion !== type.apiVersion) throw wrongType(context, type, { apiVersion, kind, name: nameOf(value) });
  value['kind'] = kind;
  value['apiVersion'] = apiVersion;
}

/** The refusal of a body whose stated type is not the expected one. */
function wrongType(context: RegistryContext, type: BodyType, stated: { apiVersion: string; kind: string; name: string }): StatusError {
  const { apiVersion, kind, name } = stated;
  const gv = parseApiVersion(apiVersion);
  if (!gv) return cannotBeHandled(type, `unexpected GroupVersion string: ${apiVersion}`, { kind, version: type.version });
  const actual = { kind, version: gv.version };
  if (!type.custom && !context.knowsKind(gv.group, gv.version, kind)) {
    return cannotBeHandled(type, `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`, actual);
  }
  if (type.custom && kind !== type.kind && apiVersion === type.apiVersion) {
    return invalid({ group: type.group, kind }, name, [fieldInvalid('kind', kind, `must be ${type.kind}`)]);
  }
  if (kind !== type.kind) {
    return cannotBeHandled(type, `converting (${gv.version}.${kind}) to (${internalPackage(type.group)}.${type.kind}): unknown conversion`, actual);
  }
  return badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${type.apiVersion})`);
}

function nameOf(value: JsonObject): string {
  const { metadata } = value;
  return isJsonObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
}

/** Go's package of a group's internal types: the first label of its name. */
function internalPackage(group: string): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? group);
}

/**
 * Objects inside objects (`x-kubernetes-embedded-resource`): their metadata is decoded as real metadata when they come
 * in, and their type and metadata are validated with the object that holds them.
 */
import { fieldInvalid, fieldRequired, FieldPath, formatFieldError, type FieldError } from '../machinery/field-error.ts';
import { parseApiVersion } from '../machinery/group-version.ts';
import { cloneJson, getOwn, isJsonObject, setOwn, type JsonObject, type JsonValue } from '../machinery/json.ts';
import { isDns1035Label, nameIsPathSegment } from '../machinery/names.ts';
import { validateObjectMeta } from '../machinery/object-meta-validation.ts';
import type { ObjectMeta } from '../machinery/object-meta.ts';
import { schemaOfKey, type Structural } from './structural.ts';

/**
 * Decodes an ObjectMeta; handed in, since types are known above this layer. `path` is where the metadata stand, for the
 * texts of `strictErrors` (`unknown field "spec.template.metadata.x"`). Throws an Error whose message says what is wrong
 * with the JSON. The value may be changed and reused.
 */
export type DecodeMetadata = (value: JsonValue, path: string) => { readonly object: JsonObject; readonly strictErrors: readonly string[] };

/** An embedded resource that is not one; the message names the place. */
export class EmbeddedResourceError extends Error {}

/**
 * Decodes the metadata of all embedded resources, in place. Returns the texts of strict findings; throws an
 * EmbeddedResourceError where a type or metadata has the wrong JSON type.
 */
export function coerceEmbedded(value: unknown, schema: Structural, decode: DecodeMetadata): string[] {
  const strictErrors: string[] = [];
  if (schema.has.embeddedResources) coerce(value, schema, FieldPath.root(), { decode, strictErrors });
  return strictErrors;
}

interface CoerceContext {
  readonly decode: DecodeMetadata;
  readonly strictErrors: string[];
}

function coerce(value: unknown, schema: Structural, path: FieldPath, context: CoerceContext): void {
  if (!schema.has.embeddedResources) return;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items !== undefined) value.forEach((item, i) => coerce(item, items, path.index(i), context));
    return;
  }
  if (!isJsonObject(value)) return;
  for (const name of Object.keys(value)) {
    const child = value[name];
    if (child === undefined) continue;
    if (schema.embeddedResource) {
      if ((name === 'apiVersion' || name === 'kind') && typeof child !== 'string') {
        throw new EmbeddedResourceError(formatFieldError(fieldInvalid(path.child(name), child, 'must be a string')));
      }
      if (name === 'metadata') setOwn(value, name, coerceMetadata(child, path.child(name), context));
    }
    const declared = schemaOfKey(schema, name);
    if (declared !== undefined) coerce(value[name], declared, path.child(name), context);
  }
}

function coerceMetadata(metadata: JsonValue, path: FieldPath, context: CoerceContext): JsonValue {
  try {
    const { object, strictErrors } = context.decode(cloneJson(metadata), path.text);
    context.strictErrors.push(...strictErrors);
    if (object['creationTimestamp'] === null) delete object['creationTimestamp'];
    return object;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new EmbeddedResourceError(formatFieldError(fieldInvalid(path, metadata, error.message)), { cause: error });
  }
}

/** Findings about the types and metadata of embedded resources. `root` says that the value is such an object itself. */
export function validateEmbedded(value: unknown, schema: Structural, path: FieldPath = FieldPath.root(), root = false): FieldError[] {
  const errors: FieldError[] = [];
  visit(value, schema, path, root, errors);
  return errors;
}

function visit(value: unknown, schema: Structural, path: FieldPath, root: boolean, errors: FieldError[]): void {
  if (!root && !schema.has.embeddedResources) return;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items !== undefined) value.forEach((item, i) => visit(item, items, path.index(i), false, errors));
    return;
  }
  if (!isJsonObject(value)) return;
  if (root || schema.embeddedResource) errors.push(...validateTypeAndMeta(value, path));
  for (const name of Object.keys(value)) {
    const declared = schemaOfKey(schema, name);
    if (declared === undefined) continue;
    visit(value[name], declared, schema.properties.has(name) ? path.child(name) : path.key(name), false, errors);
  }
}

function validateTypeAndMeta(object: JsonObject, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const apiVersion = getOwn(object, 'apiVersion');
  if (apiVersion === undefined) errors.push(fieldRequired(path.child('apiVersion')));
  else if (typeof apiVersion !== 'string') errors.push(fieldInvalid(path.child('apiVersion'), apiVersion, 'must be a string'));
  else if (apiVersion === '') errors.push(fieldInvalid(path.child('apiVersion'), apiVersion, 'must not be empty'));
  else if (parseApiVersion(apiVersion) === undefined) {
    errors.push(fieldInvalid(path.child('apiVersion'), apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  }
  const kind = getOwn(object, 'kind');
  if (kind === undefined) errors.push(fieldRequired(path.child('kind')));
  else if (typeof kind !== 'string') errors.push(fieldInvalid(path.child('kind'), kind, 'must be a string'));
  else if (kind === '') errors.push(fieldInvalid(path.child('kind'), kind, 'must not be empty'));
  else {
    const texts = isDns1035Label(kind.toLowerCase());
    if (texts.length > 0) errors.push(fieldInvalid(path.child('kind'), kind, `may have mixed case, but should otherwise match: ${texts.join(',')}`));
  }
  const metadata = getOwn(object, 'metadata');
  if (isJsonObject(metadata)) errors.push(...validateMetadata(metadata as ObjectMeta, path.child('metadata')));
  return errors;
}

/** A name is not asked for: an embedded object need not have one. */
function validateMetadata(metadata: ObjectMeta, path: FieldPath): FieldError[] {
  const named = (metadata.name ?? '') === '' ? { ...metadata, name: 'fakename' } : metadata;
  return validateObjectMeta(named, { namespaced: (metadata.namespace ?? '') !== '', validateName: nameIsPathSegment, path });
}

/**
 * Which keywords a definition's schema may use, and how they go together, read off the JSONSchemaProps themselves.
 * Findings in Kubernetes' order: of a schema first, then of those below it, then of its list and map types.
 */
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError, type FieldPath } from '../machinery/field-error.ts';
import { isJsonObject } from '../machinery/json.ts';
import type { JsonSchemaProps } from './json-schema-props.ts';
import { isMetaField } from './pruning.ts';
import { MAX_SCHEMA_DEPTH } from './structural.ts';

/** What holds at a place because of where it is. */
interface Place {
  readonly root: boolean;
  readonly depth: number;
  /** Below metadata, apiVersion or kind of a whole or an embedded object. */
  readonly insideMeta: boolean;
  /** Set where defaults are forbidden, with the reason. */
  readonly noDefaults?: string;
}

export function validateKeywords(schema: JsonSchemaProps, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  visit(schema, path, { root: true, depth: 0, insideMeta: false }, errors);
  return errors;
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

function visit(schema: JsonSchemaProps | undefined, path: FieldPath, place: Place, errors: FieldError[]): void {
  if (!isJsonObject(schema)) return;
  if (place.depth > MAX_SCHEMA_DEPTH) {
    errors.push(fieldForbidden(path, `must not be nested more than ${MAX_SCHEMA_DEPTH} levels deep`));
    return;
  }
  checkOwnKeywords(schema, path, place, errors);
  if (schema.uniqueItems === true) {
    errors.push(fieldForbidden(path.child('uniqueItems'), 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  }
  visitChildren(schema, path, { ...place, root: false, depth: place.depth + 1 }, place.root, errors);
  checkListAndMapTypes(schema, path, errors);
}

function checkOwnKeywords(schema: JsonSchemaProps, path: FieldPath, place: Place, errors: FieldError[]): void {
  const { type = '' } = schema;
  if (type !== '' && !TYPES.includes(type)) errors.push(fieldNotSupported(path.child('type'), type, TYPES));
  if (schema.default !== undefined && schema.default !== null && place.noDefaults !== undefined) {
    errors.push(fieldForbidden(path.child('default'), `must not be set ${place.noDefaults}`));
  }
  const unsupported = (present: boolean, keyword: string): void => {
    if (present) errors.push(fieldForbidden(path.child(keyword), `${keyword} is not supported`));
  };
  unsupported((schema.id ?? '') !== '', 'id');
  unsupported(schema.additionalItems !== undefined, 'additionalItems');
  unsupported(Object.keys(schema.patternProperties ?? {}).length > 0, 'patternProperties');
  unsupported(Object.keys(schema.definitions ?? {}).length > 0, 'definitions');
  unsupported(schema.dependencies !== undefined, 'dependencies');
  unsupported(schema.$ref !== undefined, '$ref');
  if (type === 'null') errors.push(fieldForbidden(path.child('type'), 'type cannot be set to null, use nullable as an alternative'));
  if (Array.isArray(schema.items)) errors.push(fieldForbidden(path.child('items'), 'items must be a schema object and not an array'));
  if (place.insideMeta && schema['x-kubernetes-embedded-resource'] === true) {
    errors.push(fieldForbidden(path.child('x-kubernetes-embedded-resource'), 'must not be used inside of resource meta'));
  }
}

function visitChildren(schema: JsonSchemaProps, path: FieldPath, place: Place, root: boolean, errors: FieldError[]): void {
  const properties = isJsonObject(schema.properties) ? (schema.properties as Readonly<Record<string, JsonSchemaProps>>) : {};
  const names = Object.keys(properties);
  const additional = schema.additionalProperties;
  if (additional !== undefined && additional !== null) {
    if (names.length > 0 && additional !== true) {
      errors.push(fieldForbidden(path.child('additionalProperties'), 'additionalProperties and properties are mutual exclusive'));
    }
    const below = place.insideMeta ? { ...place, noDefaults: 'inside additionalProperties applying to object metadata' } : place;
    if (typeof additional === 'object') visit(additional, path.child('additionalProperties'), below, errors);
  }
  for (const name of names) {
    let below = place;
    if ((root || schema['x-kubernetes-embedded-resource'] === true) && isMetaField(name)) {
      below = { ...place, insideMeta: true, ...(root ? { noDefaults: `in top-level ${name}` } : {}) };
    }
    visit(properties[name], path.child('properties').key(name), below, errors);
  }
  visit(schema.not, path.child('not'), place, errors);
  for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const) {
    schema[junctor]?.forEach((branch, i) => visit(branch, path.child(junctor).index(i), place, errors));
  }
  if (!Array.isArray(schema.items)) visit(schema.items as JsonSchemaProps | undefined, path.child('items'), place, errors);
}

function checkListAndMapTypes(schema: JsonSchemaProps, path: FieldPath, errors: FieldError[]): void {
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.push(fieldInvalid(path.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'));
  }
  const mapType = schema['x-kubernetes-map-type'];
  const listType = schema['x-kubernetes-list-type'];
  const needsType = (wanted: string, keyword: string): void => {
    const detail = `must be ${wanted} if ${keyword} is specified`;
    const at = path.child('type');
    errors.push((schema.type ?? '') === '' ? fieldRequired(at, detail) : fieldInvalid(at, schema.type, detail));
  };
  if (mapType !== undefined) {
    if (schema.type !== 'object') needsType('object', 'x-kubernetes-map-type');
    if (mapType !== 'atomic' && mapType !== 'granular') errors.push(fieldNotSupported(path.child('x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
  }
  if (listType !== undefined && schema.type !== 'array') needsType('array', 'x-kubernetes-list-type');
  else if (listType === 'set') checkSetItems(schema, path, errors);
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) {
    errors.push(fieldNotSupported(path.child('x-kubernetes-list-type'), listType, ['atomic', 'set', 'map']));
  }
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (keys.length > 0 && listType !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
    const at = path.child('x-kubernetes-list-type');
    errors.push(listType === undefined ? fieldRequired(at, detail) : fieldInvalid(at, listType, detail));
  }
  if (listType === 'map') checkMapKeys(schema, keys, path, errors);
  if (listType === 'map' || listType === 'set') checkItemPresence(schema, listType, path, errors);
}

function itemsOf(schema: JsonSchemaProps): JsonSchemaProps | undefined {
  return isJsonObject(schema.items) ? (schema.items as JsonSchemaProps) : undefined;
}

/** Items of a set are compared whole, so they must be atomic. */
function checkSetItems(schema: JsonSchemaProps, path: FieldPath, errors: FieldError[]): void {
  const items = itemsOf(schema);
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const itemListType = items?.['x-kubernetes-list-type'];
  const itemMapType = items?.['x-kubernetes-map-type'];
  if (items?.type === 'array' && itemListType !== undefined && itemListType !== 'atomic') {
    errors.push(fieldInvalid(path.child('items').child('x-kubernetes-list-type'), itemListType, detail));
  }
  if (items?.type === 'object' && itemMapType !== 'atomic') {
    // Kubernetes shows the item's list type here, which objects do not have.
    errors.push(fieldInvalid(path.child('items').child('x-kubernetes-map-type'), itemListType ?? null, detail));
  }
}

function checkMapKeys(schema: JsonSchemaProps, keys: readonly string[], path: FieldPath, errors: FieldError[]): void {
  const at = path.child('x-kubernetes-list-map-keys');
  if (keys.length === 0) errors.push(fieldRequired(at, 'must not be empty if x-kubernetes-list-type is map'));
  if (schema.items === undefined) errors.push(fieldRequired(path.child('items'), 'must have a schema if x-kubernetes-list-type is map'));
  const items = itemsOf(schema);
  if (items === undefined) return;
  if (items.type !== 'object') {
    errors.push(fieldInvalid(path.child('items').child('type'), items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map"));
    return;
  }
  const seen = new Set<string>();
  for (const key of keys) {
    const property = propertyOf(items, key);
    if (property === undefined) errors.push(fieldInvalid(at, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') {
      const detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(fieldInvalid(path.child('items').child('properties').key(key).child('type'), items.type, detail));
    }
    if (seen.has(key)) errors.push(fieldInvalid(at, keys, 'must not contain duplicate entries'));
    seen.add(key);
  }
}

function propertyOf(schema: JsonSchemaProps, name: string): JsonSchemaProps | undefined {
  return schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
}

/** Items of sets and maps cannot be null, and the keys of maps are always there. */
function checkItemPresence(schema: JsonSchemaProps, listType: 'map' | 'set', path: FieldPath, errors: FieldError[]): void {
  const items = itemsOf(schema);
  if (items === undefined) return;
  const at = path.child('items');
  if (items.nullable === true) errors.push(fieldForbidden(at.child('nullable'), `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  if (listType === 'set') return;
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const property = propertyOf(items, key);
    if (property === undefined) continue;
    const where = at.child('properties').key(key);
    if (!(items.required ?? []).includes(key) && (property.default ?? null) === null) {
      errors.push(fieldRequired(where.child('default'), 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'));
    }
    if (property.nullable === true) errors.push(fieldForbidden(where.child('nullable'), 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'));
  }
}

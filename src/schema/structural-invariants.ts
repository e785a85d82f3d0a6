/**
 * What makes a schema structural: a type at every level, nothing but value validation inside allOf, anyOf, oneOf and
 * not, and nothing said about metadata beyond its name. Findings in Kubernetes' order.
 */
import { fieldForbidden, fieldInvalid, fieldRequired, type FieldError, type FieldPath } from '../machinery/field-error.ts';
import { equalJson } from '../machinery/json.ts';
import { compilePattern } from './pattern.ts';
import type { Structural } from './structural.ts';

type Level = 'root' | 'items' | 'field';

export function validateStructural(schema: Structural, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  checkInvariants(schema, 'root', path, errors);
  checkCompleteness(schema, schema, path, path, errors);
  return errors;
}

function checkInvariants(schema: Structural, level: Level, path: FieldPath, errors: FieldError[]): void {
  if (schema.type === 'array' && schema.items === undefined) errors.push(fieldRequired(path.child('items'), 'must be specified'));
  if (schema.items !== undefined) checkInvariants(schema.items, 'items', path.child('items'), errors);
  for (const [name, property] of schema.properties) checkInvariants(property, 'field', path.child('properties').key(name), errors);
  if (schema.additionalProperties !== undefined) {
    if (level === 'root') errors.push(fieldForbidden(path.child('additionalProperties'), 'must not be used at the root'));
    if (typeof schema.additionalProperties === 'object') checkInvariants(schema.additionalProperties, 'field', path.child('additionalProperties'), errors);
  }
  checkExtensions(schema, path, errors);
  checkJunctors(schema, intOrStringException(schema), level, path, errors);
  checkType(schema, level, path, errors);
  if (level === 'root' || schema.embeddedResource) checkMetaFields(schema, level, path, errors);
  if (schema.embeddedResource && !schema.preserveUnknownFields && schema.properties.size === 0) {
    const detail = 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(fieldRequired(path.child('properties'), detail));
  }
}

function checkExtensions(schema: Structural, path: FieldPath, errors: FieldError[]): void {
  if (!schema.intOrString) return;
  const detail = 'must be false if x-kubernetes-int-or-string is true';
  if (schema.preserveUnknownFields) errors.push(fieldInvalid(path.child('x-kubernetes-preserve-unknown-fields'), true, detail));
  if (schema.embeddedResource) errors.push(fieldInvalid(path.child('x-kubernetes-embedded-resource'), true, detail));
}

function checkType(schema: Structural, level: Level, path: FieldPath, errors: FieldError[]): void {
  const at = path.child('type');
  if (schema.embeddedResource && schema.type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(schema.type === '' ? fieldRequired(at, detail) : fieldInvalid(at, schema.type, detail));
  } else if (schema.type === '' && !schema.intOrString && !schema.preserveUnknownFields) {
    const where = { root: 'at the root', items: 'for specified array items', field: 'for specified object fields' }[level];
    errors.push(fieldRequired(at, `must not be empty ${where}`));
  }
  if (schema.embeddedResource && schema.additionalProperties !== undefined) {
    errors.push(fieldForbidden(path.child('additionalProperties'), 'must not be used if x-kubernetes-embedded-resource is set'));
  }
  if (level === 'root' && schema.type !== '' && schema.type !== 'object') errors.push(fieldInvalid(at, schema.type, 'must be object at the root'));
}

/** kind, apiVersion and metadata are implied: naming them is allowed, giving them another shape is not. */
function checkMetaFields(schema: Structural, level: Level, path: FieldPath, errors: FieldError[]): void {
  for (const [name, wanted] of [['kind', 'string'], ['apiVersion', 'string'], ['metadata', 'object']] as const) {
    const field = schema.properties.get(name);
    if (field === undefined || field.type === wanted) continue;
    errors.push(fieldInvalid(path.child('properties').key(name).child('type'), field.type, `must be ${wanted}`));
  }
  const metadata = schema.properties.get('metadata');
  if (level !== 'root' || metadata === undefined || saysOnlyNames(metadata)) return;
  const detail = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  errors.push(fieldForbidden(path.child('properties').key('metadata'), detail));
}

function saysOnlyNames(metadata: Structural): boolean {
  for (const name of metadata.properties.keys()) if (name !== 'name' && name !== 'generateName') return false;
  for (const [keyword, value] of Object.entries(metadata.props)) {
    if (keyword === 'type' || keyword === 'properties' || keyword === 'default') continue;
    if (value === undefined || value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    return false;
  }
  return true;
}

const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }];

/** The two spellings of int-or-string in which types may stand inside a junctor. */
function intOrStringException(schema: Structural): 'anyOf' | 'allOf' | undefined {
  if (!schema.intOrString) return undefined;
  if (equalJson(schema.props.anyOf, INT_OR_STRING)) return 'anyOf';
  return equalJson(schema.props.allOf?.[0]?.anyOf, INT_OR_STRING) ? 'allOf' : undefined;
}

function checkJunctors(schema: Structural, except: 'anyOf' | 'allOf' | undefined, level: Level, path: FieldPath, errors: FieldError[]): void {
  if (except !== 'anyOf') schema.anyOf.forEach((branch, i) => checkNested(branch, undefined, level, path.child('anyOf').index(i), errors));
  schema.allOf.forEach((branch, i) => {
    checkNested(branch, except === 'allOf' && i === 0 ? 'anyOf' : undefined, level, path.child('allOf').index(i), errors);
  });
  schema.oneOf.forEach((branch, i) => checkNested(branch, undefined, level, path.child('oneOf').index(i), errors));
  if (schema.not !== undefined) checkNested(schema.not, undefined, level, path.child('not'), errors);
  const { pattern } = schema.props;
  if (pattern !== undefined && pattern !== '') {
    const compiled = compilePattern(pattern);
    if ('error' in compiled) errors.push(fieldInvalid(path.child('pattern'), pattern, `must be a valid regular expression, but isn't: ${compiled.error}`));
  }
}

/** A schema inside allOf, anyOf, oneOf or not: value validation only. */
function checkNested(schema: Structural, except: 'anyOf' | undefined, level: Level, path: FieldPath, errors: FieldError[]): void {
  checkJunctors(schema, except, level, path, errors);
  if (schema.items !== undefined) checkNested(schema.items, undefined, level, path.child('items'), errors);
  for (const [name, property] of schema.properties) checkNested(property, undefined, 'field', path.child('properties').key(name), errors);
  const forbid = (present: boolean, keyword: string, mustBe: string): void => {
    if (present) errors.push(fieldForbidden(path.child(keyword), `must be ${mustBe} to be structural`));
  };
  const { props } = schema;
  forbid(schema.type !== '', 'type', 'empty');
  forbid(schema.additionalProperties !== undefined, 'additionalProperties', 'undefined');
  forbid(schema.default !== undefined, 'default', 'undefined');
  forbid((props.title ?? '') !== '', 'title', 'empty');
  forbid((props.description ?? '') !== '', 'description', 'empty');
  forbid(schema.nullable, 'nullable', 'false');
  forbid(schema.preserveUnknownFields, 'x-kubernetes-preserve-unknown-fields', 'false');
  forbid(schema.embeddedResource, 'x-kubernetes-embedded-resource', 'false');
  forbid(schema.intOrString, 'x-kubernetes-int-or-string', 'false');
  forbid(schema.listType !== undefined, 'x-kubernetes-list-type', 'undefined');
  forbid(schema.listMapKeys.length > 0, 'x-kubernetes-list-map-keys', 'empty');
  forbid(schema.mapType !== undefined, 'x-kubernetes-map-type', 'undefined');
  forbid(schema.rules.length > 0, 'x-kubernetes-validations', 'empty');
  if (schema.properties.has('metadata')) errors.push(fieldForbidden(path.child('properties').key('metadata'), 'must not be specified in a nested context'));
}

/** What a junctor of the root speaks of must be declared outside it. */
function checkCompleteness(validation: Structural, schema: Structural, schemaPath: FieldPath, path: FieldPath, errors: FieldError[]): void {
  const visit = (branch: Structural, at: FieldPath): void => checkNestedCompleteness(branch, schema, schemaPath, at, errors);
  if (validation.not !== undefined) visit(validation.not, path.child('not'));
  validation.allOf.forEach((branch, i) => visit(branch, path.child('allOf').index(i)));
  validation.anyOf.forEach((branch, i) => visit(branch, path.child('anyOf').index(i)));
  validation.oneOf.forEach((branch, i) => visit(branch, path.child('oneOf').index(i)));
}

function checkNestedCompleteness(branch: Structural, schema: Structural | undefined, schemaPath: FieldPath, path: FieldPath, errors: FieldError[]): void {
  if (schema === undefined) {
    errors.push(fieldRequired(schemaPath, `because it is defined in ${path.text}`));
    return;
  }
  checkCompleteness(branch, schema, schemaPath, path, errors);
  if (branch.items !== undefined) checkNestedCompleteness(branch.items, schema.items, schemaPath.child('items'), path.child('items'), errors);
  for (const [name, property] of branch.properties) {
    checkNestedCompleteness(property, schema.properties.get(name), schemaPath.child('properties').key(name), path.child('properties').key(name), errors);
  }
}

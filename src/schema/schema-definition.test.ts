import { describe, expect, test } from 'vitest';
import { FieldPath, formatFieldError } from '../machinery/field-error.ts';
import type { JsonSchemaProps } from './json-schema-props.ts';
import { unrecognizedFormats, validateSchemaDefinition, type ValidateSchemaOptions } from './schema-definition.ts';

const PATH = FieldPath.root('s');

function findings(schema: JsonSchemaProps, options: ValidateSchemaOptions = { statusEnabled: false }): string[] {
  return validateSchemaDefinition(schema, PATH, options).map(formatFieldError);
}
/** Findings about one field of an object, by its place below it. */
function fieldFindings(field: JsonSchemaProps): string[] {
  return findings({ type: 'object', properties: { f: field } }).map((text) => text.replace('s.properties[f]', 'f'));
}

const OBJECT: JsonSchemaProps = { type: 'object', properties: { a: { type: 'string' } } };
const LIST: JsonSchemaProps = { type: 'array', items: { type: 'string' } };
const ITEMS: JsonSchemaProps = { type: 'object', properties: { name: { type: 'string' }, n: { type: 'integer' } }, required: ['name'] };

describe('the root', () => {
  test.each<[JsonSchemaProps, string[]]>([
    [OBJECT, []],
    [{ properties: {} }, ['s.type: Required value: must not be empty at the root']],
    [{ type: 'string' }, ['s.type: Invalid value: "string": must be object at the root']],
    [{ ...OBJECT, nullable: true }, ['s.nullable: Forbidden: nullable cannot be true at the root']],
    [{ type: 'object', additionalProperties: { type: 'string' } }, ['s.additionalProperties: Forbidden: must not be used at the root']],
    [{ type: 'object', properties: { apiVersion: { type: 'integer' } } }, ['s.properties[apiVersion].type: Invalid value: "integer": must be string']],
    [{ type: 'object', properties: { metadata: { type: 'string' } } }, ['s.properties[metadata].type: Invalid value: "string": must be object']],
    [{ type: 'object', properties: { metadata: { type: 'object' } } }, []],
    [{ type: 'object', properties: { metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 9 } } } } }, []],
    [
      { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object', additionalProperties: { type: 'string' } } } } } },
      ['s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified'],
    ],
    [{ ...OBJECT, default: {} }, ['s.default.apiVersion: Required value', 's.default.kind: Required value']],
    [{ ...OBJECT, $schema: 'http://json-schema.org/draft-04/schema#' }, [`s: Invalid value: "": OpenAPIV3Schema 'schema' is not supported`]],
    [
      { ...OBJECT, anyOf: [{ properties: { b: { minLength: 1 } } }] },
      ['s.properties[b]: Required value: because it is defined in s.anyOf[0].properties[b]'],
    ],
    [{ ...OBJECT, allOf: [{ properties: { a: { items: { minLength: 1 } } } }] }, ['s.properties[a].items: Required value: because it is defined in s.allOf[0].properties[a].items']],
    [{ ...OBJECT, oneOf: [{ required: ['a'] }] }, []],
  ])('%j', (schema, expected) => {
    expect(findings(schema)).toEqual(expected);
  });

  test('the status subresource narrows what may stand there', () => {
    const [text = ''] = findings({ ...OBJECT, oneOf: [{ required: ['a'] }] }, { statusEnabled: true });
    expect(text).toMatch(/^s: Invalid value: .*fields are allowed at the root of the schema if the status subresource is enabled$/);
    expect(findings(OBJECT, { statusEnabled: true })).toEqual([]);
  });
});

describe('types and keywords', () => {
  test.each<[JsonSchemaProps, string[]]>([
    [{}, ['f.type: Required value: must not be empty for specified object fields']],
    [{ type: 'array', items: {} }, ['f.items.type: Required value: must not be empty for specified array items']],
    [{ type: 'array' }, ['f.items: Required value: must be specified']],
    [{ type: 'text' }, ['f.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"']],
    [
      { type: 'null' },
      [
        'f.type: Unsupported value: "null": supported values: "array", "boolean", "integer", "number", "object", "string"',
        'f.type: Forbidden: type cannot be set to null, use nullable as an alternative',
      ],
    ],
    [{ $ref: '#/x' }, ['f.$ref: Forbidden: $ref is not supported']],
    [{ type: 'string', id: 'x' }, ['f.id: Forbidden: id is not supported']],
    [{ type: 'array', items: [{ type: 'string' }] }, ['f.items: Forbidden: items must be a schema object and not an array']],
    [{ ...LIST, uniqueItems: true }, ['f.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic']],
    [{ ...OBJECT, additionalProperties: { type: 'string' } }, ['f.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive']],
    [{ type: 'object', additionalProperties: false }, []],
    [{ type: 'string', pattern: '(' }, ["f.pattern: Invalid value: \"(\": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`"]],
    [{ 'x-kubernetes-preserve-unknown-fields': true }, []],
    [{ ...OBJECT, 'x-kubernetes-preserve-unknown-fields': false }, ['f.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined']],
    [{ type: 'object', 'x-kubernetes-embedded-resource': true }, ['f.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields']],
    [
      { 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      ['f.type: Required value: must be object if x-kubernetes-embedded-resource is true'],
    ],
  ])('%j', (schema, expected) => {
    expect(fieldFindings(schema)).toEqual(expected);
  });
});

describe('what stands inside allOf, anyOf, oneOf and not', () => {
  test.each<[JsonSchemaProps, string[]]>([
    [{ type: 'object' }, ['f.anyOf[0].type: Forbidden: must be empty to be structural']],
    [{ title: 'x' }, ['f.anyOf[0].title: Forbidden: must be empty to be structural']],
    [{ properties: { a: { description: 'x' } } }, ['f.anyOf[0].properties[a].description: Forbidden: must be empty to be structural']],
    [{ properties: { a: { default: 'x' } } }, ['f.anyOf[0].properties[a].default: Forbidden: must be undefined to be structural']],
    [{ nullable: true }, ['f.anyOf[0].nullable: Forbidden: must be false to be structural']],
    [{ additionalProperties: { minLength: 1 } }, ['f.anyOf[0].additionalProperties: Forbidden: must be undefined to be structural']],
    [{ 'x-kubernetes-preserve-unknown-fields': true }, ['f.anyOf[0].x-kubernetes-preserve-unknown-fields: Forbidden: must be false to be structural']],
    [
      { 'x-kubernetes-list-type': 'set' },
      ['f.anyOf[0].x-kubernetes-list-type: Forbidden: must be undefined to be structural', 'f.anyOf[0].type: Required value: must be array if x-kubernetes-list-type is specified'],
    ],
    [{ 'x-kubernetes-validations': [{ rule: 'true' }] }, ['f.anyOf[0].x-kubernetes-validations: Forbidden: must be empty to be structural']],
    [{ properties: { other: { minLength: 1 } } }, []],
  ])('%j', (branch, expected) => {
    expect(fieldFindings({ ...OBJECT, anyOf: [branch] })).toEqual(expected);
  });

  test('int-or-string may spell its types out in two ways', () => {
    const types = [{ type: 'integer' }, { type: 'string' }];
    expect(fieldFindings({ 'x-kubernetes-int-or-string': true, anyOf: types })).toEqual([]);
    expect(fieldFindings({ 'x-kubernetes-int-or-string': true, allOf: [{ anyOf: types }, { maxLength: 5 }] })).toEqual([]);
    expect(fieldFindings({ 'x-kubernetes-int-or-string': true, anyOf: types.toReversed() })).toHaveLength(2);
  });
});

describe('list and map types', () => {
  const map = (more: JsonSchemaProps): JsonSchemaProps => ({ type: 'array', items: ITEMS, 'x-kubernetes-list-type': 'map', ...more });
  test.each<[JsonSchemaProps, string[]]>([
    [{ ...LIST, 'x-kubernetes-list-type': 'bag' }, ['f.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"']],
    [{ ...OBJECT, 'x-kubernetes-list-type': 'atomic' }, ['f.type: Invalid value: "object": must be array if x-kubernetes-list-type is specified']],
    [{ ...LIST, 'x-kubernetes-map-type': 'atomic' }, ['f.type: Invalid value: "array": must be object if x-kubernetes-map-type is specified']],
    [{ type: 'array', items: OBJECT, 'x-kubernetes-list-type': 'set' }, ['f.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set']],
    [{ type: 'array', items: { ...OBJECT, 'x-kubernetes-map-type': 'atomic' }, 'x-kubernetes-list-type': 'set' }, []],
    [{ type: 'array', items: { type: 'string', nullable: true }, 'x-kubernetes-list-type': 'set' }, ['f.items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is set']],
    [map({}), ['f.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map']],
    [map({ 'x-kubernetes-list-map-keys': ['name'] }), []],
    [map({ 'x-kubernetes-list-map-keys': ['id'] }), ['f.x-kubernetes-list-map-keys: Invalid value: ["id"]: entries must all be names of item properties']],
    [map({ 'x-kubernetes-list-map-keys': ['name', 'name'] }), ['f.x-kubernetes-list-map-keys: Invalid value: ["name","name"]: must not contain duplicate entries']],
    [
      map({ 'x-kubernetes-list-map-keys': ['n'] }),
      ['f.items.properties[n].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'],
    ],
    [map({ items: { type: 'string' }, 'x-kubernetes-list-map-keys': ['a'] }), ['f.items.type: Invalid value: "string": must be object if parent array\'s x-kubernetes-list-type is map']],
    [{ type: 'array', items: ITEMS, 'x-kubernetes-list-map-keys': ['name'] }, ['f.x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty']],
  ])('%j', (schema, expected) => {
    expect(fieldFindings(schema)).toEqual(expected);
  });
});

describe('defaults', () => {
  test.each<[JsonSchemaProps, string[]]>([
    [{ type: 'string', default: 'abc', minLength: 3 }, []],
    [{ type: 'string', default: 'x', minLength: 3 }, ['f.default: Invalid value: "x":  in body should be at least 3 chars long']],
    [{ type: 'string', default: 'c', enum: ['a', 'b'] }, ['f.default: Unsupported value: "c": supported values: "a", "b"']],
    [{ ...OBJECT, required: ['a'], default: {} }, ['f.default.a: Required value']],
    [{ ...OBJECT, default: { a: 'x', b: 1 } }, ['f.default: Invalid value: {"a":"x","b":1}: must not have unknown fields']],
    [{ type: 'string', nullable: true, default: null }, []],
  ])('%j', (schema, expected) => {
    expect(fieldFindings(schema)).toEqual(expected);
  });

  test('stand nowhere in top-level metadata', () => {
    const schema: JsonSchemaProps = { type: 'object', properties: { metadata: { type: 'object', properties: { name: { type: 'string', default: 'x' } } } } };
    expect(findings(schema)).toContain('s.properties[metadata].properties[name].default: Forbidden: must not be set in top-level metadata');
  });
});

describe('rules', () => {
  const schema: JsonSchemaProps = { type: 'object', properties: { f: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 0' }] } } };

  test('are refused while nothing can run them', () => {
    expect(findings(schema)).toEqual(['s.properties[f].x-kubernetes-validations: Forbidden: CEL rules are not supported yet']);
  });

  test('are judged by the compiler, if the schema is sound otherwise', () => {
    const seen: string[] = [];
    const ruleCompiler = {
      validateRules: (_: unknown, path: FieldPath) => {
        seen.push(path.text);
        return [];
      },
      compileRules: () => ({ validate: () => [] }),
    };
    expect(findings(schema, { statusEnabled: false, ruleCompiler })).toEqual([]);
    expect(findings({ ...schema, additionalProperties: { type: 'string' } }, { statusEnabled: false, ruleCompiler })).toHaveLength(2);
    expect(seen).toEqual(['s']);
  });
});

test('a schema nested beyond all measure is refused, not followed', () => {
  let schema: JsonSchemaProps = { type: 'string' };
  for (let i = 0; i < 2000; i++) schema = { type: 'object', properties: { a: schema } };
  expect(findings(schema).at(-1)).toMatch(/must not be nested more than 512 levels deep$/);
});

test('unknown formats are collected for a warning', () => {
  const schema: JsonSchemaProps = { type: 'object', properties: { a: { type: 'string', format: 'zz' }, b: { type: 'array', items: { type: 'string', format: 'aa' } }, c: { type: 'string', format: 'date-time' } } };
  expect(unrecognizedFormats(schema)).toEqual(['aa', 'zz']);
});

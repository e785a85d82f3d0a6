import { describe, expect, test } from 'vitest';
import { formatFieldError, FieldPath } from '../machinery/field-error.ts';
import { CompiledSchema } from './compiled-schema.ts';
import type { JsonSchemaProps } from './json-schema-props.ts';
import { parseStructural } from './structural.ts';

function findings(field: JsonSchemaProps, value: unknown, old?: unknown): string[] {
  const schema = new CompiledSchema(parseStructural({ type: 'object', properties: { f: field } }));
  return schema.check({ f: value }, old === undefined ? undefined : { f: old }).map(formatFieldError);
}

const INT_OR_STRING: JsonSchemaProps = { 'x-kubernetes-int-or-string': true };
const LIST_OF_STRINGS: JsonSchemaProps = { type: 'array', items: { type: 'string' } };

describe('types', () => {
  test.each<[JsonSchemaProps, unknown, string[]]>([
    [{ type: 'string' }, 'x', []],
    [{ type: 'string' }, 1, ['f: Invalid value: "integer": f in body must be of type string: "integer"']],
    [{ type: 'string' }, null, ['f: Invalid value: "null": f in body must be of type string: "null"']],
    [{ type: 'string', nullable: true }, null, []],
    [{ type: 'integer' }, 3, []],
    [{ type: 'integer' }, 'x', ['f: Invalid value: "string": f in body must be of type integer: "string"']],
    [
      { type: 'integer' },
      1.5,
      ['f: Invalid value: "number": f in body must be of type integer: "number"', '<nil>: Invalid value: "": Checked value must be of type integer (default format) in f'],
    ],
    [{ type: 'number' }, 3, []],
    [{ type: 'number' }, '3', ['f: Invalid value: "string": f in body must be of type number: "string"']],
    [{ type: 'boolean' }, 0, ['f: Invalid value: "integer": f in body must be of type boolean: "integer"']],
    [{ type: 'array', items: { type: 'string' } }, {}, ['f: Invalid value: "object": f in body must be of type array: "object"']],
    [{ type: 'object' }, [], ['f: Invalid value: "array": f in body must be of type object: "array"']],
    [INT_OR_STRING, 1, []],
    [INT_OR_STRING, '50%', []],
    [INT_OR_STRING, 1.5, ['f: Invalid value: "number": f in body must be of type integer,string: "number"']],
    [INT_OR_STRING, true, ['f: Invalid value: "boolean": f in body must be of type integer,string: "boolean"']],
    [{ 'x-kubernetes-preserve-unknown-fields': true }, [1, 'x', { a: null }], []],
    [{ type: 'string', format: 'date' }, 5, ['f: Invalid value: "int64": f in body must be of type date: "int64"']],
    [{ type: 'string', format: 'date' }, true, ['f: Invalid value: "": f in body must be of type date: ""']],
  ])('%j judges %j', (schema, value, expected) => {
    expect(findings(schema, value)).toEqual(expected);
  });
});

test('integers beyond 2^53 stay integers up to int64, and are numbers beyond', () => {
  expect(findings({ type: 'integer' }, 9007199254740993n)).toEqual([]);
  expect(findings({ type: 'integer', maximum: 10 }, 9007199254740993n)).toEqual(['f: Invalid value: 9007199254740993: f in body should be less than or equal to 10']);
  expect(findings({ type: 'integer' }, 2n ** 63n)[0]).toBe('f: Invalid value: "number": f in body must be of type integer: "number"');
});

describe('numbers', () => {
  test.each<[JsonSchemaProps, unknown, string[]]>([
    [{ type: 'integer', format: 'int32' }, 2147483647, []],
    [{ type: 'integer', format: 'int32' }, 2147483648, ['<nil>: Invalid value: "": Checked value must be of type integer with format int32 in f']],
    [{ type: 'integer', minimum: 1 }, 0, ['f: Invalid value: 0: f in body should be greater than or equal to 1']],
    [{ type: 'integer', maximum: 5 }, 6, ['f: Invalid value: 6: f in body should be less than or equal to 5']],
    [{ type: 'number', minimum: 0, exclusiveMinimum: true }, 0, ['f: Invalid value: 0: f in body should be greater than 0']],
    [{ type: 'number', maximum: 1, exclusiveMaximum: true }, 1, ['f: Invalid value: 1: f in body should be less than 1']],
    [{ type: 'number', maximum: 1.5 }, 1.75, ['f: Invalid value: 1.75: f in body should be less than or equal to 1.5']],
    [{ type: 'number', maximum: 2_000_000 }, 2_000_000.5, ['f: Invalid value: 2000000.5: f in body should be less than or equal to 2e+06']],
    [{ type: 'integer', maximum: 2_000_000 }, 2_000_001, ['f: Invalid value: 2000001: f in body should be less than or equal to 2000000']],
    [{ type: 'integer', multipleOf: 5 }, 10, []],
    [{ type: 'integer', multipleOf: 5 }, 12, ['f: Invalid value: 12: f in body should be a multiple of 5']],
    [{ type: 'number', multipleOf: 0.5 }, 2.25, ['f: Invalid value: 2.25: f in body should be a multiple of 0.5']],
    [{ type: 'number', multipleOf: 0.1 }, 0.3, []],
  ])('%j judges %j', (schema, value, expected) => {
    expect(findings(schema, value)).toEqual(expected);
  });
});

describe('strings', () => {
  test.each<[JsonSchemaProps, unknown, string[]]>([
    [{ type: 'string', minLength: 2 }, 'a', ['f: Invalid value: "a": f in body should be at least 2 chars long']],
    [{ type: 'string', minLength: 2 }, '😀', ['f: Invalid value: "😀": f in body should be at least 2 chars long']],
    [{ type: 'string', maxLength: 3 }, 'abcd', ['f: Too long: may not be more than 3 bytes']],
    [{ type: 'string', maxLength: 2 }, 'éé', []],
    [{ type: 'string', pattern: '^a' }, 'ba', ["f: Invalid value: \"ba\": f in body should match '^a'"]],
    [{ type: 'string', pattern: 'b' }, 'abc', []],
    [{ type: 'string', format: 'ipv4' }, '10.0.0.1', []],
    [{ type: 'string', format: 'ipv4' }, '10.0.0', ['f: Invalid value: "10.0.0": f in body must be of type ipv4: "10.0.0"']],
    [{ type: 'string', format: 'never-heard-of' }, 'anything', []],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', ['f: Unsupported value: "c": supported values: "a", "b"']],
    [{ type: 'string', nullable: true, enum: ['a', null] }, null, ['f: Unsupported value: null: supported values: "a", "null"']],
  ])('%j judges %j', (schema, value, expected) => {
    expect(findings(schema, value)).toEqual(expected);
  });

  test('a pattern that would make a backtracking engine hang is answered', () => {
    expect(findings({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(5000)}!`)).toHaveLength(1);
  });
});

describe('lists and objects', () => {
  test.each<[JsonSchemaProps, unknown, string[]]>([
    [LIST_OF_STRINGS, ['a', 1], ['f[1]: Invalid value: "integer": f[1] in body must be of type string: "integer"']],
    [LIST_OF_STRINGS, ['a', null], ['f[1]: Invalid value: "null": f[1] in body must be of type string: "null"']],
    [{ ...LIST_OF_STRINGS, minItems: 2 }, ['a'], ['f: Invalid value: ["a"]: f in body should have at least 2 items']],
    [{ ...LIST_OF_STRINGS, maxItems: 1 }, ['a', 'b'], ['f: Too many: 2: must have at most 1 items']],
    [{ type: 'object', minProperties: 1 }, {}, ['f: Invalid value: {}: f in body should have at least 1 properties']],
    [{ type: 'object', maxProperties: 1 }, { a: 1, b: 2 }, ['f: Too many: 2: must have at most 1 items']],
    [{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, {}, ['f.a: Required value']],
    [{ type: 'object', properties: { a: { type: 'string', default: 'x' } }, required: ['a'] }, {}, []],
    [{ type: 'object', additionalProperties: { type: 'string', minLength: 2 } }, { x: 'a' }, ['f.x: Invalid value: "a": f.x in body should be at least 2 chars long']],
    [{ type: 'object', additionalProperties: false }, { x: 'a' }, ['f: Invalid value: "x": f.x in body is a forbidden property']],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, JSON.parse('{"__proto__":"x","constructor":1}'), ['f.__proto__: Invalid value: "string": f.__proto__ in body must be of type integer: "string"']],
    [{ type: 'object', properties: {}, required: ['constructor'] }, {}, ['f.constructor: Required value']],
  ])('%j judges %j', (schema, value, expected) => {
    expect(findings(schema, value)).toEqual(expected);
  });

  test('findings of fields come before those about missing fields', () => {
    const schema: JsonSchemaProps = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer', minimum: 3 } }, required: ['a'] };
    expect(findings(schema, { b: 1 })).toEqual(['f.b: Invalid value: 1: f.b in body should be greater than or equal to 3', 'f.a: Required value']);
  });
});

describe('allOf, anyOf, oneOf, not', () => {
  const either: JsonSchemaProps = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, oneOf: [{ required: ['a'] }, { required: ['b'] }] };
  test.each<[JsonSchemaProps, unknown, string[]]>([
    [either, { a: 'x' }, []],
    [either, { a: 'x', b: 'y' }, ['<nil>: Invalid value: "": "f" must validate one and only one schema (oneOf). Found 2 valid alternatives']],
    [either, {}, ['<nil>: Invalid value: "": "f" must validate one and only one schema (oneOf). Found none valid', 'f.a: Required value']],
    [
      { type: 'string', anyOf: [{ pattern: '^a' }, { maxLength: 2 }] },
      'bcd',
      ['<nil>: Invalid value: "": "f" must validate at least one schema (anyOf)', "f: Invalid value: \"bcd\": f in body should match '^a'"],
    ],
    [
      { type: 'string', allOf: [{ minLength: 2 }, { pattern: '^a' }] },
      'b',
      [
        'f: Invalid value: "b": f in body should be at least 2 chars long',
        "f: Invalid value: \"b\": f in body should match '^a'",
        '<nil>: Invalid value: "": "f" must validate all the schemas (allOf). None validated',
      ],
    ],
    [{ type: 'string', not: { enum: ['x'] } }, 'x', ['<nil>: Invalid value: "": "f" must not validate the schema (not)']],
    [{ type: 'string', not: { enum: ['x'] } }, 'y', []],
  ])('%j judges %j', (schema, value, expected) => {
    expect(findings(schema, value)).toEqual(expected);
  });
});

describe('ratcheting: what an update leaves as it was is not held against it', () => {
  const spec: JsonSchemaProps = {
    type: 'object',
    properties: { a: { type: 'string', pattern: '^new' }, b: { type: 'string' }, l: { type: 'array', items: { type: 'string', maxLength: 2 } } },
    required: ['b'],
  };
  const named: JsonSchemaProps = {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: { type: 'object', properties: { name: { type: 'string' }, v: { type: 'string', pattern: '^new' } }, required: ['name'] },
  };
  test.each<[string, JsonSchemaProps, unknown, unknown, string[]]>([
    ['an unchanged field', spec, { a: 'old', b: 'x' }, { a: 'old', b: 'y' }, []],
    ['a changed field', spec, { a: 'old', b: 'x' }, { a: 'older', b: 'x' }, ["f.a: Invalid value: \"older\": f.a in body should match '^new'"]],
    ['a field still missing in an object that changed', spec, { a: 'new' }, { a: 'newer' }, ['f.b: Required value']],
    ['a field still missing in an unchanged object', spec, { a: 'new' }, { a: 'new' }, []],
    ['an unchanged list', spec, { b: 'x', l: ['old'] }, { b: 'y', l: ['old'] }, []],
    ['an item of a changed atomic list', spec, { b: 'x', l: ['old'] }, { b: 'x', l: ['old', 'ok'] }, ['f.l[0]: Too long: may not be more than 2 bytes']],
    ['an item of a list of type map, by its key', named, [{ name: 'a', v: 'old' }], [{ name: 'b', v: 'new' }, { name: 'a', v: 'old' }], []],
  ])('%s', (_, schema, old, value, expected) => {
    expect(findings(schema, value, old)).toEqual(expected);
  });
});

test('a prefix stands before every field, and texts are relative to the value', () => {
  const schema = new CompiledSchema(parseStructural({ type: 'string', minLength: 3 }));
  expect(schema.check('x', undefined, FieldPath.root('spec.default')).map(formatFieldError)).toEqual(['spec.default: Invalid value: "x":  in body should be at least 3 chars long']);
});

import { describe, expect, test } from 'vitest';
import { fieldInvalid, formatFieldError } from '../machinery/field-error.ts';
import type { JsonObject } from '../machinery/json.ts';
import { CompiledSchema } from './compiled-schema.ts';
import { EmbeddedResourceError } from './embedded-resources.ts';
import type { JsonSchemaProps } from './json-schema-props.ts';
import type { RuleCompiler } from './rule-compiler.ts';
import { parseStructural } from './structural.ts';

const compile = (properties: Record<string, JsonSchemaProps>, more: JsonSchemaProps = {}): CompiledSchema =>
  new CompiledSchema(parseStructural({ type: 'object', properties: { spec: { type: 'object', properties, ...more } } }));

describe('pruning', () => {
  const open: JsonSchemaProps = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  test.each<[string, Record<string, JsonSchemaProps>, string, string, string[]]>([
    ['drops undeclared fields, sorted by path', { a: { type: 'string' }, n: { type: 'object', properties: { b: { type: 'integer' } } } }, '{"z":1,"a":"x","n":{"y":{"deep":1},"b":1}}', '{"a":"x","n":{"b":1}}', ['spec.n.y', 'spec.z']],
    ['looks into lists', { l: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } } }, '{"l":[{"a":"x","q":1},{"q":2}]}', '{"l":[{"a":"x"},{}]}', ['spec.l[0].q', 'spec.l[1].q']],
    ['looks into maps', { m: { type: 'object', additionalProperties: { type: 'object', properties: { a: { type: 'string' } } } } }, '{"m":{"k":{"a":"y","q":3}}}', '{"m":{"k":{"a":"y"}}}', ['spec.m.k.q']],
    ['keeps all where unknown fields are preserved', { o: open }, '{"o":{"x":{"y":[1,{"z":2}]}}}', '{"o":{"x":{"y":[1,{"z":2}]}}}', []],
    ['resumes in what is declared below', { o: { ...open, properties: { known: { type: 'object', properties: { a: { type: 'string' } } } } } }, '{"o":{"free":1,"known":{"a":"x","b":2}}}', '{"o":{"free":1,"known":{"a":"x"}}}', ['spec.o.known.b']],
    ['keeps any key of a map of anything, and nothing below', { m: { type: 'object', additionalProperties: true } }, '{"m":{"a":1,"b":{"c":[2]}}}', '{"m":{"a":1,"b":{}}}', ['spec.m.b.c']],
    ['empties an object without properties', { o: { type: 'object' } }, '{"o":{"a":1}}', '{"o":{}}', ['spec.o.a']],
    ['takes __proto__ and constructor for the fields they are', { a: { type: 'string' } }, '{"__proto__":{"x":1},"constructor":1}', '{}', ['spec.__proto__', 'spec.constructor']],
  ])('%s', (_, properties, given, kept, dropped) => {
    const value = { apiVersion: 'a/v1', kind: 'X', metadata: { name: 'x' }, spec: JSON.parse(given) as unknown };
    expect(compile(properties).prune(value, { track: true })).toEqual(dropped);
    expect(value).toEqual({ apiVersion: 'a/v1', kind: 'X', metadata: { name: 'x' }, spec: JSON.parse(kept) as unknown });
  });
});

describe('defaulting', () => {
  const port: JsonSchemaProps = { type: 'object', properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } } };
  test.each<[string, Record<string, JsonSchemaProps>, string, string]>([
    ['scalars', { s: { type: 'string', default: 'x' }, i: { type: 'integer', default: 3 }, b: { type: 'boolean', default: true } }, '{"i":0}', '{"i":0,"s":"x","b":true}'],
    ['fields of an object that is there, or defaulted', { p: { type: 'object', properties: { s: { type: 'string', default: 'x' } }, default: {} } }, '{}', '{"p":{"s":"x"}}'],
    ['not fields of an absent object', { p: { type: 'object', properties: { s: { type: 'string', default: 'x' } } } }, '{}', '{}'],
    ['items of lists', { l: { type: 'array', items: port } }, '{"l":[{"port":1},{"protocol":"UDP"}]}', '{"l":[{"port":1,"protocol":"TCP"},{"protocol":"UDP"}]}'],
    ['values of maps', { m: { type: 'object', additionalProperties: port } }, '{"m":{"a":{}}}', '{"m":{"a":{"protocol":"TCP"}}}'],
    ['nulls of fields that are not nullable', { s: { type: 'string', default: 'x' } }, '{"s":null}', '{"s":"x"}'],
    ['not nulls of nullable fields', { s: { type: 'string', default: 'x', nullable: true } }, '{"s":null}', '{"s":null}'],
    ['nothing from a default of null', { d: { type: 'string', nullable: true, default: null } }, '{}', '{}'],
  ])('%s', (_, properties, given, expected) => {
    const value = { spec: JSON.parse(given) as unknown };
    compile(properties).default(value);
    expect(value).toEqual({ spec: JSON.parse(expected) as unknown });
  });

  test('every object gets its own copy of a default', () => {
    const schema = compile({ o: { type: 'object', properties: { a: { type: 'string' } }, default: { a: 'x' } } });
    const [one, two] = [{ spec: {} as JsonObject }, { spec: {} as JsonObject }];
    schema.default(one);
    schema.default(two);
    (one.spec['o'] as JsonObject)['a'] = 'changed';
    expect(two.spec).toEqual({ o: { a: 'x' } });
  });

  test('nulls without default go, but for nullable fields and items of lists', () => {
    const schema = compile({ a: { type: 'string' }, b: { type: 'string', nullable: true }, l: { type: 'array', items: { type: 'string' } }, any: { 'x-kubernetes-preserve-unknown-fields': true } });
    const value = { spec: { a: null, b: null, l: ['x', null], any: null } };
    schema.dropNulls(value);
    expect(value).toEqual({ spec: { b: null, l: ['x', null] } });
  });
});

describe('lists of type set and map', () => {
  const schema = compile({
    set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    map: {
      type: 'array',
      items: { type: 'object', properties: { name: { type: 'string' }, port: { type: 'integer' } }, required: ['name'] },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'name'],
    },
  });
  test.each<[string, unknown, string[]]>([
    ['distinct items', { set: ['a', 'b'], map: [{ name: 'a' }, { name: 'a', port: 1 }] }, []],
    ['an item of a set that occurs thrice is named once', { set: ['a', 'b', 'a', 'a'] }, ['spec.set[2]: Duplicate value: "a"']],
    ['items of a map with the same keys', { map: [{ name: 'a', port: 1 }, { name: 'a', port: 1 }] }, ['spec.map[1]: Duplicate value: {"name":"a","port":1}']],
  ])('%s', (_, spec, expected) => {
    expect(schema.validate({ spec }).map(formatFieldError)).toEqual(expected);
  });

  test('an update of an object that had duplicates may keep them', () => {
    expect(schema.validate({ spec: { set: ['a', 'a', 'b'] } }, { old: { spec: { set: ['a', 'a'] } } })).toEqual([]);
  });
});

describe('embedded resources', () => {
  const schema = compile({ template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true } });
  const decode = (value: unknown, path: string) => {
    if (typeof value !== 'object') throw new Error('json: not an object');
    const { name } = value as { name?: string };
    return { object: (name === undefined ? {} : { name }) as JsonObject, strictErrors: [`unknown field "${path}.x"`] };
  };
  test.each<[string, JsonObject, string[]]>([
    ['one that is complete', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }, []],
    ['a missing type', {}, ['spec.template.apiVersion: Required value', 'spec.template.kind: Required value']],
    ['an empty kind', { apiVersion: 'v1', kind: '' }, ['spec.template.kind: Invalid value: "": must not be empty']],
    ['a version of too many parts', { apiVersion: 'a/b/c', kind: 'X' }, ['spec.template.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c']],
    [
      'metadata that no object could have',
      { apiVersion: 'v1', kind: 'X', metadata: { namespace: 'Bad_NS' } },
      [
        "spec.template.metadata.namespace: Invalid value: \"Bad_NS\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
  ])('%s', (_, template, expected) => {
    expect(schema.validate({ spec: { template } }).map(formatFieldError)).toEqual(expected);
  });

  test('their metadata are decoded as metadata', () => {
    const value = { spec: { template: { apiVersion: 'v1', kind: 'X', metadata: { name: 'a', x: 1 }, data: { k: 'v' } } } };
    expect(schema.coerce(value, decode)).toEqual(['unknown field "spec.template.metadata.x"']);
    expect(value.spec.template).toEqual({ apiVersion: 'v1', kind: 'X', metadata: { name: 'a' }, data: { k: 'v' } });
  });

  test('metadata of the wrong type are refused by their place', () => {
    expect(() => schema.coerce({ spec: { template: { metadata: 'x' } } }, decode)).toThrow(new EmbeddedResourceError('spec.template.metadata: Invalid value: "x": json: not an object'));
  });
});

describe('rules', () => {
  const props: JsonSchemaProps = { type: 'object', properties: { n: { type: 'integer' } }, 'x-kubernetes-validations': [{ rule: 'self.n > 0' }] };
  const compiler: RuleCompiler = {
    validateRules: () => [],
    compileRules: () => ({ validate: (value) => ((value as { n: number }).n > 0 ? [] : [fieldInvalid('n', (value as { n: number }).n, 'failed rule: self.n > 0')]) }),
  };
  const schema = new CompiledSchema(parseStructural(props), compiler);

  test('run on objects that have passed the schema', () => {
    expect(schema.validate({ n: 0 }).map(formatFieldError)).toEqual(['n: Invalid value: 0: failed rule: self.n > 0']);
  });

  test('do not run on objects of the wrong shape, and that is said', () => {
    expect(schema.validate({ n: 'x' }).map(formatFieldError)).toEqual([
      'n: Invalid value: "string": n in body must be of type integer: "string"',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ]);
  });
});

test('where only one property was written, the others are not looked at, and texts begin behind it', () => {
  const s: JsonSchemaProps = { type: 'string' };
  const schema = new CompiledSchema(parseStructural({ type: 'object', required: ['spec'], properties: { spec: { type: 'object', properties: { s } }, status: { type: 'object', properties: { s } } } }));
  const value = { spec: { s: 1 }, status: { s: 1 } };
  expect(schema.validate(value, { only: 'status' }).map(formatFieldError)).toEqual(['status.s: Invalid value: "integer": s in body must be of type string: "integer"']);
  expect(schema.validate({}, { only: 'status' })).toEqual([]);
  expect(schema.validate(value)).toHaveLength(2);
});

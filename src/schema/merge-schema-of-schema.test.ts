import { describe, expect, test } from 'vitest';
import type { ListSchema, MapSchema, MergeSchema, StructSchema } from '../machinery/merge-schema.ts';
import type { JsonSchemaProps } from './json-schema-props.ts';
import { mergeSchemaOfSchema, structSchemaOfSchema, type ImpliedFields } from './merge-schema-of-schema.ts';
import { parseStructural } from './structural.ts';

const of = (props: JsonSchemaProps): MergeSchema => mergeSchemaOfSchema(parseStructural(props));
const IMPLIED: ImpliedFields = new Map([['kind', { schema: { kind: 'scalar', scalar: 'string' } }]]);

describe('how values merge', () => {
  test.each<[JsonSchemaProps, Partial<MergeSchema>]>([
    [{ type: 'string' }, { kind: 'scalar', scalar: 'string' }],
    [{ type: 'integer' }, { kind: 'scalar', scalar: 'number' }],
    [{ type: 'boolean' }, { kind: 'scalar', scalar: 'boolean' }],
    [{ 'x-kubernetes-int-or-string': true }, { kind: 'scalar', scalar: 'any' }],
    [{ 'x-kubernetes-preserve-unknown-fields': true }, { kind: 'any' }],
    [{ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, { kind: 'any' }],
    [{ type: 'object' }, { kind: 'any' }],
    [{ type: 'object', additionalProperties: false }, { kind: 'struct', preserveUnknown: false }],
    [{ type: 'array', items: { type: 'string' } }, { kind: 'list', listType: 'atomic', keys: [] }],
    [{ type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }, { kind: 'list', listType: 'set' }],
    [{ type: 'object', additionalProperties: { type: 'string' } }, { kind: 'map', atomic: false }],
    [{ type: 'object', additionalProperties: { type: 'string' }, 'x-kubernetes-map-type': 'atomic' }, { kind: 'map', atomic: true }],
    [{ type: 'object', properties: { a: { type: 'string' } }, 'x-kubernetes-map-type': 'atomic' }, { kind: 'struct', atomic: true, preserveUnknown: false }],
    [{ type: 'object', properties: { a: { type: 'string' } }, 'x-kubernetes-preserve-unknown-fields': true }, { kind: 'struct', preserveUnknown: true }],
  ])('%j', (props, expected) => {
    expect(of(props)).toMatchObject(expected);
  });

  test('items of a list of type map are told apart by keys, which may have defaults', () => {
    const list = of({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: { type: 'object', properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } }, required: ['port'] },
    }) as ListSchema;
    expect(list.keys).toEqual(['port', 'protocol']);
    expect((list.element as StructSchema).field('protocol')).toEqual({ schema: { kind: 'scalar', scalar: 'string' }, default: 'TCP' });
  });

  test('children are made once', () => {
    const map = of({ type: 'object', additionalProperties: { type: 'object', properties: { a: { type: 'object', properties: {} } } } }) as MapSchema;
    expect(map.element).toBe(map.element);
    const struct = map.element as StructSchema;
    expect(struct.field('a')).toBe(struct.field('a'));
  });

  test('only declared names are fields', () => {
    const struct = of({ type: 'object', properties: { a: { type: 'string' } } }) as StructSchema;
    expect(struct.field('constructor')).toBeUndefined();
    expect(struct.field('__proto__')).toBeUndefined();
    expect(struct.fieldNames()).toEqual(['a']);
  });

  test('whole and embedded objects have fields that their schema does not say', () => {
    const root = structSchemaOfSchema(
      parseStructural({ type: 'object', properties: { inner: { type: 'object', properties: {}, 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }, plain: { type: 'object', properties: { a: { type: 'string' } } } } }),
      IMPLIED,
    );
    expect(root.field('kind')).toEqual(IMPLIED.get('kind'));
    expect((root.field('inner')!.schema as StructSchema).field('kind')).toEqual(IMPLIED.get('kind'));
    expect((root.field('plain')!.schema as StructSchema).field('kind')).toBeUndefined();
  });
});

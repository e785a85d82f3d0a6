import { describe, expect, test } from 'vitest';
import { cloneJson, type JsonObject } from './json.ts';
import { ANY_SCHEMA, type FieldSchema, type MergeSchema, type StructSchema } from './merge-schema.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

const SCALAR: MergeSchema = { kind: 'scalar', scalar: 'any' };

function struct(typeName: string, fields: Record<string, FieldSchema>): StructSchema {
  return {
    kind: 'struct',
    atomic: false,
    typeName,
    preserveUnknown: false,
    fieldNames: () => Object.keys(fields),
    field: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined),
  };
}

const scalar: FieldSchema = { schema: SCALAR };
const list = (element: MergeSchema, extra: Partial<FieldSchema> = {}): FieldSchema => ({ schema: { kind: 'list', listType: 'atomic', keys: [], element }, ...extra });

const item = struct('io.test.v1.Item', {
  name: scalar,
  image: scalar,
  env: list(struct('Env', { name: scalar, value: scalar }), { patchStrategy: 'merge', patchMergeKey: 'name' }),
  args: list(SCALAR),
});
const spec = struct('io.test.v1.Spec', {
  items: list(item, { patchStrategy: 'merge', patchMergeKey: 'name' }),
  finalizers: list(SCALAR, { patchStrategy: 'merge' }),
  atomic: list(item),
  source: { schema: struct('Source', { a: scalar, b: scalar }), patchStrategy: 'retainKeys' },
  whole: { schema: struct('Whole', { a: scalar, b: scalar }), patchStrategy: 'replace' },
  labels: { schema: { kind: 'map', atomic: false, element: SCALAR } },
  raw: { schema: ANY_SCHEMA },
  lists: list(item, { patchStrategy: 'merge' }),
  replicas: scalar,
});

const patched = (target: JsonObject, patch: JsonObject): JsonObject => {
  const before = cloneJson([target, patch]);
  const result = applyStrategicMergePatch(target, patch, spec);
  expect([target, patch]).toEqual(before);
  return result;
};

const abc = (): JsonObject => ({ items: [{ name: 'a', image: '1' }, { name: 'b', image: '1' }, { name: 'c', image: '1' }] });
const names = (value: JsonObject): unknown => (value['items'] as JsonObject[]).map((i) => i['name']);

describe('maps', () => {
  test.each<[JsonObject, JsonObject, JsonObject]>([
    [{ labels: { a: '1', b: '2' } }, { labels: { b: null, c: '3' } }, { labels: { a: '1', c: '3' } }],
    [{ labels: { a: '1' } }, { labels: { $patch: 'replace', b: '2' } }, { labels: { b: '2' } }],
    [{ labels: { a: '1' } }, { labels: { $patch: 'delete' } }, { labels: {} }],
    [{ replicas: 1 }, { labels: { $patch: 'delete' } }, { replicas: 1 }],
    [{}, { source: { a: 1, b: null } }, { source: { a: 1 } }],
    [{ source: { a: 1 } }, { source: { $retainKeys: ['b'], b: 2 } }, { source: { b: 2 } }],
    [{ source: { a: 1 } }, { source: { b: 2 } }, { source: { a: 1, b: 2 } }],
    [{}, { source: { $retainKeys: ['b'], b: 2 } }, { source: { b: 2 } }],
    [{ whole: { a: 1 } }, { whole: { b: 2 } }, { whole: { b: 2 } }],
    [{ raw: { x: { y: [1] } } }, { raw: { x: { y: [2], z: 1 } } }, { raw: { x: { y: [2], z: 1 } } }],
    [{ labels: { a: '1' } }, { labels: 'text' }, { labels: 'text' }],
    [{ replicas: 3 }, { unknown: { a: 1 } }, { replicas: 3, unknown: { a: 1 } }],
  ])('%j patched with %j', (target, patch, result) => {
    expect(patched(target, patch)).toEqual(result);
  });

  test('what the patch does not touch is shared', () => {
    const target: JsonObject = { labels: { a: '1' }, source: { a: 1 } };
    expect(patched(target, { source: { a: 2 } })['labels']).toBe(target['labels']);
  });
});

describe('lists', () => {
  test('items merge by their key, new ones follow the item before them in the patch', () => {
    const result = patched(abc(), { items: [{ name: 'b', image: '2' }, { name: 'n', image: null, args: ['x'] }] });
    expect(result['items']).toEqual([{ name: 'a', image: '1' }, { name: 'b', image: '2' }, { name: 'n', args: ['x'] }, { name: 'c', image: '1' }]);
  });

  test('items of the patch stand in the order of the patch', () => {
    expect(names(patched(abc(), { items: [{ name: 'c' }, { name: 'a' }] }))).toEqual(['b', 'c', 'a']);
  });

  test('nested lists merge too', () => {
    const target: JsonObject = { items: [{ name: 'a', env: [{ name: 'x', value: '1' }, { name: 'y', value: '1' }] }] };
    const result = patched(target, { items: [{ name: 'a', env: [{ name: 'y', value: '2' }] }] });
    expect(result).toEqual({ items: [{ name: 'a', env: [{ name: 'x', value: '1' }, { name: 'y', value: '2' }] }] });
  });

  test('an item is deleted by its key, the whole list replaced on demand', () => {
    expect(names(patched(abc(), { items: [{ $patch: 'delete', name: 'b' }] }))).toEqual(['a', 'c']);
    expect(names(patched(abc(), { items: [{ $patch: 'replace' }, { name: 'z' }] }))).toEqual(['z']);
    expect(patched({}, { items: [{ $patch: 'delete', name: 'b' }, { name: 'c' }] })).toEqual({ items: [{ name: 'c' }] });
  });

  test('lists without a strategy are replaced', () => {
    expect(patched({ atomic: [{ name: 'a' }] }, { atomic: [{ name: 'b', image: null }] })).toEqual({ atomic: [{ name: 'b' }] });
  });

  test('scalars are added once, and removed by a list of their own', () => {
    expect(patched({ finalizers: ['a', 'b'] }, { finalizers: ['b', 'c'] })).toEqual({ finalizers: ['a', 'b', 'c'] });
    expect(patched({ finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] })).toEqual({ finalizers: ['b'] });
    expect(patched({ replicas: 1 }, { '$deleteFromPrimitiveList/finalizers': ['a'] })).toEqual({ replicas: 1 });
  });

  test('$setElementOrder orders what it names, the rest keeps its place', () => {
    const order = (...all: string[]): JsonObject[] => all.map((name) => ({ name }));
    expect(names(patched(abc(), { '$setElementOrder/items': order('c', 'b', 'a') }))).toEqual(['c', 'b', 'a']);
    expect(names(patched(abc(), { '$setElementOrder/items': order('c', 'n', 'a'), items: [{ name: 'n' }] }))).toEqual(['b', 'c', 'n', 'a']);
    expect(patched({ finalizers: ['a', 'b'] }, { '$setElementOrder/finalizers': ['b', 'c', 'a'], finalizers: ['c'] })).toEqual({ finalizers: ['b', 'c', 'a'] });
    expect(patched({}, { '$setElementOrder/items': order('a') })).toEqual({});
  });

  test('large lists merge', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => ({ name: `n${i}` }));
    const result = patched({ items: many }, { items: many.map(({ name }) => ({ name, image: 'x' })).reverse() });
    expect((result['items'] as JsonObject[])[0]).toEqual({ name: 'n19999', image: 'x' });
  });
});

describe('refusals', () => {
  test.each<[JsonObject, string]>([
    [{ items: [{ $patch: 'merge', name: 'a' }] }, 'merging lists cannot yet be specified in the patch'],
    [{ items: [{ $patch: 'burn', name: 'a' }] }, 'unknown patch type: burn in map: map[$patch:burn name:a]'],
    [{ $patch: 'burn' }, 'unknown patch type: burn in map: map[$patch:burn]'],
    [{ items: [{ image: 'new' }] }, 'map: map[image:new] does not contain declared merge key: name'],
    [{ items: [{ $patch: 'delete' }] }, 'map: map[$patch:delete] does not contain declared merge key: name'],
    [{ items: [{ name: 'a' }, 'x'] }, 'list element types are not identical: map[string]interface {} string'],
    [{ finalizers: [['x']] }, 'lists of lists are not supported'],
    [{ lists: [{ name: 'a' }] }, 'cannot merge lists without merge key for Item'],
    [
      { '$setElementOrder/items': [{ name: 'y' }], items: [{ name: 'z', image: 'i:1' }] },
      "The order in patch list:\n[map[image:i:1 name:z]]\n doesn't match $setElementOrder list:\n[map[name:y]]\n",
    ],
    [{ '$setElementOrder/items': 'x' }, 'invalid patch format of setElementOrder list'],
    [{ source: { $retainKeys: ['a'], b: 1 } }, 'invalid patch format of retainKeys'],
    [{ source: { $retainKeys: 'a' } }, 'invalid patch format of retainKeys'],
    [{ unknown: { a: 1 } }, 'unable to find api field in struct Spec for the json field "unknown"'],
    [{ labels: { nested: { x: 1 } } }, 'merging an object in json but data type is not struct, instead is: map'],
  ])('%j', (patch, message) => {
    const target: JsonObject = { ...abc(), finalizers: ['a'], lists: [{ name: 'a' }], source: { a: 1 }, unknown: {}, labels: { nested: {} } };
    expect(() => patched(target, patch)).toThrow(message);
  });

  test('tells malformed patches from those that do not fit', () => {
    const reason = (patch: JsonObject): unknown => {
      try {
        return patched({ source: {} }, patch);
      } catch (error) {
        return (error as { badRequest: boolean }).badRequest;
      }
    };
    expect(reason({ source: { $retainKeys: 'a' } })).toBe(true);
    expect(reason({ $patch: 'burn' })).toBe(false);
  });
});

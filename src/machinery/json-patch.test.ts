import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyJsonPatch, JsonPatchError, parseJsonPatch, unknownJsonPatchFields } from './json-patch.ts';
import { cloneJson, type JsonObject, type JsonValue } from './json.ts';
import { stringifyJson } from './parse-json.ts';

const sample = (): JsonObject => ({ a: { b: 1, 'x/y': 2, 'm~n': 3 }, list: ['p', 'q', 'r'], nested: [{ n: { v: 1 } }], none: null });

const apply = (operations: JsonValue, target: JsonObject = sample()): JsonValue => applyJsonPatch(target, parseJsonPatch(operations));

describe('applyJsonPatch', () => {
  test.each<[string, JsonValue, JsonObject]>([
    ['adds a field', [{ op: 'add', path: '/a/c', value: [1] }], { a: { b: 1, 'x/y': 2, 'm~n': 3, c: [1] } }],
    ['adds over a field', [{ op: 'add', path: '/a', value: 0 }], { a: 0 }],
    ['adds at an index', [{ op: 'add', path: '/list/1', value: 'n' }], { list: ['p', 'n', 'q', 'r'] }],
    ['adds at the end', [{ op: 'add', path: '/list/-', value: 'n' }], { list: ['p', 'q', 'r', 'n'] }],
    ['adds before the end by a negative index', [{ op: 'add', path: '/list/-1', value: 'n' }], { list: ['p', 'q', 'r', 'n'] }],
    ['takes a path without a slash for a top-level key', [{ op: 'add', path: 'data/x', value: 'x' }], { x: 'x' }],
    ['unescapes tokens', [{ op: 'replace', path: '/a/x~1y', value: 0 }, { op: 'remove', path: '/a/m~0n' }], { a: { b: 1, 'x/y': 0 } }],
    ['replaces an absent key of an object', [{ op: 'replace', path: '/a/new', value: 1 }], { a: { b: 1, 'x/y': 2, 'm~n': 3, new: 1 } }],
    ['replaces by a negative index', [{ op: 'replace', path: '/list/-1', value: 'z' }], { list: ['p', 'q', 'z'] }],
    ['removes an item', [{ op: 'remove', path: '/list/0' }], { list: ['q', 'r'] }],
    ['moves a field', [{ op: 'move', from: '/a/b', path: '/b' }], { a: { 'x/y': 2, 'm~n': 3 }, b: 1 }],
    ['moves within a list', [{ op: 'move', from: '/list/0', path: '/list/2' }], { list: ['q', 'r', 'p'] }],
    ['copies so that both are apart', [{ op: 'copy', from: '/nested/0', path: '/nested/-' }, { op: 'add', path: '/nested/1/n/v', value: 2 }], { nested: [{ n: { v: 1 } }, { n: { v: 2 } }] }],
    ['passes a test', [{ op: 'test', path: '/nested/0', value: { n: { v: 1 } } }], {}],
    ['takes an absent key for null in a test', [{ op: 'test', path: '/a/zz', value: null }, { op: 'test', path: '/none' }], {}],
    ['gives added values without a value null', [{ op: 'add', path: '/a', value: null }], { a: null }],
  ])('%s', (_what, operations, changed) => {
    expect(apply(operations)).toEqual({ ...sample(), ...changed });
  });

  test.each<[JsonValue, string]>([
    [[{ op: 'add', path: '', value: 1 }], 'add operation does not apply: doc is missing path: "": missing value'],
    [[{ op: 'add', path: '/zz/y', value: 1 }], 'add operation does not apply: doc is missing path: "/zz/y": missing value'],
    [[{ op: 'add', path: '/list/4', value: 1 }], "error in add for path: '/list/4': Unable to access invalid index: 4: invalid index referenced"],
    [[{ op: 'add', path: '/list/x', value: 1 }], `error in add for path: '/list/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`],
    [[{ op: 'remove', path: '/zz' }], "error in remove for path: '/zz': Unable to remove nonexistent key: zz: missing value"],
    [[{ op: 'remove', path: '/list/3' }], "error in remove for path: '/list/3': Unable to access invalid index: 3: invalid index referenced"],
    [[{ op: 'replace', path: '/zz/deeper', value: 1 }], 'replace operation does not apply: doc is missing path: /zz/deeper: missing value'],
    [[{ op: 'replace', path: '/list/3', value: 1 }], 'replace operation does not apply: doc is missing key: /list/3: missing value'],
    [[{ op: 'move', from: '/zz', path: '/a' }], "error in move for path: 'zz': Unable to remove nonexistent key: zz: missing value"],
    [[{ op: 'move', from: '/a', path: '/a/b' }], 'move operation does not apply: doc is missing destination path: /a/b: missing value'],
    [[{ op: 'test', path: '/a/b', value: 2 }], 'testing value /a/b failed: test failed'],
    [[{ op: 'test', path: '/a/b' }], 'testing value /a/b failed: test failed'],
    [[{ op: 'spam', path: '/a' }], 'Unexpected kind: spam'],
    [[{ path: '/a' }], 'Unexpected kind: unknown'],
    [[{ op: 'add', value: 1 }], 'add operation failed to decode path: missing value'],
    [[{ op: 'add', path: '/constructor/x', value: 1 }], 'add operation does not apply: doc is missing path: "/constructor/x": missing value'],
  ])('refuses %j', (operations, message) => {
    expect(() => apply(operations)).toThrow(message);
  });

  test.each<[JsonValue, string]>([
    [{}, 'json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    [['x'], 'json: cannot unmarshal string into Go value of type handlers.jsonPatchOp'],
    [[{ op: 1 }], 'json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string'],
  ])('does not take %j for a patch', (body, message) => {
    expect(() => parseJsonPatch(body)).toThrow(message);
  });

  test('bounds the number of operations and what they copy', () => {
    const many = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a/b', value: 1 }));
    expect(() => parseJsonPatch(many)).toThrow('The allowed maximum operations in a JSON patch is 10000, got 10001');
    const doubling = Array.from({ length: 40 }, (_, i) => ({ op: 'copy', from: '/nested', path: `/nested/0/k${i}` }));
    let thrown: unknown;
    try {
      apply(doubling);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(JsonPatchError);
    expect((thrown as JsonPatchError).tooLarge).toBe(true);
  });

  test('reports fields that no operation has', () => {
    expect(unknownJsonPatchFields(parseJsonPatch([{ op: 'remove', path: '/a', foo: 'bar' }]))).toEqual(['json patch unknown field "[0].foo"']);
  });

  test('__proto__ is a key like any other', () => {
    const result = apply([{ op: 'add', path: '/__proto__', value: { polluted: true } }]) as JsonObject;
    expect(Object.hasOwn(result, '__proto__')).toBe(true);
    expect(result['polluted']).toBeUndefined();
  });

  test('leaves the target and the patch alone, and shares what it does not touch', () => {
    const target = sample();
    const operations = parseJsonPatch([{ op: 'add', path: '/a/c', value: { deep: 1 } }, { op: 'add', path: '/a/c/more', value: 2 }]);
    const before = cloneJson(target);
    const result = applyJsonPatch(target, operations) as JsonObject;
    expect(target).toEqual(before);
    expect(result['list']).toBe(target['list']);
    expect(applyJsonPatch(target, operations)).toEqual(result);
  });

  test('never changes its target, whatever is applied', () => {
    const path = fc.constantFrom('/a', '/a/b', '/list/0', '/list/-', '/list/-1', '/nested/0/n', '/nested/0/n/v', '/nested', '/none', '', '/zz/y');
    const operation = fc.record({
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
      path,
      from: path,
      value: fc.constantFrom<JsonValue>(1, 'x', null, {}, { n: { v: 9 } }, ['q']),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 6 }), (operations) => {
        const target = sample();
        const patch = operations as unknown as JsonValue;
        const frozen = stringifyJson([target, patch]);
        try {
          apply(patch, target);
        } catch (error) {
          expect(error).toBeInstanceOf(JsonPatchError);
        }
        expect(stringifyJson([target, patch])).toBe(frozen);
      }),
      { numRuns: 1000 },
    );
  });
});

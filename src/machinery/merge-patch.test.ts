import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cloneJson, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { applyMergePatch } from './merge-patch.ts';

describe('applyMergePatch', () => {
  test.each<[JsonObject, JsonObject, JsonObject]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ a: null }, { a: { b: 1, c: null } }, { a: { b: 1 } }],
    [{}, { a: [{ b: null, c: 1 }, null] }, { a: [{ c: 1 }, null] }],
    [{ a: 1 }, { nosuch: null }, { a: 1 }],
  ])('%j patched with %j is %j', (target, patch, result) => {
    const before = cloneJson([target, patch]);
    expect(applyMergePatch(target, patch)).toEqual(result);
    expect([target, patch]).toEqual(before);
  });

  test('shares what it does not touch, and gives the target itself when nothing changes', () => {
    const target: JsonObject = { a: { x: 1 }, b: { y: 1 } };
    expect(applyMergePatch(target, { b: { y: 2 } })['a']).toBe(target['a']);
    expect(applyMergePatch(target, { a: { x: 1 }, c: null })).toBe(target);
  });

  test('__proto__ is a key like any other', () => {
    const patch = JSON.parse('{"__proto__":{"polluted":1}}') as JsonObject;
    const result = applyMergePatch({}, patch);
    expect(Object.keys(result)).toEqual(['__proto__']);
    expect(result['polluted']).toBeUndefined();
  });

  test('agrees with RFC 7386 on patches without nulls inside lists', () => {
    const scalar = fc.constantFrom<JsonValue>(1, 'x', null, true);
    const tree = fc.letrec<{ node: JsonValue }>((tie) => ({
      node: fc.oneof({ maxDepth: 3 }, scalar, fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node')), fc.constantFrom<JsonValue>([], [1, 'x'])),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), tree), fc.dictionary(fc.constantFrom('a', 'b', 'c'), tree), (target, patch) => {
        expect(applyMergePatch(target, patch)).toEqual(rfc7386(target, patch));
      }),
    );
  });
});

/** The algorithm of the RFC, word for word. */
function rfc7386(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const result: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = rfc7386(result[key], value);
  }
  return result;
}

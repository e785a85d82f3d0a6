import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonValue } from './json.ts';
import { JsonSyntaxError, parseJson, stringifyJson } from './parse-json.ts';

/** Big integers as JSON.parse gives them. */
function rounded(value: JsonValue | undefined): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]));
}

describe('parseJson', () => {
  test.each([
    ['', 'unexpected end of JSON input'],
    ['{"a": ', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['data:\n  one: changed\n', "invalid character 'd' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['01', "invalid character '1' after top-level value"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1e+x', "invalid character 'x' in exponent of numeric literal"],
    ['trux', "invalid character 'x' in literal true (expecting 'e')"],
    ['nothing', "invalid character 'o' in literal null (expecting 'u')"],
    [String.raw`"\x"`, "invalid character 'x' in string escape code"],
    [String.raw`"\u12g4"`, String.raw`invalid character 'g' in \u hexadecimal character escape`],
    ['"\n"', String.raw`invalid character '\n' in string literal`],
    ["'a'", String.raw`invalid character '\'' looking for beginning of value`],
    ['\u00ef', "invalid character 'Ã' looking for beginning of value"],
    ['[1e999]', 'json: cannot unmarshal number 1e999 into Go value of type float64'],
  ])('refuses %j in the words of encoding/json', (text, message) => {
    for (const input of [text, Buffer.from(text)]) {
      expect(() => parseJson(input)).toThrow(JsonSyntaxError);
      expect(() => parseJson(input)).toThrow(message);
    }
  });

  test.each([
    ['{"a":1,"a":2}', { a: 2 }, ['a']],
    ['{"metadata":{"name":"a","name":"b"},"data":{"k":"1","k":"2"}}', { metadata: { name: 'b' }, data: { k: '2' } }, ['metadata.name', 'data.k']],
    ['{"c":[{"x":1},{"x":1,"x":2}]}', { c: [{ x: 1 }, { x: 2 }] }, ['c[1].x']],
    ['[[{"x":1,"x":2}]]', [[{ x: 2 }]], ['[0][0].x']],
    ['{"a":{"b":1,"b":2,"b":3}}', { a: { b: 3 } }, ['a.b']],
    [String.raw`{"\u0061":1,"a":2}`, { a: 2 }, ['a']],
    [String.raw`{"k:{\"n\":1}":1,"k:{\"n\":2}":2}`, { 'k:{"n":1}': 1, 'k:{"n":2}': 2 }, []],
    [String.raw`{"a\"b":1,"a\"b":2}`, { 'a"b': 2 }, ['a"b']],
    [String.raw`{"a\/b":1,"a/b":2}`, { 'a/b': 2 }, ['a/b']],
    [String.raw`{"v":"long enough to be searched for its end: \\","v":"\"}\""}`, { v: '"}"' }, ['v']],
    ['{"a":{"x":1},"b":{"x":1}}', { a: { x: 1 }, b: { x: 1 } }, []],
  ])('names the keys that %s holds twice', (text, value, duplicates) => {
    expect(parseJson(text)).toEqual({ value, duplicates });
  });

  test('finds a duplicate among many keys', () => {
    const keys = Array.from({ length: 50 }, (_, i) => `"k${i}":${i}`);
    expect(parseJson(`{${keys.join(',')}}`).duplicates).toEqual([]);
    expect(parseJson(`{${keys.join(',')},"k3":0}`).duplicates).toEqual(['k3']);
  });

  test('keeps integers beyond 2^53 exact', () => {
    const text = '[9007199254740993,-9007199254740993,18446744073709551615,9007199254740991,1.5,1e3]';
    const { value } = parseJson(text);
    expect(value).toEqual([9007199254740993n, -9007199254740993n, 18446744073709551615n, 9007199254740991, 1.5, 1000]);
    expect(stringifyJson(value)).toBe('[9007199254740993,-9007199254740993,18446744073709551615,9007199254740991,1.5,1000]');
  });

  test('treats __proto__ and constructor as keys like any other', () => {
    for (const text of ['{"__proto__":{"x":1},"constructor":2}', '{"__proto__":{"x":1},"constructor":2,"big":9007199254740993}']) {
      const { value, duplicates } = parseJson(text);
      expect(duplicates).toEqual([]);
      expect(Object.keys(value as object)).toContain('__proto__');
      expect((value as { x?: number }).x).toBeUndefined();
    }
  });

  test('bounds nesting', () => {
    expect(parseJson('[[1]]', { maxDepth: 2 }).value).toEqual([[1]]);
    expect(() => parseJson('[[[1]]]', { maxDepth: 2 })).toThrow("invalid character '[' exceeded max depth");
    expect(() => parseJson('{"a":'.repeat(10_001))).toThrow("invalid character '{' exceeded max depth");
    expect(parseJson(`${'['.repeat(10_000)}${']'.repeat(10_000)}`).duplicates).toEqual([]);
  });

  test('replaces invalid UTF-8', () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22])).value).toBe('\uFFFD');
  });

  test('reads what JSON.stringify writes, fast or slow', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const expected = JSON.parse(text) as unknown;
        expect(rounded(parseJson(text).value)).toEqual(expected);
        // A big integer in front sends the same text through the slow reader.
        expect(rounded(parseJson(`[1${'0'.repeat(20)},${text}]`).value)).toEqual([1e20, expected]);
      }),
    );
  });

  test('accepts and refuses the same texts as JSON.parse', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"', '1', '-', '.5', 'e1', 'true', 'null', ' ', '\\', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        const attempt = (parse: () => unknown): boolean => {
          try {
            parse();
            return true;
          } catch {
            return false;
          }
        };
        expect(attempt(() => parseJson(text))).toBe(attempt(() => JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });
});

import { describe, expect, test } from 'vitest';
import { parseFieldPath, valueAtFieldPath } from './field-path.ts';
import { formatJsonPathValue, parseJsonPath } from './json-path.ts';

const object = {
  spec: { replicas: 3, 'a.b': 'q', list: [1, 2, 3, 4], m: { x: { n: 1 }, y: { n: 2 } } },
  status: { conditions: [{ type: 'Ready', status: 'True', n: 5 }, { type: 'Other', status: 'False' }] },
};

describe('parseJsonPath', () => {
  test.each<[string, unknown[]]>([
    ['.spec.replicas', [3]],
    ['{.spec.replicas}', [3]],
    ['$.spec.replicas', [3]],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type=='Other')].status", ['False']],
    ['.status.conditions[?(@.type != "Ready")].type', ['Other']],
    ['.status.conditions[?(@.n>4)].type', ['Ready']],
    ['.status.conditions[?(@.n)].type', ['Ready']],
    ['.status.conditions[?(@.n==$.spec.replicas)].type', []],
    ['.spec.list[0]', [1]],
    ['.spec.list[-1]', [4]],
    ['.spec.list[9]', []],
    ['.spec.list[1:3]', [2, 3]],
    ['.spec.list[::2]', [1, 3]],
    ['.spec.list[-2:]', [3, 4]],
    ['.spec.list[*]', [1, 2, 3, 4]],
    ['.spec.list[0,2]', [1, 3]],
    ['.spec.list[?(@>2)]', [3, 4]],
    ['.spec.m.*.n', [1, 2]],
    [".spec['a.b','replicas']", ['q', 3]],
    ['..n', [1, 2, 5]],
    [".spec['a.b']", ['q']],
    [String.raw`.spec.a\.b`, ['q']],
    ['.missing.deeper', []],
    ['.constructor', []],
    ['.spec.__proto__', []],
    ['.spec.list.length', []],
  ])('%s', (path, values) => {
    expect(parseJsonPath(path).find(object)).toEqual(values);
  });

  test.each([
    ['.spec[', 'unterminated array'],
    ['.a[?(@.b=="]"', 'unterminated filter'],
    ['.a[?@.b]', 'unterminated filter'],
    ['.a[x]', 'invalid array index x'],
    ['spec.a', 'unrecognized identifier spec'],
    ['.spec|x', "unrecognized character in action: U+007C '|'"],
    ["['a]", 'unterminated array'],
  ])('refuses %s', (path, message) => {
    expect(() => parseJsonPath(path)).toThrow(message);
  });

  test('shows values as tables do', () => {
    expect([true, 'x', 1.5, null, { a: [1] }].map((value) => formatJsonPathValue(value))).toEqual(['true', 'x', '1.5', '<nil>', '{"a":[1]}']);
  });

  test('a path that descends everywhere stays bounded', () => {
    const wide = { a: Array.from({ length: 3000 }, () => ({ b: [1, 2, 3] })) };
    expect(parseJsonPath('..*..*..*').find(wide).length).toBeLessThanOrEqual(100_000);
  });
});

describe('parseFieldPath', () => {
  test.each([
    ['.spec.replicas', ['spec', 'replicas']],
    [".spec['a.b'].c", ['spec', 'a.b', 'c']],
  ])('%s', (text, names) => {
    expect(parseFieldPath(text)).toEqual(names);
  });

  test.each([
    ['spec.schedule', 'expected [ or . but got: spec'],
    ['.', 'unexpected end of JSON path'],
    ['.spec.tags[0]', 'array notation is not allowed'],
    [".spec['a", 'unterminated quoted string'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFieldPath(text)).toThrow(message);
  });

  test('reads own fields only', () => {
    expect(valueAtFieldPath(object, ['spec', 'replicas'])).toBe(3);
    expect(valueAtFieldPath(object, ['spec', 'toString'])).toBeUndefined();
    expect(valueAtFieldPath(object, ['spec', 'list', '0'])).toBeUndefined();
  });
});

test('lists and objects are shown as JSON with sorted keys at every depth', () => {
  expect(formatJsonPathValue({ b: 1, 'a.b/c': [{ d: null, c: 'x' }] })).toBe('{"a.b/c":[{"c":"x","d":null}],"b":1}');
});

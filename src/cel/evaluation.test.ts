import { describe, expect, test } from 'vitest';
import { outcome } from './evaluation-support.ts';
import { FREE_JSON } from './free-json.ts';
import { declareSchema } from './json-schema.ts';
import type { SizedSchema } from './json-schema.ts';
import { kubernetesEnvironment } from './kubernetes-environment.ts';
import { DYN } from './types.ts';

const environment = kubernetesEnvironment({ variables: { x: { type: DYN }, json: { schema: FREE_JSON } } });
const run = (expression: string, activation = {}): string => outcome(expression, environment, activation);

describe('integers have 64 bits, and leaving them is an error', () => {
  test.each([
    ['9223372036854775807 + 1', 'error: integer overflow'],
    ['-9223372036854775808 - 1', 'error: integer overflow'],
    ['-9223372036854775808 / -1', 'error: integer overflow'],
    ['-(-9223372036854775807 - 1)', 'error: integer overflow'],
    ['3037000500 * 3037000500', 'error: integer overflow'],
    ['9007199254740991 + 2', '9007199254740993'],
    ['9007199254740993 - 2', '9007199254740991'],
    ['94906267 * 94906267', '9007199515875289'],
    ['9223372036854775807 / 2', '4611686018427387903'],
    ['-7 / 2', '-3'],
    ['-7 % 2', '-1'],
    ['0 * -1', '0'],
    ['1 / 0', 'error: division by zero'],
    ['1 % 0', 'error: modulus by zero'],
    ['0u - 1u', 'error: unsigned integer overflow'],
    ['18446744073709551615u', '18446744073709551615u'],
    ['int(9.99)', '9'],
    ['int(1e99)', 'error: integer overflow'],
    ["int('x')", "error: type conversion error from 'string' to 'int'"],
    ['1.0 / 0.0', 'double +Inf'],
    ['0.0 == -0.0', 'true'],
    ['dyn(1) == 1.0 && dyn(1u) == 1', 'true'],
    ['{1: "a"}[dyn(1u)]', '"a"'],
  ])('%s = %s', (expression, expected) => {
    expect(run(expression)).toBe(expected);
  });
});

describe('what decides a question hides the failures of the rest', () => {
  test.each([
    ['1 / 0 > 1 || true', 'true'],
    ['true || 1 / 0 > 1', 'true'],
    ['1 / 0 > 1 && false', 'false'],
    ['1 / 0 > 1 && true', 'error: division by zero'],
    ['false ? 1 / 0 : 2', '2'],
    ['[0, 1].all(x, 1 / x > 5)', 'false'],
    ['[0, 1].exists(x, 1 / x == 1)', 'true'],
    ['[0, 2].exists(x, 1 / x == 1)', 'error: division by zero'],
    ['[0, 1].exists_one(x, 1 / x == 1)', 'error: division by zero'],
    ['x.missing == 1 || x.there == 2', 'true'],
    ['optional.none().or(optional.of(1)).value()', '1'],
    ['optional.of(1).orValue(1 / 0)', '1'],
  ])('%s = %s', (expression, expected) => {
    expect(outcome(expression, environment, { x: undefined, ...(expression.includes('x.there') ? { x: FREE_JSON.read({ there: 2 }) } : {}) })).toBe(expected);
  });
});

describe('failures are worded as Kubernetes words them', () => {
  test.each([
    ['json.missing', 'error: no such key: missing'],
    ['json.list[9]', 'error: index out of bounds: 9'],
    ['json.list[-1]', 'error: index out of bounds: -1'],
    ["json.map['nothing']", 'error: no such key: nothing'],
    ['json.text + 1', 'error: no such overload'],
    ['json.text > 1', 'error: no such overload'],
    ['json.number.startsWith("a")', 'error: no such overload: startsWith(int, string)'],
    ['json.text && true', 'error: no such overload'],
    ['x', 'error: no such attribute(s): x'],
    ['optional.none().value()', 'error: optional.none() dereference'],
  ])('%s: %s', (expression, expected) => {
    expect(run(expression, { json: { list: [1], map: {}, text: 'a', number: 1 } })).toBe(expected);
  });
});

describe('free-form JSON', () => {
  const json = { list: [1, 2.5, 'a', null, true], nested: { a: { b: ['x'] } }, big: 9007199254740993n };
  test.each([
    ['json.list', '[1, double 2.5, "a", null, true]'],
    ['json.nested.a.b[0]', '"x"'],
    ["json['nested']['a'].b", '["x"]'],
    ['json.big + 1', '9007199254740994'],
    ['has(json.nested.a) && !has(json.nested.c)', 'true'],
    ['json.nested.map(k, k)', '["a"]'],
    ['json.list.exists(i, i == 2.5)', 'true'],
    ['json.?nested.?c.?d', 'none'],
    ['json.nested == {"a": {"b": ["x"]}}', 'true'],
    ['type(json.list[0]) == int && type(json.list[1]) == double', 'true'],
    ['size(json)', '3'],
  ])('%s = %s', (expression, expected) => {
    expect(run(expression, { json })).toBe(expected);
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('the inherited %s is no key', (key) => {
    expect(run(`has(json.${key})`, { json: {} })).toBe('false');
    expect(run(`json.${key}`, { json: {} })).toBe(`error: no such key: ${key}`);
    expect(run(`json['${key}']`, { json: {} })).toBe(`error: no such key: ${key}`);
    expect(run(`json.${key}`, { json: JSON.parse(`{"${key}": 1}`) as object })).toBe('1');
    expect(run(`{'${key}': 2}['${key}']`)).toBe('2');
  });
});

describe('JSON under a schema', () => {
  const schema = declareSchema(
    {
      type: 'object',
      properties: {
        when: { type: 'string', format: 'date-time' },
        day: { type: 'string', format: 'date' },
        wait: { type: 'string', format: 'duration' },
        raw: { type: 'string', format: 'byte' },
        ratio: { type: 'number' },
        maybe: { type: 'string', nullable: true },
        port: { 'x-kubernetes-int-or-string': true },
        set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        keyed: {
          type: 'array',
          items: { type: 'object', properties: { k: { type: 'string' }, v: { type: 'integer' } } },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
        },
        'a-b.c/d': { type: 'integer' },
        namespace: { type: 'integer' },
        x__y: { type: 'integer' },
      },
    },
    'self',
  ) as SizedSchema;
  const typed = kubernetesEnvironment({ variables: { self: { schema }, old: { schema } } });
  const self = {
    when: '2024-01-02T03:04:05+01:00', day: '2024-01-02', wait: '3 days', raw: 'YWJj', ratio: 2, maybe: null, port: 'http', set: ['a', 'b'],
    keyed: [{ k: 'x', v: 1 }, { k: 'y', v: 2 }], 'a-b.c/d': 1, namespace: 2, x__y: 3, undeclared: 9,
  };
  const old = { ...self, set: ['b', 'a'], keyed: [{ k: 'y', v: 2 }, { k: 'x', v: 1 }] };
  test.each([
    ["self.when == timestamp('2024-01-02T02:04:05Z')", 'true'],
    ['self.day.getDate()', '2'],
    ["self.wait == duration('72h')", 'true'],
    ["self.raw == b'abc'", 'true'],
    ['self.ratio', 'double 2'],
    ['has(self.maybe) && dyn(self.maybe) == null', 'true'],
    ['type(self.port) == int ? self.port > 0 : self.port.startsWith("h")', 'true'],
    ['self.set == old.set && self.keyed == old.keyed', 'true'],
    ['self.set + ["c", "a"]', '["a", "b", "c"]'],
    ['self.keyed.map(e, e.v).sum()', '3'],
    ['self.a__dash__b__dot__c__slash__d + self.__namespace__ + self.x__underscores__y', '6'],
    ['self == old', 'true'],
    ['self.keyed.exists(e, e == old.keyed[0])', 'true'],
  ])('%s = %s', (expression, expected) => {
    expect(outcome(expression, typed, { self, old })).toBe(expected);
  });
});

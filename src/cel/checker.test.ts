import { describe, expect, test } from 'vitest';
import { kubernetesEnvironment } from './kubernetes-environment.ts';
import { declareSchema } from './json-schema.ts';
import type { SizedSchema } from './json-schema.ts';
import { formatType } from './types.ts';

const schema = declareSchema(
  {
    type: 'object',
    properties: {
      n: { type: 'integer' },
      s: { type: 'string' },
      d: { type: 'number' },
      list: { type: 'array', items: { type: 'string' } },
      map: { type: 'object', additionalProperties: { type: 'integer' } },
      port: { 'x-kubernetes-int-or-string': true },
      time: { type: 'string', format: 'date-time' },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  },
  'Widget',
) as SizedSchema;
const environment = kubernetesEnvironment({ variables: { self: { schema } } });

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

describe('what cannot work is told', () => {
  test.each([
    ["self.n == 'a'", "1:8: found no matching overload for '_==_' applied to '(int, string)'"],
    ['self.n && true', "1:5: expected type 'bool' but found 'int'"],
    ['self.missing', "1:5: undefined field 'missing'"],
    ['has(self.missing)', "1:4: undefined field 'missing'"],
    ['self.free.anything', "1:10: undefined field 'anything'"],
    ['self.s.n', "1:7: type 'string' does not support field selection"],
    ['other', "1:1: undeclared reference to 'other' (in container '')"],
    ['self.s.shout()', "1:13: undeclared reference to 'shout' (in container '')"],
    ['self.s.startsWith(1)', "1:18: found no matching overload for 'startsWith' applied to 'string.(int)'"],
    ["[1, 'a']", "1:5: expected type 'int' but found 'string'"],
    ["{'a': 1, 'b': 'c'}", "1:15: expected type 'int' but found 'string'"],
    ['self.n.all(x, true)', "1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)"],
    ['self.list.all(x, x.size())', "1:24: expected type 'bool' but found 'int'"],
    ['self.list[self.s]', "1:10: found no matching overload for '_[_]' applied to '(list(string), string)'"],
    ["self.time == 'x'", "1:11: found no matching overload for '_==_' applied to '(timestamp, string)'"],
    ["duration('x') == self.n", "1:15: found no matching overload for '_==_' applied to '(duration, int)'"],
    ["duration('x') < duration('1s')", '1:10: invalid duration argument'],
    ["timestamp('x') < self.time", '1:11: invalid timestamp argument'],
    ["self.s.matches('(')", '1:16: invalid matches argument'],
    ['Widget{}', "1:7: undeclared reference to 'Widget' (in container '')"],
    ['Widget{n: other}', "1:7: undeclared reference to 'Widget' (in container '')"],
    ['self.list.existsOne(x, true)', "1:20: undeclared reference to 'existsOne' (in container '')"],
    ['int{}', "1:4: 'int' is not a message type"],
    ['self.list.map(self, self) == 1', "1:27: found no matching overload for '_==_' applied to '(list(string), int)'"],
  ])('%s', (expression, expected) => {
    const { issues = 'none' } = environment.compile(expression);
    expect(firstLine(issues)).toBe(`ERROR: <input>:${expected}`);
  });

  test('all problems are told, in the order of their places', () => {
    const { issues = '' } = environment.compile('b || self.x || a');
    expect(issues.split('\n').filter((line) => line.startsWith('ERROR'))).toEqual([
      "ERROR: <input>:1:1: undeclared reference to 'b' (in container '')",
      "ERROR: <input>:1:10: undefined field 'x'",
      "ERROR: <input>:1:16: undeclared reference to 'a' (in container '')",
    ]);
  });
});

describe('types are found', () => {
  test.each([
    ['self.n + 1', 'int'],
    ['self.d', 'double'],
    ['self.list.map(x, x.size())', 'list(int)'],
    ['self.map.transformMap(k, v, string(v))', 'map(string, string)'],
    ['self.port', 'dyn'],
    ['self.?s', 'optional_type(string)'],
    ['self.list[?0].orValue("x")', 'string'],
    ['[]', 'list(dyn)'],
    ['{"a": {}}', 'map(string, map(dyn, dyn))'],
    ['type(1)', 'type(int)'],
    ['self.time - self.time', 'duration'],
    ['quantity("1")', 'kubernetes.Quantity'],
    ['true ? null : self', 'null'],
  ])('%s: %s', (expression, expected) => {
    const { program, issues } = environment.compile(expression);
    expect(program === undefined ? issues : formatType(program.type)).toBe(expected);
  });
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FREE_JSON } from './free-json.ts';
import { kubernetesEnvironment } from './kubernetes-environment.ts';
import { parse } from './parser.ts';
import { STANDARD_MACROS } from './macros.ts';
import { formatIssues } from './source.ts';

const environment = kubernetesEnvironment({ variables: { json: { schema: FREE_JSON } } });
const LIMIT = 10_000;

const fragments = [
  '1', '2u', '0.5', "'a'", "b'a'", 'true', 'null', 'json', 'x', '(', ')', '[', ']', '{', '}', '.', ',', ':', '?', '.?', '[?', '+', '-', '*', '/', '%', '!', '&&', '||', '==', '!=', '<', '>=',
  ' in ', '.map(x, ', '.all(x, ', '.exists_one(x, ', '.all(x, y, ', 'has(json.a)', '.size()', 'Object{', '//', '\n', '"', "'''", '\\', '`', '\u{1f600}', '@', '9223372036854775807', '.a', '[0]',
];

test('no text makes the parser throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((parts) => parts.join(''))), (text) => {
      const { issues } = parse(text, { macros: STANDARD_MACROS, optionalSyntax: true, escapedIdentifiers: false });
      expect(typeof formatIssues(text, issues)).toBe('string');
    }),
    { numRuns: 500 },
  );
}, 60_000);

/** Expressions that parse, of all kinds and types. */
const { expression } = fc.letrec<{ expression: string; leaf: string }>((tie) => ({
  leaf: fc.constantFrom(
    '0', '1', '-1', '9223372036854775807', '3u', '1.5', "'a'", "'aXb'", "b'ab'", 'true', 'false', 'null', 'json', 'json.a', 'json.list', 'json.map', 'x', '[]', '{}', '[1, 2]', "{'a': 1}",
    "duration('1h')", "timestamp('2024-01-01T00:00:00Z')", "quantity('1Gi')", "ip('10.0.0.1')", "cidr('10.0.0.0/8')", "url('https://a/b')", "semver('1.2.3')", 'optional.none()', 'int', 'format.named("uuid")',
  ),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.tuple(tie('expression'), fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '>=', 'in', '&&', '||'), tie('expression')).map(([a, o, b]) => `(dyn(${a}) ${o} dyn(${b}))`),
    fc.tuple(fc.constantFrom('!', '-'), tie('expression')).map(([o, a]) => `${o}dyn(${a})`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(dyn(${a}) ? dyn(${b}) : dyn(${c}))`),
    fc.tuple(tie('expression'), fc.constantFrom('all', 'exists', 'exists_one', 'map', 'filter'), tie('expression')).map(([a, m, b]) => `dyn(${a}).${m}(x, dyn(${b}))`),
    fc.tuple(tie('expression'), fc.constantFrom('all', 'transformList', 'transformMap'), tie('expression')).map(([a, m, b]) => `dyn(${a}).${m}(k, x, dyn(${b}))`),
    fc.tuple(fc.constantFrom('size', 'string', 'int', 'double', 'uint', 'bytes', 'type', 'timestamp', 'duration', 'quantity', 'isIP', 'url', 'optional.of', 'lists.range', 'sets.contains'), tie('expression')).map(([f, a]) =>
      f === 'sets.contains' ? `sets.contains(dyn(${a}), dyn(${a}))` : `${f}(dyn(${a}))`,
    ),
    fc
      .tuple(tie('expression'), fc.constantFrom('size', 'sum', 'max', 'isSorted', 'lowerAscii', 'trim', 'flatten', 'distinct', 'sort', 'reverse', 'hasValue', 'value', 'getFullYear', 'getHours', 'join', 'masked', 'getQuery', 'sign', 'major'))
      .map(([a, m]) => `dyn(${a}).${m}()`),
    fc.tuple(tie('expression'), fc.constantFrom('startsWith', 'contains', 'matches', 'find', 'findAll', 'split', 'indexOf', 'format', 'orValue', 'or', 'containsIP', 'isGreaterThan', 'add'), tie('expression')).map(([a, m, b]) => `dyn(${a}).${m}(dyn(${b}))`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `dyn(${a})[dyn(${b})]`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `dyn(${a})[?dyn(${b})].?a`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `[dyn(${a}), dyn(${b})]`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `{dyn(${a}): dyn(${b})}`),
    tie('expression').map((a) => `dyn(${a}).a`),
    tie('expression').map((a) => `has(dyn(${a}).a)`),
  ),
}));

test('no expression makes the evaluator throw, hang or pass its limit', () => {
  const scope = environment.extend({ variables: { x: { schema: FREE_JSON }, k: { schema: FREE_JSON } } });
  let evaluated = 0;
  fc.assert(
    fc.property(expression, fc.jsonValue(), (text, json) => {
      const { program } = scope.compile(text);
      if (program === undefined) return;
      evaluated++;
      const result = program.evaluate({ json: { a: json, list: [json, 1], map: { k: json } }, x: json, k: 'k' }, { costLimit: LIMIT });
      // The step that passes the limit is charged, and none after it.
      if (result.cancelled !== true) expect(result.cost).toBeLessThanOrEqual(LIMIT);
      program.estimateCost(() => undefined);
    }),
    { numRuns: 600 },
  );
  expect(evaluated).toBeGreaterThan(200);
}, 60_000);

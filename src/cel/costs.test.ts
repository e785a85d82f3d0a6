import { describe, expect, test } from 'vitest';
import { FREE_JSON } from './free-json.ts';
import { declareSchema } from './json-schema.ts';
import type { SizedSchema } from './json-schema.ts';
import { kubernetesEnvironment } from './kubernetes-environment.ts';

const schema = declareSchema(
  {
    type: 'object',
    properties: {
      n: { type: 'integer' },
      s: { type: 'string', maxLength: 10 },
      list: { type: 'array', items: { type: 'string', maxLength: 5 }, maxItems: 4 },
      inner: { type: 'object', properties: { a: { type: 'integer' } } },
    },
  },
  'self',
) as SizedSchema;
const environment = kubernetesEnvironment({ variables: { self: { schema }, json: { schema: FREE_JSON } } });
const self = { n: 1, s: 'abcdefghij', list: ['a', 'bb', 'ccc', 'dddd'], inner: { a: 1 } };

function costs(expression: string): { readonly cost: number; readonly min: number; readonly max: number } {
  const { program, issues } = environment.compile(expression);
  if (program === undefined) throw new Error(issues);
  const { cost } = program.evaluate({ self, json: self });
  const estimate = program.estimateCost(({ path }) => {
    let at: { readonly element?: object; readonly maxElements?: number; object?: SizedSchema['object'] } | undefined = schema;
    for (const part of path?.slice(1) ?? []) {
      at = part === '@items' ? (at?.element as typeof at) : (at?.object?.field(part)?.schema as typeof at);
    }
    return path === undefined || path.length === 0 || at === undefined ? undefined : { min: 0, max: at.maxElements ?? 0 };
  });
  return { cost, ...estimate };
}

describe('what evaluating costs', () => {
  test.each([
    ['true', 0],
    ['self.n', 2],
    ['self.inner.a', 3],
    ['has(self.n)', 1],
    ['has(self.inner.a)', 2],
    ['self.n == 1', 3],
    ['self.n > 0 && self.n < 5', 6],
    ['false && self.n == 1', 0],
    ["self.s == 'abcdefghij'", 3],
    ["self.s.startsWith('abc')", 3],
    ["self.s.matches('[a-z]+')", 2 + 2 * 2],
    ["self.s.contains('cd')", 3],
    ["self.s + 'x'", 4],
    ['size(self.list)', 3],
    ['self.list[0]', 3],
    ["'a' in self.list", 2 + 4],
    // A variable and a call to go on, the result so far, and the item: for each item.
    ["self.list.all(x, x != '')", 2 + 4 * (3 + 2) + 1 - 4],
    ['self.list.map(x, x)', 2 + 4 * 13 + 1],
    ["self.list.filter(x, x == 'bb')", 2 + 4 * 2 + 3 * 1 + 13 + 1],
    ['[1, 2, self.n]', 12],
    ['[1, 2, 3]', 0],
    ["{'a': self.n}", 32],
    ['json.inner.a', 3],
    ["quantity('1Gi').isLessThan(quantity('2Gi'))", 3],
    ["duration('1h') > duration('1m')", 1],
  ])('%s: %d', (expression, expected) => {
    expect(costs(expression).cost).toBe(expected);
  });

  test('reaching the limit ends the evaluation', () => {
    const { program } = environment.compile('self.list.all(x, self.list.all(y, self.list.all(z, x + y + z != "")))');
    const result = program?.evaluate({ self }, { costLimit: 100 });
    expect(result).toMatchObject({ error: 'operation cancelled: actual cost limit exceeded', cancelled: true });
    expect(result?.cost).toBeLessThan(200);
  });

  test('no operator that forgives failures forgives reaching the limit', () => {
    const { program } = environment.compile('self.list.all(x, self.list.all(y, x == y)) || true');
    expect(program?.evaluate({ self }, { costLimit: 10 })).toMatchObject({ cancelled: true });
  });

  test('macros that repeat what they are given cannot blow up an expression', () => {
    const nested = Array.from({ length: 60 }, (_, i) => `.optMap(v${i}, v${i} + 1)`).join('');
    expect(environment.compile(`optional.of(1)${nested}`).issues).toContain('limit exceeded');
  });

  test('lists that double with every step cost what they hold', () => {
    const doubling = Array.from({ length: 8 }, (_, i) => `.optMap(v${i}, v${i === 0 ? 0 : i} + v${i})`).join('');
    const { program } = environment.compile(`optional.of(lists.range(10000))${doubling}.hasValue()`);
    expect(program?.evaluate({}, { costLimit: 50_000 })).toMatchObject({ cancelled: true });
  });
});

describe('what evaluating may cost', () => {
  test.each([
    ['self.n == 1', 2, 2],
    ["self.s == 'abc'", 3, 3],
    ["self.s.startsWith('a')", 3, 3],
    ['self.n > 0 && self.n < 5', 3, 6],
    ['self.list.all(x, self.list.all(y, x == y))', 3, 2 + 1 + 4 * (2 + 1 + (2 + 1 + 4 * (2 + 1 + 4)))],
    ["self.list.map(x, x + 'a').size() > 1", 15, 2 + 10 + 1 + 4 * (1 + 1 + 10 + 1 + 3) + 1 + 1],
    ["self.s.matches('^[a-z]+$')", 4, 2 + 5 * 2],
    ["['a', 'bc'].exists(x, self.s.startsWith(x))", 19, 27],
    ["self.list.join(',').size() > 0", 4, 2 + 9 + 1 + 1],
  ])('%s: %d to %d', (expression, min, max) => {
    expect(costs(expression)).toMatchObject({ min, max });
  });

  test('what nothing bounds may cost anything', () => {
    expect(costs('string(self.n) + "x" == "1x"').max).toBeGreaterThan(1e18);
  });

  test('estimates cover what evaluating costs', () => {
    for (const expression of ['self.list.all(x, x != "")', 'self.list.map(x, x).exists(y, y == "a")', 'self.s.find("[a-z]") == "a"', 'self.list.exists_one(x, x == "a")']) {
      const { cost, max } = costs(expression);
      expect(cost).toBeLessThanOrEqual(max);
    }
  });
});

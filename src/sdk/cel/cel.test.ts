import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CelEnvironment, CelEvaluationError, CelSyntaxError } from './index.ts';

const widget = { type: 'object', properties: { replicas: { type: 'integer' }, name: { type: 'string', maxLength: 63 }, tags: { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 20 } } } };
const environment = new CelEnvironment({ variables: { self: widget } });

test('an expression is checked against the schema of its variables, and evaluated for plain JSON', () => {
  const rule = environment.compile("self.replicas >= 1 && self.name.startsWith('a')");
  expect([rule.type, rule.uses('self'), rule.uses('other')]).toEqual(['bool', true, false]);
  expect([rule.test({ self: { replicas: 3, name: 'ab' } }), rule.test({ self: { replicas: 0, name: 'ab' } })]).toEqual([true, false]);
  expect(environment.compile('self.tags.map(t, t.upperAscii())').evaluate({ self: { tags: ['a', 'b'] } }).value).toEqual(['A', 'B']);
});

test('what does not compile says where, in the words people know', () => {
  expect(() => environment.compile('self.replica > 1')).toThrow(CelSyntaxError);
  expect(() => environment.compile('self.replica > 1')).toThrow("ERROR: <input>:1:5: undefined field 'replica'\n | self.replica > 1\n | ....^");
});

test('failures of the data and of the cost limit are told apart', () => {
  const division = environment.compile('1 / self.replicas');
  expect(() => division.evaluate({ self: { replicas: 0 } })).toThrow(expect.objectContaining({ name: 'CelEvaluationError', message: 'division by zero', cancelled: false }));
  const long = environment.compile('self.tags.all(a, self.tags.all(b, a + b != ""))');
  const data = { self: { tags: Array.from({ length: 10 }, (_, i) => `t${i}`) } };
  expect(() => long.evaluate(data, { costLimit: 20 })).toThrow(expect.objectContaining({ cancelled: true }));
  expect(long.evaluate(data).cost).toBeGreaterThan(20);
  expect(() => division.test({ self: { replicas: 1 } })).toThrow('the expression is of type int, not bool');
});

test('an evaluation whose time is over ends, though nothing limits its cost', () => {
  const endless = new CelEnvironment({ variables: { self: 'json' } }).compile('self.all(a, self.all(b, self.all(c, a + b + c >= 0)))');
  let looks = 0;
  const self = Array.from({ length: 1000 }, (_, i) => i);
  const options = { costLimit: Infinity, isOver: () => ++looks > 3 };
  expect(() => endless.evaluate({ self }, options)).toThrow(expect.objectContaining({ message: 'operation interrupted', cancelled: true }));
  expect(looks).toBe(4);
});

test('the estimate follows the bounds of the schema', () => {
  const bounded = environment.compile('self.tags.exists(t, t == "x")').estimateCost();
  const free = new CelEnvironment({ variables: { self: { type: 'array', items: { type: 'string' } } } }).compile('self.exists(t, t == "x")').estimateCost();
  expect(bounded.max).toBeLessThan(200);
  expect(free.max).toBeGreaterThan(1_000_000);
});

describe('functions in TypeScript', () => {
  const owners = new Map([['a', ['ann']]]);
  const extended = new CelEnvironment({
    variables: { self: 'json' },
    functions: {
      'team.owns': { signature: '(string, string) -> bool', call: (user: string, name: string) => owners.get(name)?.includes(user) ?? false },
      words: { signature: 'string.() -> list(string)', call: (text: string) => text.split(' ') },
      broken: { signature: '() -> int', call: () => { throw new Error('no network'); } },
    },
  });

  test('are called by name or as methods, with JSON in and out', () => {
    expect(extended.compile("team.owns(self.user, self.name) && 'a b'.words().size() == 2").test({ self: { user: 'ann', name: 'a' } })).toBe(true);
  });

  test('are checked like all others', () => {
    expect(() => extended.compile('team.owns(1, 2)')).toThrow("found no matching overload for 'team.owns' applied to '(int, int)'");
    expect(() => new CelEnvironment({ functions: { f: { signature: 'nothing', call: () => 1 } } })).toThrow('f: "nothing" is no signature such as (string, int) -> bool');
  });

  test('fail the expression with what they throw, unless the outcome is known without them', () => {
    expect(() => extended.compile('broken() > 1').test({ self: {} })).toThrow(CelEvaluationError);
    expect(() => extended.compile('broken() > 1').test({ self: {} })).toThrow('no network');
    expect(extended.compile('true || broken() > 1').test({ self: {} })).toBe(true);
  });
});

test('the examples of the documentation print what it says', async () => {
  const page = readFileSync(new URL('../../../docs/cel.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
  expect(blocks.length).toBeGreaterThan(1);
  const code = blocks.join('\n').replace("from 'steersman/cel'", `from ${JSON.stringify(new URL('index.ts', import.meta.url).href)}`);
  const wanted = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
  const body = code.replace(/^import .*$/gm, '').replaceAll('console.log(', 'print(');
  const printed: string[] = [];
  const AsyncFunction = (async () => undefined).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<void>;
  await new AsyncFunction('CelEnvironment', 'print', body)(CelEnvironment, (value: unknown) => printed.push(typeof value === 'string' ? value : JSON.stringify(value)));
  expect(printed).toEqual(wanted);
});

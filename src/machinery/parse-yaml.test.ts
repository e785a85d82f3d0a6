import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatYamlDuplicates, parseYaml, stringifyYaml, YamlError } from './parse-yaml.ts';

describe('parseYaml', () => {
  test.each<[string, unknown]>([
    ['', null],
    ['# nothing', null],
    ['a: y\nb: No\nc: on\nd: TRUE', { a: true, b: false, c: true, d: true }],
    ['a: 0x1F\nb: 010\nc: 1_000\nd: 0o17\ne: 0b11\nf: -5\ng: +5', { a: 31, b: 8, c: 1000, d: 15, e: 3, f: -5, g: 5 }],
    ['a: 1e3\nb: .5\nc: 1.\nd: 08', { a: 1000, b: 0.5, c: 1, d: 8 }],
    ['a: 1:30\nb: 2024-01-01\nc: 2024-01-01T00:00:00Z\nd: 1.2.3', { a: '1:30', b: '2024-01-01', c: '2024-01-01T00:00:00Z', d: '1.2.3' }],
    ['a: ~\nb: null\nc:', { a: null, b: null, c: null }],
    ['a: "5"\nb: \'true\'\nc: !!str 5', { a: '5', b: 'true', c: '5' }],
    ['1: a\ntrue: b\n1.5: c\n"x": d', { 1: 'a', true: 'b', 1.5: 'c', x: 'd' }],
    ['a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2', { a: { b: 1 }, c: { b: 1 }, d: { b: 1, e: 2 } }],
    ['<<: [{a: 1}, {b: 2}]', { a: 1, b: 2 }],
    ['a: |\n  x\n  y\nb: >-\n  p\n  q', { a: 'x\ny\n', b: 'p q' }],
    ['a: 1\n---\nb: 2', { a: 1 }],
    ['{"a": [1, {"b": null}]}', { a: [1, { b: null }] }],
  ])('reads %j', (text, value) => {
    expect(parseYaml(text)).toEqual({ value, duplicates: [] });
  });

  test('keeps big integers exact both ways', () => {
    const big = { a: 18446744073709551615n };
    expect(parseYaml('a: 18446744073709551615').value).toEqual(big);
    expect(stringifyYaml(big)).toBe('a: 18446744073709551615\n');
  });

  test('reports keys given twice by their line', () => {
    const { value, duplicates } = parseYaml('a: 1\nb:\n  c: one\n  c: two\na: 2\n');
    expect(value).toEqual({ a: 2, b: { c: 'two' } });
    expect(formatYamlDuplicates(duplicates)).toBe('yaml: unmarshal errors:\n  line 4: key "c" already set in map\n  line 5: key "a" already set in map');
    expect(parseYaml('{"a":1,"a":2}').duplicates).toEqual(['line 1: key "a" already set in map']);
  });

  test.each([
    ['{{', 'yaml: line 1: did not find expected node content'],
    ['apiVersion: v1\nkind: ConfigMap\n  metadata: [', 'yaml: line 3: mapping values are not allowed in this context'],
    ['a: b: c', 'yaml: mapping values are not allowed in this context'],
    ['a:\n\tname: a\n', 'yaml: line 2: found character that cannot start any token'],
    ['a: 1\nb: @x', 'yaml: line 2: found character that cannot start any token'],
    ['a: [1, 2', "yaml: line 1: did not find expected ',' or ']'"],
    ['a: 1\nb', "yaml: line 3: could not find expected ':'"],
    ['a: "x', 'yaml: found unexpected end of stream'],
    ['a: *nope', "yaml: unknown anchor 'nope' referenced"],
    ['a: &a [*a]', "yaml: anchor 'a' value contains itself"],
    ['<<: 5', 'yaml: map merge requires map or sequence of maps as the value'],
    ['a: .nan', 'json: unsupported value: NaN'],
    ['a: !!int x', 'yaml: cannot decode !!str `x` as a !!int'],
  ])('refuses %j', (text, message) => {
    expect(() => parseYaml(text)).toThrow(YamlError);
    expect(() => parseYaml(text)).toThrow(message);
  });

  test('aliases cannot blow a small text up', () => {
    const levels = Array.from('bcdefghi', (key, i) => `${key}: &${key} [${Array.from({ length: 9 }, () => `*${'abcdefgh'.charAt(i)}`).join(',')}]`);
    expect(() => parseYaml(`a: &a [x,x,x,x,x,x,x,x,x]\n${levels.join('\n')}`)).toThrow('yaml: document contains excessive aliasing');
  });

  test('nesting has an end', () => {
    for (const text of ['['.repeat(20_000), `${'['.repeat(20_000)}${']'.repeat(20_000)}`, '- '.repeat(20_000), '{a: '.repeat(20_000)]) {
      expect(() => parseYaml(text)).toThrow(YamlError);
    }
  });

  test('what is aliased is not shared', () => {
    const { value } = parseYaml('a: &x {b: 1}\nc: *x');
    const { a, c } = value as { a: object; c: object };
    expect(a).not.toBe(c);
  });

  test('__proto__ is a key like any other', () => {
    const { value } = parseYaml('__proto__: {x: 1}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
  });
});

describe('stringifyYaml', () => {
  test.each<[unknown, string]>([
    [{}, '{}\n'],
    [[], '[]\n'],
    ['text', 'text\n'],
    [{ b: 1, a: null, c: true }, 'a: null\nb: 1\nc: true\n'],
    [{ items: [{ a: 1, b: [1, [2]] }, []], m: {} }, 'items:\n- a: 1\n  b:\n  - 1\n  - - 2\n- []\nm: {}\n'],
    [{ a10: 1, a2: 2, '.': 3, B: 4 }, '.: 3\nB: 4\na2: 2\na10: 1\n'],
    [{ v: '19132', t: '2024-01-01T00:00:00Z', y: 'yes', e: '', b: '1:30' }, 'b: "1:30"\ne: ""\nt: "2024-01-01T00:00:00Z"\nv: "19132"\n"y": "yes"\n'],
    [{ a: '* * * * *', b: 'x: y', c: "it's", d: "'q'", e: 'a #b', f: 'a#b', g: '-a', h: '- a', i: 'end:' }, "a: '* * * * *'\nb: 'x: y'\nc: it's\nd: '''q'''\ne: 'a #b'\nf: a#b\ng: -a\nh: '- a'\ni: 'end:'\n"],
    [{ a: 'x\ny', b: 'x\n', c: 'x\n\n', d: ' x\ny' }, 'a: |-\n  x\n  y\nb: |\n  x\nc: |+\n  x\n\nd: |2-\n   x\n  y\n'],
    [{ a: 'tab\there', b: 'x \ny', c: '\u{1F600}', d: 'a\u0085b', e: 'é' }, 'a: "tab\\there"\nb: "x \\ny"\nc: "\\U0001F600"\nd: "a\\Nb"\ne: é\n'],
    [{ a: 1.5, b: 1234567.5, c: 1e-7, d: 1e21, e: 1e20}, 'a: 1.5\nb: 1.2345675e+06\nc: 1e-07\nd: 1e+21\ne: 100000000000000000000\n'],
    [{ x: undefined, y1: 1 }, 'y1: 1\n'],
  ])('writes %j', (value, text) => {
    expect(stringifyYaml(value)).toBe(text);
  });

  test('wraps long text at the first blank behind column 80', () => {
    expect(
      stringifyYaml({
        message: 'only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
        list: ['Data contains the configuration data. Each key must consist of alphanumeric characters, and so on until the line ends'],
      }),
    ).toBe(
      "list:\n- Data contains the configuration data. Each key must consist of alphanumeric characters,\n  and so on until the line ends\nmessage: 'only the following media types are accepted: application/json;stream=watch,\n  application/vnd.kubernetes.protobuf;stream=watch'\n",
    );
  });

  test('writes long keys in the explicit form', () => {
    expect(stringifyYaml({ ['k'.repeat(129)]: { a: 1 } })).toBe(`? ${'k'.repeat(129)}\n:\n  a: 1\n`);
  });

  test('what it writes reads back the same', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.array(fc.constantFrom('word', ' ', '  ', '\n', ':', '#', "'", '"', '-', 'x', '\t', '1', 'é', '\\'), { maxLength: 40 }).map((parts) => parts.join('')),
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 3 }, text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('node'), { maxLength: 4 }), fc.dictionary(text, tie('node'), { maxKeys: 4 })),
    })).node;
    fc.assert(
      fc.property(value, (given) => {
        expect(parseYaml(stringifyYaml(given)).value).toEqual(given);
      }),
      { numRuns: 500 },
    );
  });
});

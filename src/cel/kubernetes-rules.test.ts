import { describe, expect, test } from 'vitest';
import { KubernetesRules } from './kubernetes-rules.ts';
import type { RuleSchema, ValidationRule } from './kubernetes-rules.ts';

const rules = new KubernetesRules();

/** A resource whose spec has these properties and rules. */
function resource(properties: Readonly<Record<string, RuleSchema>>, ...own: ValidationRule[]): RuleSchema {
  return { type: 'object', properties: { spec: { type: 'object', properties, 'x-kubernetes-validations': own } } };
}

const texts = (findings: readonly { readonly field: string; readonly message: string }[]): string[] => findings.map(({ field, message }) => `${field}: ${message}`);
const check = (schema: RuleSchema): string[] => texts(rules.check(schema, 'schema'));
const run = (schema: RuleSchema, value: unknown, old?: unknown): string[] => texts(rules.compile(schema).validate(value, { old }));

const N: RuleSchema = { type: 'integer' };
const S: RuleSchema = { type: 'string', maxLength: 10 };
const at = 'schema.properties[spec].x-kubernetes-validations[0]';
const shownRule = (rule: string, rest = ''): string =>
  `{"Rule":${JSON.stringify(rule)},"Message":"","MessageExpression":${rest === '' ? '""' : JSON.stringify(rest)},"Reason":null,"FieldPath":"","OptionalOldSelf":null}`;

describe('rules are judged when they are defined', () => {
  test.each<[string, ValidationRule, string[]]>([
    ['a sound rule', { rule: 'self.n > 0', message: 'm' }, []],
    ['none at all', { rule: ' ' }, [`${at}.rule: Required value: rule is not specified`]],
    ['no boolean', { rule: 'self.n' }, [`${at}.rule: Invalid value: ${shownRule('self.n')}: cel expression must evaluate to a bool`]],
    ['wrong types', { rule: "self.n == 'a'" }, [`${at}.rule: Invalid value: ${shownRule("self.n == 'a'")}: compilation failed: ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'\n | self.n == 'a'\n | .......^`]],
    ['a pattern that is none', { rule: "self.s.find('(') == ''" }, [`${at}.rule: Invalid value: ${shownRule("self.s.find('(') == ''")}: program instantiation failed: error parsing regexp: missing closing ): \`(\``]],
    ['HTML characters are escaped where rules are shown', { rule: 'self.n && true' }, [`${at}.rule: Invalid value: ${shownRule('self.n && true').replaceAll('&', '\\u0026')}: compilation failed: ERROR: <input>:1:5: expected type 'bool' but found 'int'\n | self.n && true\n | ....^`]],
    ['a blank message', { rule: 'true', message: ' ' }, [`${at}.message: Invalid value: " ": must be non-empty if specified`]],
    ['a message of two lines', { rule: 'true', message: 'a\nb' }, [`${at}.message: Invalid value: "a\\nb": must not contain line breaks`]],
    ['two lines without a message', { rule: 'true ||\nfalse' }, [`${at}.message: Required value: message must be specified if rule contains line breaks`]],
    ['a message expression that is no text', { rule: 'true', messageExpression: 'self.n' }, [`${at}.messageExpression: Invalid value: ${shownRule('true', 'self.n')}: messageExpression must evaluate to a string`]],
    ['a reason that is none', { rule: 'true', reason: 'Odd' }, [`${at}.reason: Unsupported value: "Odd": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"`]],
    ['a field path to nowhere', { rule: 'true', fieldPath: '.nowhere' }, [`${at}.fieldPath: Invalid value: ".nowhere": fieldPath must be a valid path: does not refer to a valid field`]],
    ['a field path that is none', { rule: 'true', fieldPath: 'n' }, [`${at}.fieldPath: Invalid value: "n": fieldPath must be a valid path: expected [ or . but got: n`]],
    ['a field path to a key', { rule: 'true', fieldPath: ".m['a-b']" }, []],
    ['optionalOldSelf without oldSelf', { rule: 'true', optionalOldSelf: true }, [`${at}.optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`]],
    ['optionalOldSelf', { rule: 'oldSelf.hasValue() || self.n > 0', optionalOldSelf: true }, []],
  ])('%s', (_, rule, expected) => {
    expect(check(resource({ n: N, s: S, m: { type: 'object', additionalProperties: N } }, rule))).toEqual(expected);
  });

  const unbounded: RuleSchema = { type: 'array', items: { type: 'string' } };
  test('rules that may cost too much are refused, and named when all together do', () => {
    const list = { ...unbounded, 'x-kubernetes-validations': [{ rule: 'self.all(x, self.exists(y, x == y))' }] };
    const hint = '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
    expect(check(resource({ list }))).toEqual([
      `schema.properties[spec].properties[list].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${hint}`,
      'schema.properties[spec].properties[list].x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
      `schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${hint}`,
    ]);
  });

  test.each<[number, number, string | undefined]>([
    [300, 1000, '3.6x'],
    [200, 800, '1.300100x'],
    [100, 400, undefined],
  ])('%d strings of %d characters, all compared with all: %s', (maxItems, maxLength, factor) => {
    const list = { type: 'array', items: { type: 'string', maxLength }, maxItems, 'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x == y))' }] };
    const found = check(resource({ list }));
    if (factor === undefined) expect(found).toEqual([]);
    else expect(found[0]).toContain(`exceeds budget by factor of ${factor} `);
  });

  test('a rule counts once for each item it may stand in', () => {
    const item = { type: 'string', maxLength: 1000, 'x-kubernetes-validations': [{ rule: "self.matches('^(a|b)+$')" }] };
    expect(check(resource({ list: { type: 'array', items: item, maxItems: 100 } }))).toEqual([]);
    expect(check(resource({ list: { type: 'array', items: item } }))).not.toEqual([]);
  });

  test('transition rules stand only where old and new can be told to be the same', () => {
    const items = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] };
    const path = 'schema.properties[spec].properties[list]';
    expect(check(resource({ list: { type: 'array', items, maxItems: 5 } }))).toEqual([
      `${path}.items.x-kubernetes-validations[0].rule: Invalid value: "self >= oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${path}`,
    ]);
  });
});

describe('rules are run when objects are written', () => {
  test.each<[string, RuleSchema, unknown, string[]]>([
    ['holding', resource({ n: N }, { rule: 'self.n > 0' }), { spec: { n: 1 } }, []],
    ['broken, on an object', resource({ n: N }, { rule: 'self.n > 0' }), { spec: { n: 0 } }, ['spec: Invalid value: failed rule: self.n > 0']],
    ['broken, on a number', resource({ n: { ...N, 'x-kubernetes-validations': [{ rule: 'self > 0' }] } }), { spec: { n: 0 } }, ['spec.n: Invalid value: 0: failed rule: self > 0']],
    ['failing', resource({ n: N }, { rule: 'self.n > 0' }), { spec: {} }, ['spec: Invalid value: "object": no such key: n evaluating rule: self.n > 0']],
    ['with a message', resource({ n: N }, { rule: 'self.n > 0', message: ' too small ' }), { spec: { n: 0 } }, ['spec: Invalid value: too small']],
    ['with a message expression', resource({ n: N, s: S }, { rule: 'self.n > 0', message: 'm', messageExpression: "'small: ' + self.s" }), { spec: { n: 0, s: 'x' } }, ['spec: Invalid value: small: x']],
    ['with a message expression that fails', resource({ n: N, s: S }, { rule: 'self.n > 0', message: 'm', messageExpression: "'small: ' + self.s" }), { spec: { n: 0 } }, ['spec: Invalid value: m']],
    ['with a message expression of two lines', resource({ n: N, s: S }, { rule: 'self.n > 0', messageExpression: "'a\\nb'" }), { spec: { n: 0 } }, ['spec: Invalid value: failed rule: self.n > 0']],
    ['forbidding', resource({ n: N }, { rule: 'self.n > 0', reason: 'FieldValueForbidden', message: 'm' }), { spec: { n: 0 } }, ['spec: Forbidden: m']],
    ['requiring', resource({ n: N }, { rule: 'has(self.n)', reason: 'FieldValueRequired', fieldPath: '.n', message: 'm' }), { spec: {} }, ['spec.n: Required value: m']],
    ['against duplicates', resource({ n: { ...N, 'x-kubernetes-validations': [{ rule: 'false', reason: 'FieldValueDuplicate' }] } }), { spec: { n: 7 } }, ['spec.n: Duplicate value: 7']],
    ['on items and values', resource({ l: { type: 'array', items: { ...S, 'x-kubernetes-validations': [{ rule: "self != 'b'" }] } }, m: { type: 'object', additionalProperties: { ...N, 'x-kubernetes-validations': [{ rule: 'self > 1' }] } } }), { spec: { l: ['a', 'b'], m: { x: 1 } } }, ['spec.l[1]: Invalid value: "b": failed rule: self != \'b\'', 'spec.m[x]: Invalid value: 1: failed rule: self > 1']],
    ['at the root, where names are seen', { type: 'object', 'x-kubernetes-validations': [{ rule: "self.metadata.name.startsWith('a') && self.kind == 'K'" }] }, { kind: 'K', metadata: { name: 'b' } }, [": Invalid value: failed rule: self.metadata.name.startsWith('a') && self.kind == 'K'"]],
    ['not on null', resource({ n: { ...N, nullable: true, 'x-kubernetes-validations': [{ rule: 'false' }] } }), { spec: { n: null } }, []],
    ['on unions of numbers and texts', resource({ p: { 'x-kubernetes-int-or-string': true } }, { rule: 'self.p > 1' }), { spec: { p: 'a' } }, ["spec: Invalid value: \"object\": 'no such overload': call arguments did not match a supported operator, function or macro signature for rule: self.p > 1"]],
  ])('%s', (_, schema, value, expected) => {
    expect(run(schema, value)).toEqual(expected);
  });

  test.each<[string, unknown, unknown, string[]]>([
    ['not on creation', { spec: { n: 1 } }, undefined, []],
    ['on updates', { spec: { n: 1 } }, { spec: { n: 2 } }, ['spec.n: Invalid value: 1: failed rule: self >= oldSelf']],
    ['not where there was nothing', { spec: { n: 1 } }, { spec: {} }, []],
    ['on items with the same keys', { spec: { l: [{ k: 'b', n: 1 }, { k: 'a', n: 1 }] } }, { spec: { l: [{ k: 'a', n: 1 }, { k: 'b', n: 2 }] } }, ['spec.l[0].n: Invalid value: 1: failed rule: self >= oldSelf']],
  ])('transition rules run %s', (_, value, old, expected) => {
    const n = { ...N, 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] };
    const l = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object', properties: { k: S, n } } };
    expect(run(resource({ n, l }), value, old)).toEqual(expected);
  });

  test('rules with an optional old value run on creation too', () => {
    const schema = resource({ n: N }, { rule: 'oldSelf.hasValue() ? self.n == oldSelf.value().n : self.n == 1', optionalOldSelf: true });
    expect(run(schema, { spec: { n: 1 } })).toEqual([]);
    expect(run(schema, { spec: { n: 2 } })).toHaveLength(1);
    expect(run(schema, { spec: { n: 2 } }, { spec: { n: 2 } })).toEqual([]);
    expect(run(schema, { spec: { n: 3 } }, { spec: { n: 2 } })).toHaveLength(1);
  });

  test('what a write leaves as it was does not hold it up, but is warned of', () => {
    const s = { ...S, 'x-kubernetes-validations': [{ rule: "self.startsWith('new')" }] };
    const warnings: string[] = [];
    const validate = (value: unknown, old: unknown): string[] => texts(rules.compile(resource({ s, b: S, l: { type: 'array', items: s } })).validate(value, { old, warn: (text) => warnings.push(text) }));
    expect(validate({ spec: { s: 'old', b: 'y' } }, { spec: { s: 'old', b: 'x' } })).toEqual([]);
    expect(warnings).toEqual([`spec.s: Invalid value: "old": failed rule: self.startsWith('new')`]);
    expect(validate({ spec: { s: 'older' } }, { spec: { s: 'old' } })).toHaveLength(1);
    expect(validate({ spec: { l: ['old'], b: 'y' } }, { spec: { l: ['old'], b: 'x' } })).toEqual([]);
    expect(validate({ spec: { l: ['old', 'x'] } }, { spec: { l: ['old'] } })).toHaveLength(2);
  });

  test('one budget serves all rules of a write', () => {
    const list = { type: 'array', items: { ...N, 'x-kubernetes-validations': [{ rule: '[1, 2, 3, 4, 5, 6, 7, 8, 9].all(a, [1, 2, 3, 4, 5, 6, 7, 8, 9].all(b, a + b + self > 0))' }] } };
    const found = run(resource({ list }), { spec: { list: Array.from({ length: 50_000 }, () => 1) } });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^spec\.list\[\d+\]: Invalid value: "integer": validation failed due to running out of cost budget, no further validation rules will be run$/);
  });

  test('one rule may cost only so much', () => {
    const list = { type: 'array', items: N, 'x-kubernetes-validations': [{ rule: 'self.all(a, self.all(b, a + b > 0))' }, { rule: 'false' }] };
    expect(run(resource({ list }), { spec: { list: Array.from({ length: 2_000 }, () => 1) } })).toEqual([
      `spec.list: Invalid value: "array": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: self.all(a, self.all(b, a + b > 0))`,
    ]);
  });

  test('keys that every object inherits are only what the object says they are', () => {
    const properties = JSON.parse('{"__proto__": {"type": "integer"}, "constructor": {"type": "integer"}}') as Record<string, RuleSchema>;
    expect(run(resource(properties, { rule: 'has(self.constructor) || has(self.__proto__)' }), { spec: {} })).toHaveLength(1);
    expect(run(resource(properties, { rule: 'self.constructor == 1' }), { spec: { constructor: 1 } })).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { FieldPath, formatFieldError } from './field-error.ts';
import { labelSelectorFromMap, labelSelectorFromObject, parseLabelSelector, validateLabelSelector } from './label-selector.ts';

describe('parseLabelSelector', () => {
  const labels = { app: 'web', tier: 'front', empty: '', n: '5' };

  test.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier!=back', true],
    ['app', true],
    ['!app', false],
    ['!none', true],
    ['app in (web, api)', true],
    ['app notin (web)', false],
    ['none notin (x)', true],
    ['none!=x', true],
    ['app=web,app=api', false],
    ['empty=', true],
    ['none=', false],
    ['empty in (,x)', true],
    ['n>4', true],
    ['n<5', false],
    ['app>1', false],
    ['none>1', false],
    ['constructor', false],
    ['toString notin (x)', true],
  ])('%j selects the sample: %s', (text, selected) => {
    expect(parseLabelSelector(text).matches(labels)).toBe(selected);
  });

  test.each([
    ['app in (web', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['app=web,', "found '', expected: identifier after ','"],
    ['app=web=x', "found '=', expected: ',' or 'end of string'"],
    ['app in web', "unable to parse requirement: found 'web' expected: '('"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['!app=web', "found '=', expected: ',' or 'end of string'"],
    ['a b=c', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['=x', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=(', "unable to parse requirement: found '(', expected: identifier"],
    ['a>x', "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"],
    [`a=${'x'.repeat(64)}`, `unable to parse requirement: values[0][a]: Invalid value: "${'x'.repeat(64)}": must be no more than 63 bytes`],
  ])('refuses %j', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(message);
  });

  test.each([
    ['b = 1, a in (z,y,z), !c', 'a in (y,z),b=1,!c'],
    ['x,y>3,z<4', 'x,y>3,z<4'],
    ['in in (in)', 'in in (in)'],
    ['a in (,)', 'a in ()'],
  ])('%j reads canonically as %j', (text, canonical) => {
    expect(parseLabelSelector(text).toString()).toBe(canonical);
  });

  test('tells the one value that a label must have', () => {
    const selector = parseLabelSelector('a=1,b in (x),c in (y,z),d!=q');
    expect(['a', 'b', 'c', 'd'].map((key) => selector.requiredValue(key))).toEqual(['1', 'x', undefined, undefined]);
  });
});

describe('selector objects', () => {
  test('absent selects nothing, empty selects everything', () => {
    expect(labelSelectorFromObject(undefined).matches({})).toBe(false);
    expect(labelSelectorFromObject({}).matches(undefined)).toBe(true);
    expect(labelSelectorFromMap(undefined).matches({})).toBe(true);
  });

  test('combines labels and expressions', () => {
    const selector = labelSelectorFromObject({
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }, { key: 'old', operator: 'DoesNotExist' }],
    });
    expect(selector.toString()).toBe('app=web,!old,tier in (a,b)');
    expect(selector.matches({ app: 'web', tier: 'b' })).toBe(true);
    expect(selector.matches({ app: 'web', tier: 'b', old: '' })).toBe(false);
  });

  test('refuses an unknown operator', () => {
    expect(() => labelSelectorFromObject({ matchExpressions: [{ key: 'a', operator: 'Near' }] })).toThrow('"Near" is not a valid label selector operator');
  });

  test.each([
    [{ matchExpressions: [{ key: 'app', operator: 'In' }] }, ["spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"]],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists', values: ['x'] }] }, ["spec.selector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"]],
    [{ matchExpressions: [{ key: 'app', operator: 'Near', values: ['x'] }] }, ['spec.selector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator']],
    [{ matchLabels: { app: 'ok' } }, []],
  ])('validates %j', (selector, findings) => {
    expect(validateLabelSelector(selector, FieldPath.root('spec.selector')).map(formatFieldError)).toEqual(findings);
  });

  test('lets invalid values through where asked', () => {
    const selector = { matchExpressions: [{ key: 'a', operator: 'In', values: ['not ok'] }] };
    expect(validateLabelSelector(selector, FieldPath.root('s'))).toHaveLength(1);
    expect(validateLabelSelector(selector, FieldPath.root('s'), { allowInvalidLabelValues: true })).toEqual([]);
  });
});

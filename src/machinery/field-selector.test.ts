import { describe, expect, test } from 'vitest';
import { parseFieldSelector } from './field-selector.ts';

describe('parseFieldSelector', () => {
  test.each([
    ['', []],
    ['a=b', [['a', '=', 'b']]],
    ['a==b', [['a', '=', 'b']]],
    ['b!=c,a=b', [['a', '=', 'b'], ['b', '!=', 'c']]],
    ['a=', [['a', '=', '']]],
    ['=x', [['', '=', 'x']]],
    [',a=b,', [['a', '=', 'b']]],
    [String.raw`a=x\,y\=z\\`, [['a', '=', String.raw`x,y=z\ `.trim()]]],
  ])('reads %j', (text, terms) => {
    expect(parseFieldSelector(text).terms.map((t) => [t.field, t.operator, t.value])).toEqual(terms);
  });

  test.each([
    ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    ['a=b,c>d', "invalid selector: 'a=b,c>d'; can't understand 'c>d'"],
    [String.raw`a=x\b`, String.raw`invalid field selector: invalid escape sequence: \b`],
    ['a=x\\', 'invalid field selector: invalid escape sequence: \\'],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ])('refuses %j', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(message);
  });

  test('an absent field is the empty text', () => {
    const lookup = (field: string): string | undefined => ({ 'status.phase': 'Running' })[field];
    expect(parseFieldSelector('status.phase=Running,spec.nodeName=').matches(lookup)).toBe(true);
    expect(parseFieldSelector('status.phase!=Running').matches(lookup)).toBe(false);
    expect(parseFieldSelector('spec.nodeName!=').matches(lookup)).toBe(false);
  });

  test('its text reads back as the same selector', () => {
    const text = String.raw`a=x\,y\=z,b!=\\`;
    expect(parseFieldSelector(text).toString()).toBe(text);
    expect(parseFieldSelector('a==b').requiredValue('a')).toBe('b');
  });

  test('callers map its fields', () => {
    const selector = parseFieldSelector('name=a').transform((field, value) => [`metadata.${field}`, value]);
    expect(selector.toString()).toBe('metadata.name=a');
  });
});

import { describe, expect, test } from 'vitest';
import { canonicalElement, compareElements, formatPath, keyElement, valueElement } from './path-element.ts';

describe('path elements', () => {
  test.each([
    ['f:spec', '.spec'],
    ['f:app.kubernetes.io/name', '.app.kubernetes.io/name'],
    ['k:{"name":"a"}', '[name="a"]'],
    ['k:{"containerPort":80,"protocol":"TCP"}', '[containerPort=80,protocol="TCP"]'],
    ['k:{"a":true,"b":null}', '[a=true,b=null]'],
    ['v:"x"', '[="x"]'],
    ['v:"say \\"hi\\"\\n"', '[="say \\"hi\\"\\n"]'],
    ['v:5', '[=5]'],
    ['i:3', '[3]'],
  ])('%s is shown as %s', (element, shown) => {
    expect(formatPath([element])).toBe(shown);
  });

  test('a key leaves out the fields that have no value', () => {
    expect(keyElement(['a', 'b', 'c'], [1, undefined, 'x'])).toBe('k:{"a":1,"c":"x"}');
  });

  test('values are written as Go’s encoder writes them', () => {
    expect(valueElement('a<b>&c')).toBe(String.raw`v:"a\u003cb\u003e\u0026c"`);
    expect(valueElement(2n ** 60n)).toBe('v:1152921504606846976');
  });

  test.each([
    ['k:{ "b": 1, "a": "x" }', 'k:{"a":"x","b":1}'],
    ['v: "x"', 'v:"x"'],
    ['i:007', 'i:7'],
    ['f:', 'f:'],
    ['k:{"id":1152921504606846977}', 'k:{"id":1152921504606846977}'],
    ['x:data', undefined],
  ])('%s is read as %s', (text, canonical) => {
    expect(canonicalElement(text)).toBe(canonical);
  });

  test.each(['', 'f', 'fx', 'k:[1]', 'k:{', 'v:', 'v:x', 'i:x', 'i:1.5'])('%j is no path element', (text) => {
    expect(() => canonicalElement(text)).toThrow(SyntaxError);
  });

  test('the order is: the place, fields, keys by value, set values, positions', () => {
    const ordered = [
      '.',
      'f:',
      'f:a',
      'f:ab',
      'f:b',
      'f:\uffff',
      'f:\u{1F600}',
      'k:{"a":2}',
      'k:{"a":10}',
      'k:{"a":10,"b":1}',
      'k:{"a":"x"}',
      'k:{"a":true}',
      'k:{"b":1}',
      'v:2',
      'v:10',
      'v:"a"',
      'v:false',
      'v:true',
      'v:[1]',
      'v:{"a":1}',
      'v:null',
      'i:2',
      'i:10',
    ];
    const shuffled = ordered.map((_, i) => ordered[(i * 7) % ordered.length] ?? '');
    expect(shuffled.sort(compareElements)).toEqual(ordered);
  });
});

import { expect, test } from 'vitest';
import { compareBytes, describeRune, formatGoStringSlice, formatGoValue, quoteGo, quoteGoByte } from './go-format.ts';
import { parseIncludeObject } from './table.ts';

test.each([
  ['plain', '"plain"'],
  ['a"b\\c', String.raw`"a\"b\\c"`],
  ['tab\tnl\nbell\x07nul\0del\x7f', String.raw`"tab\tnl\nbell\anul\x00del\x7f"`],
  ['é😀', '"é😀"'],
  ['\u00a0\u200b', String.raw`"\u00a0\u200b"`],
])('%%q of %j', (text, quoted) => {
  expect(quoteGo(text)).toBe(quoted);
});

test('bytes are named as encoding/json names them', () => {
  expect([0x22, 0x27, 0x0a, 0x00, 0xef, 0x80].map(quoteGoByte)).toEqual([`'"'`, String.raw`'\''`, String.raw`'\n'`, String.raw`'\x00'`, "'ï'", String.raw`'\u0080'`]);
});

test('%v of decoded JSON has its keys in order', () => {
  expect(formatGoValue({ b: [1, 'x', null], a: { $patch: 'burn' } })).toBe('map[a:map[$patch:burn] b:[1 x <nil>]]');
  expect([1e21, 1e-7, 0.5, 12n].map(formatGoValue)).toEqual(['1e+21', '1e-07', '0.5', '12']);
  expect(formatGoStringSlice(['a', 'b"'])).toBe(String.raw`[]string{"a", "b\""}`);
});

test('runes and orders', () => {
  expect([describeRune(0x41), describeRune(0)]).toEqual(["U+0041 'A'", 'U+0000']);
  expect(['\uffff', '\u{10000}', 'b', 'a', ''].sort(compareBytes)).toEqual(['', 'a', 'b', '\uffff', '\u{10000}']);
});

test('what tables include of an object', () => {
  expect([undefined, '', 'Metadata', 'None', 'Object', 'All'].map(parseIncludeObject)).toEqual(['Metadata', 'Metadata', 'Metadata', 'None', 'Object', undefined]);
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addQuantity,
  canonicalizeQuantity,
  compareQuantity,
  formatQuantity,
  parseQuantity,
  quantityAsInt64,
  quantityMilliValue,
  quantityValue,
  scaledQuantityValue,
  subQuantity,
} from './quantity.ts';

describe('canonicalizeQuantity', () => {
  test.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1025', '1025'],
    ['1000', '1k'],
    ['10000000000', '10G'],
    ['1e3', '1e3'],
    ['1E6', '1e6'],
    ['1234e2', '123400'],
    ['0.5Ki', '512'],
    ['0.1Ki', '102400m'],
    ['1000Ki', '1000Ki'],
    ['0', '0'],
    ['0Mi', '0'],
    ['-0', '0'],
    ['00100', '100'],
    ['-1.5', '-1500m'],
    ['+5', '5'],
    [' 1Gi ', '1Gi'],
    ['1.1n', '2n'],
    ['0.1n', '1n'],
    ['-0.1n', '-1n'],
    ['100Ei', '9223372036854775807'],
    ['1.', '1'],
    ['.5', '500m'],
  ])('turns %s into %s', (text, canonical) => {
    expect(canonicalizeQuantity(text)).toBe(canonical);
  });

  test.each(['', 'abc', '1..5', '1 Gi', '1KiB', '0x10'])('refuses %j by its form', (text) => {
    expect(() => canonicalizeQuantity(text)).toThrow(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  });

  test.each(['1ki', '1mm', '1e', '1Kik', '5i', '--1'])('refuses the suffix of %j', (text) => {
    expect(() => canonicalizeQuantity(text)).toThrow("unable to parse quantity's suffix");
  });

  test('is bounded however large the exponent', () => {
    expect(() => parseQuantity('1e99999999999')).toThrow();
    expect(canonicalizeQuantity('1e-99999999999')).toBe('1e-9');
  });
});

const quantity = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.nat(6), fc.constantFrom('n', 'u', 'm', '', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-3'))
  .map(([mantissa, point, suffix]) => {
    const sign = mantissa < 0n ? '-' : '';
    const digits = String(mantissa < 0n ? -mantissa : mantissa).padStart(point + 1, '0');
    return `${sign}${digits.slice(0, digits.length - point)}${point === 0 ? '' : `.${digits.slice(-point)}`}${suffix}`;
  });

describe('quantities', () => {
  test('a canonical text is its own canonical text and the same amount', () => {
    fc.assert(
      fc.property(quantity, (text) => {
        const canonical = canonicalizeQuantity(text);
        expect(canonicalizeQuantity(canonical)).toBe(canonical);
        expect(compareQuantity(parseQuantity(canonical), parseQuantity(text))).toBe(0);
      }),
    );
  });

  test('adding and taking away again changes nothing', () => {
    fc.assert(
      fc.property(quantity, quantity, (a, b) => {
        const sum = addQuantity(parseQuantity(a), parseQuantity(b));
        expect(compareQuantity(subQuantity(sum, parseQuantity(b)), parseQuantity(a))).toBe(0);
      }),
    );
  });

  test('a sum is written in the first one\'s family, or the second\'s when the first is zero', () => {
    const sum = (a: string, b: string): string => formatQuantity(addQuantity(parseQuantity(a), parseQuantity(b)));
    expect(sum('1Gi', '1G')).toBe('2073741824');
    expect(sum('1G', '1Gi')).toBe('2073741824');
    expect(sum('0', '1Gi')).toBe('1Gi');
    expect(sum('500m', '500m')).toBe('1');
    expect(sum('512Mi', '512Mi')).toBe('1Gi');
  });

  test('values are rounded away from zero', () => {
    expect(quantityValue(parseQuantity('1500m'))).toBe(2);
    expect(quantityValue(parseQuantity('-1500m'))).toBe(-2);
    expect(quantityMilliValue(parseQuantity('0.0001'))).toBe(1);
    expect(quantityMilliValue(parseQuantity('2'))).toBe(2000);
    expect(scaledQuantityValue(parseQuantity('1Gi'), 3)).toBe(1073742n);
    expect(quantityAsInt64(parseQuantity('1500m'))).toBeUndefined();
    expect(quantityAsInt64(parseQuantity('1Ki'))).toBe(1024n);
  });
});

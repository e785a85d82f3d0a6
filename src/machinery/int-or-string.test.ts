import { expect, test } from 'vitest';
import { formatIntOrString, parsePercent, scaleIntOrPercent } from './int-or-string.ts';

test.each([
  [3, 10, 'up', 3],
  ['25%', 10, 'up', 3],
  ['25%', 10, 'down', 2],
  ['100%', 7, 'up', 7],
  ['0%', 7, 'up', 0],
  ['150%', 2, 'down', 3],
] as const)('%s of %d rounded %s is %d', (value, total, rounding, scaled) => {
  expect(scaleIntOrPercent(value, total, rounding)).toBe(scaled);
});

test.each([
  ['http', 'invalid value for IntOrString: invalid type: string is not a percentage'],
  ['x%', 'invalid value for IntOrString: invalid value "x%": strconv.Atoi: parsing "x": invalid syntax'],
  [undefined, 'nil value for IntOrString'],
])('%s cannot be scaled', (value, message) => {
  expect(() => scaleIntOrPercent(value, 1, 'up')).toThrow(message);
});

test('numbers are no percentages', () => {
  expect(parsePercent(5)).toBeUndefined();
  expect(parsePercent('5%')).toBe(5);
  expect(formatIntOrString(5)).toBe('5');
});

import { expect, test } from 'vitest';
import { warningHeader } from './warning-header.ts';

test('warnings are quoted, and told once', () => {
  expect(warningHeader(['a "b" \\ c', 'two\nlines', 'two\nlines', ''])).toEqual(['299 - "a \\"b\\" \\\\ c"', '299 - "two lines"']);
});

test('what is not ASCII goes as bytes, which a header can carry', () => {
  const [value = ''] = warningHeader(['— ünd']);
  expect(Buffer.from(value, 'latin1').toString('utf8')).toBe('299 - "— ünd"');
  expect([...value].every((c) => c.charCodeAt(0) < 256)).toBe(true);
});

test('as much as 4096 characters are told whole; beyond that long ones are cut and late ones left out', () => {
  const long = 'x'.repeat(4000);
  expect(warningHeader([long])).toEqual([`299 - "${long}"`]);
  expect(warningHeader([long, 'y'.repeat(300), 'z'])).toEqual([`299 - "${'x'.repeat(256)}"`, `299 - "${'y'.repeat(256)}"`, '299 - "z"']);
  expect(warningHeader(Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(300, '-')))).toHaveLength(16);
});

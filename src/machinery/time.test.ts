import { describe, expect, test } from 'vitest';
import { canonicalizeMicroTime, canonicalizeTime, parseRfc3339, timeToMs } from './time.ts';

describe('canonicalizeTime', () => {
  test.each([
    ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
    ['2024-01-01T02:00:00.999+02:00', '2024-01-01T00:00:00Z'],
    ['2023-12-31T19:30:00-04:30', '2024-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['1969-12-31T23:59:59.5Z', '1969-12-31T23:59:59Z'],
  ])('%s becomes %s', (text, canonical) => {
    expect(canonicalizeTime(text)).toBe(canonical);
  });

  test.each([
    ['yesterday', 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
    ['', 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
    ['2024', 'parsing time "2024" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "-"'],
    ['2024-01-01', 'parsing time "2024-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
    ['2024-01-01 00:00:00Z', 'parsing time "2024-01-01 00:00:00Z" as "2006-01-02T15:04:05Z07:00": cannot parse " 00:00:00Z" as "T"'],
    ['2024-01-01T00:00:00', 'parsing time "2024-01-01T00:00:00" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"'],
    ['2024-01-01T00:00:00Zx', 'parsing time "2024-01-01T00:00:00Zx": extra text: "x"'],
    ['2024-13-01T00:00:00Z', 'parsing time "2024-13-01T00:00:00Z": month out of range'],
    ['2023-02-29T00:00:00Z', 'parsing time "2023-02-29T00:00:00Z": day out of range'],
    ['2024-01-01T24:00:00Z', 'parsing time "2024-01-01T24:00:00Z": hour out of range'],
    ['2024-01-01T00:60:00Z', 'parsing time "2024-01-01T00:60:00Z": minute out of range'],
    ['"é', String.raw`parsing time "\"\xc3\xa9" as "2006-01-02T15:04:05Z07:00": cannot parse "\"\xc3\xa9" as "2006"`],
  ])('refuses %j', (text, message) => {
    expect(() => canonicalizeTime(text)).toThrow(message);
  });
});

describe('canonicalizeMicroTime', () => {
  test('keeps six digits behind the second', () => {
    expect(canonicalizeMicroTime('2024-01-01T02:00:00.123456+02:00')).toBe('2024-01-01T00:00:00.123456Z');
  });

  test.each([
    ['2024-01-01T00:00:00Z', 'cannot parse "Z" as ".000000"'],
    ['2024-01-01T02:00:00.5+02:00', 'cannot parse ".5+02:00" as ".000000"'],
    ['2024-01-01T00:00:00.1234567Z', 'cannot parse "7Z" as "Z07:00"'],
  ])('refuses %s', (text, message) => {
    expect(() => canonicalizeMicroTime(text)).toThrow(`parsing time "${text}" as "2006-01-02T15:04:05.000000Z07:00": ${message}`);
  });
});

test('instants keep nanoseconds', () => {
  expect(parseRfc3339('1970-01-01T00:00:01.123456789Z')).toEqual({ seconds: 1, nanoseconds: 123_456_789 });
  expect(timeToMs('1970-01-01T00:00:01.5Z')).toBe(1500);
  expect(timeToMs('soon')).toBeUndefined();
  expect(timeToMs(undefined)).toBeUndefined();
});

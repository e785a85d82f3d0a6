import { describe, expect, test } from 'vitest';
import { formatDuration, formatHumanDuration, formatShortHumanDuration, parseDuration, parseDurationMs } from './duration.ts';

describe('Go durations', () => {
  test.each([
    ['1h30m', '1h30m0s'],
    ['90s', '1m30s'],
    ['1.5s', '1.5s'],
    ['.5s', '500ms'],
    ['-2m', '-2m0s'],
    ['0', '0s'],
    ['1us', '1µs'],
    ['1500ns', '1.5µs'],
    ['100h', '100h0m0s'],
    ['1m1ms1us1ns', '1m0.001001001s'],
    ['2562047h47m16.854775807s', '2562047h47m16.854775807s'],
  ])('%s is printed as %s', (text, printed) => {
    expect(formatDuration(parseDuration(text))).toBe(printed);
  });

  test.each([
    ['abc', 'time: invalid duration "abc"'],
    ['', 'time: invalid duration ""'],
    ['.s', 'time: invalid duration ".s"'],
    ['1', 'time: missing unit in duration "1"'],
    ['1h1', 'time: missing unit in duration "1h1"'],
    ['1x', 'time: unknown unit "x" in duration "1x"'],
    ['3000000h', 'time: invalid duration "3000000h"'],
  ])('refuses %j', (text, message) => {
    expect(() => parseDuration(text)).toThrow(message);
  });

  test('milliseconds keep their fraction', () => {
    expect(parseDurationMs('1.5ms')).toBe(1.5);
  });
});

describe('ages in tables', () => {
  const MINUTE = 60;
  const HOUR = 3600;
  const DAY = 86_400;
  test.each([
    [-2, '<invalid>'],
    [-1, '0s'],
    [0.9, '0s'],
    [119, '119s'],
    [2 * MINUTE, '2m'],
    [2 * MINUTE + 5, '2m5s'],
    [9 * MINUTE + 59, '9m59s'],
    [10 * MINUTE + 5, '10m'],
    [3 * HOUR - 1, '179m'],
    [3 * HOUR, '3h'],
    [5 * HOUR + MINUTE, '5h1m'],
    [8 * HOUR + MINUTE, '8h'],
    [48 * HOUR - 1, '47h'],
    [2 * DAY, '2d'],
    [5 * DAY + 3 * HOUR, '5d3h'],
    [8 * DAY + HOUR, '8d'],
    [729 * DAY, '729d'],
    [730 * DAY, '2y'],
    [731 * DAY, '2y1d'],
    [8 * 365 * DAY + DAY, '8y'],
  ])('%d s is %s', (seconds, text) => {
    expect(formatHumanDuration(seconds * 1000)).toBe(text);
  });

  test.each([
    [59, '59s'],
    [61, '1m'],
    [2 * HOUR, '2h'],
    [3 * DAY, '3d'],
    [400 * DAY, '1y'],
  ])('%d s in short is %s', (seconds, text) => {
    expect(formatShortHumanDuration(seconds * 1000)).toBe(text);
  });
});

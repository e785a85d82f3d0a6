import { expect, test } from 'vitest';
import { nextTime, type CronSchedule } from './cron-schedule.ts';

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** `minutes hours days months weekdays`, each a list or `*`. */
const times = (text: string): CronSchedule => {
  const [minutes = '*', hours = '*', days = '*', months = '*', weekdays = '*'] = text.split(' ');
  const values = (field: string, first: number, last: number): Set<number> => new Set(field === '*' ? range(first, last) : field.split(',').map(Number));
  return { type: 'times', minutes: values(minutes, 0, 59), hours: values(hours, 0, 23), days: values(days, 1, 31), months: values(months, 1, 12), weekdays: values(weekdays, 0, 6), anyDay: days === '*', anyWeekday: weekdays === '*' };
};
const next = (schedule: CronSchedule, after: string, zone?: string): string => {
  const ms = nextTime(schedule, Date.parse(after), zone);
  return ms === undefined ? 'never' : new Date(ms).toISOString().replace('.000Z', 'Z');
};

test.each([
  ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
  ['* * * * *', '2026-01-01T00:00:59.999Z', '2026-01-01T00:01:00Z'],
  ['0,30 * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:30:00Z'],
  ['0,30 * * * *', '2026-01-01T23:45:00Z', '2026-01-02T00:00:00Z'],
  ['0 0 1 1 *', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ['15 6 * 3,7 *', '2026-03-31T07:00:00Z', '2026-07-01T06:15:00Z'],
  ['0 0 31 * *', '2026-01-31T00:00:00Z', '2026-03-31T00:00:00Z'],
  ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['0 0 31 2 *', '2026-01-01T00:00:00Z', 'never'],
  ['0 9 * * 1', '2026-01-01T00:00:00Z', '2026-01-05T09:00:00Z'],
  ['0 0 13 * 5', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
  ['0 0 13 * 5', '2026-01-09T00:00:00Z', '2026-01-13T00:00:00Z'],
  ['59 23 31 12 *', '2026-12-31T23:59:00Z', '2027-12-31T23:59:00Z'],
])('%j after %s comes at %s', (text, after, expected) => {
  expect(next(times(text), after)).toBe(expected);
});

test.each([
  ['30 2 * * *', 'a day when clocks skip it', 'America/New_York', '2026-03-07T12:00:00Z', '2026-03-09T06:30:00Z'],
  ['30 1 * * *', 'clocks showing it once', 'America/New_York', '2026-11-01T04:00:00Z', '2026-11-01T05:30:00Z'],
  ['30 1 * * *', 'clocks showing it again', 'America/New_York', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
  ['0 * * * *', 'an hour that is skipped', 'Europe/Berlin', '2026-03-29T00:00:00Z', '2026-03-29T01:00:00Z'],
  ['0 0 * * *', 'a midnight that is skipped', 'America/Santiago', '2026-09-05T12:00:00Z', '2026-09-07T03:00:00Z'],
  ['0 1 * * *', 'the hour after a midnight that is skipped', 'America/Santiago', '2026-09-05T12:00:00Z', '2026-09-06T04:00:00Z'],
  ['0 0 1 * *', 'the month of the zone', 'Asia/Kolkata', '2026-01-31T12:00:00Z', '2026-01-31T18:30:00Z'],
  ['0 0 1 1 *', 'the year of the zone', 'Pacific/Kiritimati', '2026-06-01T00:00:00Z', '2026-12-31T10:00:00Z'],
])('%j with %s in %s after %s comes at %s', (text, _, zone, after, expected) => {
  expect(next(times(text), after, zone)).toBe(expected);
});

test('an interval counts from where it is asked, in whole seconds; a zone of its own beats the asker\'s', () => {
  expect(next({ type: 'every', intervalMs: 90_000 }, '2026-01-01T00:00:10.400Z')).toBe('2026-01-01T00:01:40Z');
  expect(next({ ...times('0 0 * * *'), zone: 'Asia/Tokyo' } as CronSchedule, '2026-01-01T00:00:00Z', 'UTC')).toBe('2026-01-01T15:00:00Z');
});

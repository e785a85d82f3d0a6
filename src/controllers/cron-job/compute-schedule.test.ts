import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../api/batch/cronjobs/schedule.ts';
import { computeDueRun, computeNextDelayMs, InvalidScheduleError, type ScheduleContext, type SharedCronJob } from './compute-schedule.ts';

const at = (text: string): number => Date.parse(`2026-01-${text}:00Z`);
const cronJob = (lastScheduleTime: string, startingDeadlineSeconds?: number): SharedCronJob =>
  ({ metadata: { creationTimestamp: '2026-01-01T00:00:00Z' }, spec: { ...(startingDeadlineSeconds !== undefined && { startingDeadlineSeconds }) }, status: { lastScheduleTime: `2026-01-${lastScheduleTime}:00Z` } }) as unknown as SharedCronJob;
const context = (schedule: string, now: string): ScheduleContext => ({ schedule: parseSchedule(schedule), zone: 'UTC', nowMs: at(now) });

describe('after the last run', () => {
  test.each<[string, string, string, string | undefined, string]>([
    ['0 * * * *', '05T10:00', '05T10:59', undefined, 'none'],
    ['0 * * * *', '05T10:00', '05T11:00', '05T11:00', 'none'],
    ['0 * * * *', '05T10:00', '05T13:20', '05T13:00', 'few'],
    ['0 9 * * 1-5', '02T09:00', '05T08:00', undefined, 'none'],
    ['30 6-16/4 * * 1-5', '02T14:30', '06T12:00', '06T10:30', 'few'],
    ['* * * * *', '05T10:00', '05T12:00', '05T12:00', 'many'],
    ['@every 7m', '05T10:00', '05T10:20', '05T10:14', 'few'],
    ['@daily', '05T00:00', '06T00:00', '06T00:00', 'none'],
  ])('of %j at %s, at %s the run of %s is due; missed: %s', (schedule, last, now, due, missed) => {
    expect(computeDueRun(cronJob(last), context(schedule, now))).toEqual({ ...(due !== undefined && { dueMs: at(due) }), missed });
  });

  test('what is older than the deadline counts no more', () => {
    expect(computeDueRun(cronJob('05T10:00', 120), context('* * * * *', '05T18:00'))).toEqual({ dueMs: at('05T18:00'), missed: 'few' });
    expect(computeDueRun(cronJob('05T10:00', 120), context('0 * * * *', '05T18:30'))).toEqual({ missed: 'none' });
  });

  test('a schedule that never comes is invalid', () => {
    expect(() => computeDueRun(cronJob('05T10:00'), context('59 23 31 2 *', '05T10:00'))).toThrow(InvalidScheduleError);
  });

  test.each([
    ['0 * * * *', '05T10:00', '05T10:59', 60_100],
    ['0 * * * *', '05T10:00', '05T13:20', 40 * 60_000 + 100],
    ['@every 7m', '05T10:00', '05T10:20', 60_100],
  ])('of %j at %s, at %s the next comes in %d ms', (schedule, last, now, delayMs) => {
    expect(computeNextDelayMs(cronJob(last), context(schedule, now))).toBe(delayMs);
  });
});

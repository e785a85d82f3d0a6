import type { CronJob } from '../../api/types/generated/batch-v1.ts';
import { nextTime, type CronSchedule } from '../../machinery/cron-schedule.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

export type SharedCronJob = DeepReadonly<CronJob>;

/** A schedule that never comes. */
export class InvalidScheduleError extends Error {
  constructor() {
    super('time difference between two schedules is less than 1 second');
    this.name = 'InvalidScheduleError';
  }
}

/** Timers fire a little early at times. */
const MARGIN_MS = 100;
/** So many runs missed are more than anybody was away for: the clock or the schedule is wrong. */
const MANY_MISSED = 100;

export interface ScheduleContext {
  readonly schedule: CronSchedule;
  readonly zone: string;
  readonly nowMs: number;
}

export interface DueRun {
  /** The last time that the schedule came; absent when it has not since the last run. */
  readonly dueMs?: number;
  readonly missed: 'none' | 'few' | 'many';
}

/** Which run is due: only the last of those that were missed. Throws InvalidScheduleError. */
export function computeDueRun(cronJob: SharedCronJob, context: ScheduleContext): DueRun {
  const { startingDeadlineSeconds } = cronJob.spec;
  const { nowMs } = context;
  const earliestMs = lastRunMs(cronJob);
  // What is older would be too late anyway.
  const sinceMs = startingDeadlineSeconds === undefined ? earliestMs : Math.max(earliestMs, nowMs - startingDeadlineSeconds * 1000);
  return dueRunSince(sinceMs, context);
}

/** Milliseconds until the schedule comes next. */
export function computeNextDelayMs(cronJob: SharedCronJob, context: ScheduleContext): number {
  const { schedule, zone, nowMs } = context;
  let fromMs = nowMs;
  try {
    const { dueMs, missed } = dueRunSince(lastRunMs(cronJob), context);
    fromMs = dueMs ?? (missed === 'none' ? lastRunMs(cronJob) : nowMs);
  } catch (error) {
    if (!(error instanceof InvalidScheduleError)) throw error;
  }
  return Math.max(0, (nextTime(schedule, fromMs, zone) ?? nowMs) + MARGIN_MS - nowMs);
}

/** The last run, or the beginning. */
function lastRunMs({ metadata, status }: SharedCronJob): number {
  return Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '');
}

/** Schedules that come regularly are not counted through one by one: years may have been missed. */
function dueRunSince(sinceMs: number, { schedule, zone, nowMs }: ScheduleContext): DueRun {
  const firstMs = nextTime(schedule, sinceMs, zone);
  if (firstMs !== undefined && nowMs < firstMs) return { missed: 'none' };
  const secondMs = firstMs === undefined ? undefined : nextTime(schedule, firstMs, zone);
  if (firstMs === undefined || secondMs === undefined) throw new InvalidScheduleError();
  if (nowMs < secondMs) return { dueMs: firstMs, missed: 'none' };
  const betweenMs = secondMs - firstMs;
  const count = Math.floor((nowMs - firstMs) / betweenMs) + 1;
  let dueMs: number | undefined;
  const startMs = firstMs + (count - 2) * betweenMs;
  for (let ms = nextTime(schedule, startMs, zone); ms !== undefined && ms <= nowMs; ms = nextTime(schedule, ms, zone)) dueMs = ms;
  return { ...(dueMs !== undefined && { dueMs }), missed: count > MANY_MISSED ? 'many' : 'few' };
}

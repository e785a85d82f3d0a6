import { parseSchedule, ScheduleError } from '../../api/batch/cronjobs/schedule.ts';
import { isTimeZone } from '../../api/batch/cronjobs/time-zone.ts';
import type { CronSchedule } from '../../machinery/cron-schedule.ts';
import { quoteGo } from '../../machinery/go-format.ts';
import { TimeZone } from '../../machinery/zoned-time.ts';
import type { SharedCronJob } from './compute-schedule.ts';

/** What a cron job's spec says about its times; or why nothing can be made of it, as the event that tells of it. */
export type ReadSchedule =
  | { readonly type: 'schedule'; readonly schedule: CronSchedule; readonly zone: string; readonly warning?: Complaint }
  | { readonly type: 'unusable'; readonly complaint: Complaint };

export interface Complaint {
  readonly reason: string;
  readonly message: string;
}

/** Without a zone of its own, the times are those of UTC. */
export function readSchedule({ spec }: SharedCronJob): ReadSchedule {
  const { schedule: text, timeZone = 'UTC' } = spec;
  if (!isTimeZone(timeZone)) return { type: 'unusable', complaint: { reason: 'UnknownTimeZone', message: `invalid timeZone: ${quoteGo(timeZone)}: unknown time zone ${timeZone}` } };
  try {
    const schedule = parseSchedule(text);
    if (!text.includes('TZ')) return { type: 'schedule', schedule, zone: timeZone };
    const message = `CRON_TZ or TZ used in schedule ${quoteGo(text)} is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`;
    return { type: 'schedule', schedule, zone: 'UTC', warning: { reason: 'UnsupportedSchedule', message } };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return { type: 'unusable', complaint: { reason: 'UnparseableSchedule', message: `unparseable schedule: ${quoteGo(text)} : ${error.message}` } };
  }
}

/** RFC 3339 with the offset of the zone, in whole seconds. */
export function formatInZone(epochMs: number, zone: string): string {
  const offsetMinutes = Math.round(new TimeZone(zone).offsetMs(epochMs) / 60_000);
  const local = new Date(epochMs + offsetMinutes * 60_000).toISOString().slice(0, 19);
  if (offsetMinutes === 0) return `${local}Z`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const size = Math.abs(offsetMinutes);
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

import { TimeZone, type WallTime } from './zoned-time.ts';

/** When something is to happen again and again: every so often, or whenever clocks show one of these times. */
export type CronSchedule =
  | { readonly type: 'every'; readonly intervalMs: number }
  | {
      readonly type: 'times';
      readonly minutes: ReadonlySet<number>;
      readonly hours: ReadonlySet<number>;
      readonly days: ReadonlySet<number>;
      readonly months: ReadonlySet<number>;
      /** 0 is Sunday. */
      readonly weekdays: ReadonlySet<number>;
      /** `*`: where only one of days and weekdays is restricted, that one decides; where both are, either suffices. */
      readonly anyDay: boolean;
      readonly anyWeekday: boolean;
      /** Whose clocks; absent: the caller's. */
      readonly zone?: string;
    };

type CronTimes = Extract<CronSchedule, { type: 'times' }>;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const MAX_YEARS = 5;

/**
 * The first moment after `afterMs`, in milliseconds since 1970; undefined when five years bring none. A time that clocks
 * skip does not come that day, and one that they show twice comes twice.
 */
export function nextTime(schedule: CronSchedule, afterMs: number, zone = 'UTC'): number | undefined {
  const wholeMs = Math.floor(afterMs / 1000) * 1000;
  if (schedule.type === 'every') return wholeMs + schedule.intervalMs;
  return new Search(schedule, new TimeZone(schedule.zone ?? zone)).from(wholeMs + 1000);
}

/** Steps from field to field; whenever a larger one turns over, all begin again. */
class Search {
  readonly #times: CronTimes;
  readonly #zone: TimeZone;

  constructor(times: CronTimes, zone: TimeZone) {
    this.#times = times;
    this.#zone = zone;
  }

  from(startMs: number): number | undefined {
    const lastYear = this.#zone.wallTime(startMs).year + MAX_YEARS;
    let nowMs = startMs;
    for (;;) {
      if (this.#zone.wallTime(nowMs).year > lastYear) return undefined;
      const day = this.#day(nowMs);
      if (day.turned) {
        nowMs = day.ms;
        continue;
      }
      const hour = this.#hour(day.ms);
      if (hour.turned) {
        nowMs = hour.ms;
        continue;
      }
      const minute = this.#minute(hour.ms);
      if (!minute.turned) return minute.ms;
      nowMs = minute.ms;
    }
  }

  /** The beginning of a day that matches, or the same moment; `turned` when it is in another month. */
  #day(fromMs: number): { ms: number; turned: boolean } {
    let ms = fromMs;
    for (let wall = this.#zone.wallTime(ms); !this.#times.months.has(wall.month); wall = this.#zone.wallTime(ms)) {
      ms = this.#zone.at(wall.year, wall.month + 1, 1);
      if (wall.month === 12) return { ms, turned: true };
    }
    for (let wall = this.#zone.wallTime(ms); !this.#matchesDay(wall); wall = this.#zone.wallTime(ms)) {
      ms = this.#startOfDay(wall.year, wall.month, wall.day + 1);
      if (this.#zone.wallTime(ms).day === 1) return { ms, turned: true };
    }
    return { ms, turned: false };
  }

  #hour(fromMs: number): { ms: number; turned: boolean } {
    let ms = fromMs;
    for (let wall = this.#zone.wallTime(ms); !this.#times.hours.has(wall.hour); wall = this.#zone.wallTime(ms)) {
      ms += HOUR_MS - wall.minute * MINUTE_MS - wall.second * 1000;
      if (this.#zone.wallTime(ms).hour === 0) return { ms, turned: true };
    }
    return { ms, turned: false };
  }

  #minute(fromMs: number): { ms: number; turned: boolean } {
    let ms = fromMs;
    for (let wall = this.#zone.wallTime(ms); !this.#times.minutes.has(wall.minute) || wall.second !== 0; wall = this.#zone.wallTime(ms)) {
      ms += MINUTE_MS - wall.second * 1000;
      if (this.#zone.wallTime(ms).minute === 0) return { ms, turned: true };
    }
    return { ms, turned: false };
  }

  /** Where midnight is skipped, or shown twice, the first moment of the day. */
  #startOfDay(year: number, month: number, day: number): number {
    const ms = this.#zone.at(year, month, day);
    const { hour } = this.#zone.wallTime(ms);
    if (hour === 0) return ms;
    return hour > 12 ? ms + (24 - hour) * HOUR_MS : ms - hour * HOUR_MS;
  }

  #matchesDay({ day, weekday }: WallTime): boolean {
    const { days, weekdays, anyDay, anyWeekday } = this.#times;
    return anyDay || anyWeekday ? days.has(day) && weekdays.has(weekday) : days.has(day) || weekdays.has(weekday);
  }
}

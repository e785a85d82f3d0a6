import type { CronSchedule } from '../../../machinery/cron-schedule.ts';
import { DurationError, parseDuration } from '../../../machinery/duration.ts';
import { quoteGo } from '../../../machinery/go-format.ts';
import { isTimeZone } from './time-zone.ts';

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];
const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);
const EVERY = '@every ';

/** A text that is no schedule; the message is that of the parser that Kubernetes uses. */
export class ScheduleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScheduleError';
  }
}

/** What is wrong with a schedule; undefined when it is well formed. */
export function scheduleFault(schedule: string): string | undefined {
  try {
    parseSchedule(schedule);
    return undefined;
  } catch (error) {
    if (error instanceof ScheduleError) return error.message;
    throw error;
  }
}

/** A cron schedule: five fields, or a descriptor such as `@daily` and `@every 1h`. Throws ScheduleError. */
export function parseSchedule(schedule: string): CronSchedule {
  let text = schedule;
  let zone: string | undefined;
  if (text.startsWith('TZ=') || text.startsWith('CRON_TZ=')) {
    const end = text.includes(' ') ? text.indexOf(' ') : text.length;
    zone = text.slice(text.indexOf('=') + 1, end);
    if (!isTimeZone(zone)) throw new ScheduleError(`provided bad location ${zone}: unknown time zone ${zone}`);
    text = text.slice(end).trim();
  }
  const parsed = text.startsWith('@') ? parseDescriptor(text) : parseFields(text);
  return parsed.type === 'times' && zone !== undefined ? { ...parsed, zone } : parsed;
}

function parseDescriptor(text: string): CronSchedule {
  const fields = DESCRIPTORS.get(text);
  if (fields !== undefined) return parseFields(fields);
  if (!text.startsWith(EVERY)) throw new ScheduleError(`unrecognized descriptor: ${text}`);
  try {
    const seconds = Number(parseDuration(text.slice(EVERY.length)) / 1_000_000_000n);
    return { type: 'every', intervalMs: Math.max(1, seconds) * 1000 };
  } catch (error) {
    if (error instanceof DurationError) throw new ScheduleError(`failed to parse duration ${text}: ${error.message}`);
    throw error;
  }
}

function parseFields(text: string): CronSchedule {
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== FIELDS.length) throw new ScheduleError(`expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`);
  const [minutes, hours, days, months, weekdays] = FIELDS.map((bounds, i) => parseField(fields[i] ?? '', bounds)) as [Field, Field, Field, Field, Field];
  return { type: 'times', minutes: minutes.values, hours: hours.values, days: days.values, months: months.values, weekdays: weekdays.values, anyDay: days.any, anyWeekday: weekdays.any };
}

interface Field {
  readonly values: ReadonlySet<number>;
  /** `*`, which says that the field does not matter. */
  readonly any: boolean;
}

function parseField(text: string, bounds: Bounds): Field {
  const values = new Set<number>();
  let any = false;
  for (const range of text.split(',')) {
    if (range === '') continue;
    const parsed = parseRange(range, bounds);
    for (let value = parsed.start; value <= parsed.end; value += parsed.step) values.add(value);
    any ||= parsed.any;
  }
  return { values, any };
}

/** `*`, `5`, `1-5`, each with `/step`. */
function parseRange(text: string, bounds: Bounds): { start: number; end: number; step: number; any: boolean } {
  const [range = '', stride, ...more] = text.split('/');
  const limits = range.split('-');
  let start = bounds.min;
  let end = bounds.max;
  const any = limits[0] === '*' || limits[0] === '?';
  if (!any) {
    start = parseValue(limits[0] ?? '', bounds);
    const last = limits.length === 2 ? parseValue(limits[1] ?? '', bounds) : start;
    if (limits.length > 2) throw new ScheduleError(`too many hyphens: ${text}`);
    // `5/10` goes on to the end.
    end = limits.length === 1 && stride !== undefined ? bounds.max : last;
  }
  const step = stride === undefined ? 1 : parseNumber(stride);
  if (more.length > 0) throw new ScheduleError(`too many slashes: ${text}`);
  if (start < bounds.min) throw new ScheduleError(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`);
  if (end > bounds.max) throw new ScheduleError(`end of range (${end}) above maximum (${bounds.max}): ${text}`);
  if (start > end) throw new ScheduleError(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new ScheduleError(`step of range should be a positive number: ${text}`);
  return { start, end, step, any: any && step === 1 };
}

function parseValue(text: string, { names }: Bounds): number {
  const named = text === '' ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1);
  return named >= 0 ? named : parseNumber(text);
}

function parseNumber(text: string): number {
  if (!/^[+-]?[0-9]{1,15}$/.test(text)) throw new ScheduleError(`failed to parse int from ${text}: strconv.Atoi: parsing ${quoteGo(text)}: invalid syntax`);
  const value = Number(text);
  if (value < 0) throw new ScheduleError(`negative number (${value}) not allowed: ${text}`);
  return value;
}

import { fail } from './evaluation-error.ts';
import { CelDuration, CelTimestamp } from './values.ts';

const SECOND = 1_000_000_000n;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z. */
const MIN_NANOS = -62135596800n * SECOND;
const MAX_NANOS = 253402300799n * SECOND + 999_999_999n;
const MAX_DURATION = 2n ** 63n - 1n;

export function timestamp(nanos: bigint): CelTimestamp {
  return nanos < MIN_NANOS || nanos > MAX_NANOS ? fail('timestamp overflow') : new CelTimestamp(nanos);
}

export function duration(nanos: bigint): CelDuration {
  return nanos < -MAX_DURATION - 1n || nanos > MAX_DURATION ? fail('duration overflow') : new CelDuration(nanos);
}

const floorDivide = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)([.,]\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Undefined if the text is no RFC 3339 time. Digits beyond nanoseconds are dropped. */
export function parseTimestamp(text: string): CelTimestamp | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '.0', zone = 'Z'] = match;
  const days = Number(month) >= 1 && Number(month) <= 12 ? daysInMonth(Number(year), Number(month)) : 0;
  if (Number(day) < 1 || Number(day) > days || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  let offset = 0;
  if (zone !== 'Z') {
    const hours = Number(zone.slice(1, 3));
    const minutes = Number(zone.slice(4));
    if (hours > 24 || minutes > 60) return undefined;
    offset = (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
  }
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute) - offset, Number(second));
  const nanos = BigInt(fraction.slice(1, 10).padEnd(9, '0'));
  const total = BigInt(date.getTime()) * 1_000_000n + nanos;
  return total < MIN_NANOS || total > MAX_NANOS ? undefined : new CelTimestamp(total);
}

function daysInMonth(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

export function formatTimestamp(value: CelTimestamp): string {
  const seconds = floorDivide(value.nanos, SECOND);
  const nanos = value.nanos - seconds * SECOND;
  const iso = new Date(Number(seconds) * 1000).toISOString();
  const fraction = nanos === 0n ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return `${iso.slice(0, 19)}${fraction}Z`;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n, us: 1000n, 'µs': 1000n, 'μs': 1000n, ms: 1_000_000n, s: SECOND, m: 60n * SECOND, h: 3600n * SECOND,
};
const DURATION = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;

/** `1h30m`, `-1.5s`, `0`; undefined if the text is no duration, or none that 64 bits hold. */
export function parseDuration(text: string): CelDuration | undefined {
  if (/^[+-]?0$/.test(text)) return new CelDuration(0n);
  if (!DURATION.test(text)) return undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = UNITS[unit] ?? 0n;
    total += BigInt(whole === '' ? '0' : whole) * scale;
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    if (total > MAX_DURATION + 1n) return undefined;
  }
  if (text.startsWith('-')) total = -total;
  return total > MAX_DURATION ? undefined : new CelDuration(total);
}

/** Seconds, as protobuf writes durations: `90s`, `-1.5s`. */
export function formatDuration(value: CelDuration): string {
  const negative = value.nanos < 0n;
  const nanos = negative ? -value.nanos : value.nanos;
  const rest = nanos % SECOND;
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
  return `${negative ? '-' : ''}${nanos / SECOND}${fraction}s`;
}

export interface CalendarFields {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** From 0. */
  readonly yearDay: number;
  readonly milliseconds: number;
}

/** A time on the calendar and clock of a zone: a name of the time zone database, or an offset such as `-02:30`. */
export function calendar(value: CelTimestamp, zone: string): CalendarFields {
  const milliseconds = Number(floorDivide(value.nanos, 1_000_000n));
  const local = new Date(milliseconds + zoneOffset(milliseconds, zone) * 60_000);
  const start = new Date(0);
  start.setUTCFullYear(local.getUTCFullYear(), 0, 1);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    weekday: local.getUTCDay(),
    yearDay: Math.floor((local.getTime() - start.getTime()) / 86_400_000),
    milliseconds: local.getUTCMilliseconds(),
  };
}

/** Minutes east of Greenwich. */
function zoneOffset(milliseconds: number, zone: string): number {
  if (zone === '' || zone === 'UTC') return 0;
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
  } catch {
    return fail(`unknown time zone ${zone}`);
  }
  const parts = new Map(format.formatToParts(milliseconds).map((part) => [part.type, Number(part.value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return Math.round((local - Math.floor(milliseconds / 1000) * 1000) / 60_000);
}

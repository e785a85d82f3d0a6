/** Times as they come in: RFC 3339, with Go's words for what is wrong with one. */

const RFC3339 = '2006-01-02T15:04:05Z07:00';
const RFC3339_MICRO = '2006-01-02T15:04:05.000000Z07:00';

/** A text that is no time; the message is that of Go's time.Parse. */
export class TimeParseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TimeParseError';
  }
}

/** A point in time: whole seconds since 1970 (may be negative) and the nanoseconds beyond. */
export interface Instant {
  readonly seconds: number;
  readonly nanoseconds: number;
}

interface Reader {
  readonly text: string;
  readonly layout: string;
  rest: string;
}

/** Parses a `metav1.Time`: a fraction of the second is allowed. Throws TimeParseError. */
export function parseRfc3339(text: string): Instant {
  return parse(text, RFC3339);
}

/** Parses a `metav1.MicroTime`: the fraction must have six digits. Throws TimeParseError. */
export function parseRfc3339Micro(text: string): Instant {
  return parse(text, RFC3339_MICRO);
}

/** Milliseconds since 1970 of a `metav1.Time`; undefined when it is none. */
export function timeToMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    const { seconds, nanoseconds } = parseRfc3339(text);
    return seconds * 1000 + Math.floor(nanoseconds / 1e6);
  } catch (error) {
    if (error instanceof TimeParseError) return undefined;
    throw error;
  }
}

const CANONICAL_TIME = /^20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/;

/** A `metav1.Time` as it travels on: UTC, whole seconds. Throws TimeParseError. */
export function canonicalizeTime(text: string): string {
  return CANONICAL_TIME.test(text) ? text : `${formatSeconds(parseRfc3339(text).seconds)}Z`;
}

/** A `metav1.MicroTime` as it travels on: UTC, six digits behind the second. Throws TimeParseError. */
export function canonicalizeMicroTime(text: string): string {
  const { seconds, nanoseconds } = parseRfc3339Micro(text);
  return `${formatSeconds(seconds)}.${String(Math.floor(nanoseconds / 1000)).padStart(6, '0')}Z`;
}

function formatSeconds(seconds: number): string {
  // Years beyond 9999 (a last second of 9999 west of Greenwich) have a sign and six digits in ISO texts, none in Go's.
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, '').replace(/^\+0*/, '');
}

function parse(text: string, layout: string): Instant {
  const reader: Reader = { text, layout, rest: text };
  const year = take(reader, /^[0-9]{4}/, '2006');
  skip(reader, '-');
  const month = inRange(reader, take(reader, /^[0-9]{2}/, '01'), { from: 1, to: 12, name: 'month' });
  skip(reader, '-');
  const day = take(reader, /^[0-9]{2}/, '02');
  skip(reader, 'T');
  const hour = inRange(reader, take(reader, /^[0-9]{1,2}/, '15'), { from: 0, to: 23, name: 'hour' });
  skip(reader, ':');
  const minute = inRange(reader, take(reader, /^[0-9]{2}/, '04'), { from: 0, to: 59, name: 'minute' });
  skip(reader, ':');
  const second = inRange(reader, take(reader, /^[0-9]{2}/, '05'), { from: 0, to: 59, name: 'second' });
  const nanoseconds = takeFraction(reader);
  const offsetSeconds = takeZone(reader);
  if (reader.rest !== '') throw new TimeParseError(`parsing time ${quote(text)}: extra text: ${quote(reader.rest)}`);
  if (day < 1 || day > daysIn(year, month)) outOfRange(reader, 'day');
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return { seconds: date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offsetSeconds, nanoseconds };
}

function take(reader: Reader, pattern: RegExp, element: string): number {
  const digits = pattern.exec(reader.rest)?.[0];
  if (digits === undefined) return cannotParse(reader, element);
  reader.rest = reader.rest.slice(digits.length);
  return Number(digits);
}

function skip(reader: Reader, prefix: string): void {
  if (!reader.rest.startsWith(prefix)) cannotParse(reader, prefix);
  reader.rest = reader.rest.slice(prefix.length);
}

function inRange(reader: Reader, value: number, range: { from: number; to: number; name: string }): number {
  if (value < range.from || value > range.to) outOfRange(reader, range.name);
  return value;
}

/** The nanoseconds behind the second: free in a Time, exactly six digits in a MicroTime. */
function takeFraction(reader: Reader): number {
  const micro = reader.layout === RFC3339_MICRO;
  const digits = (micro ? /^[.,]([0-9]{6})/ : /^[.,]([0-9]+)/).exec(reader.rest);
  if (digits === null) return micro ? cannotParse(reader, '.000000') : 0;
  reader.rest = reader.rest.slice(digits[0].length);
  return Number((digits[1] ?? '').slice(0, 9).padEnd(9, '0'));
}

/** The zone's seconds east of Greenwich. */
function takeZone(reader: Reader): number {
  if (reader.rest.startsWith('Z')) {
    reader.rest = reader.rest.slice(1);
    return 0;
  }
  const zone = /^([+-])([0-9]{2}):([0-9]{2})/.exec(reader.rest);
  if (zone === null) return cannotParse(reader, 'Z07:00');
  const [whole, sign, hours, minutes] = zone;
  inRange(reader, Number(hours), { from: 0, to: 24, name: 'time zone offset hour' });
  inRange(reader, Number(minutes), { from: 0, to: 60, name: 'time zone offset minute' });
  reader.rest = reader.rest.slice(whole.length);
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function cannotParse({ text, layout, rest }: Reader, element: string): never {
  throw new TimeParseError(`parsing time ${quote(text)} as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(element)}`);
}

function outOfRange({ text }: Reader, name: string): never {
  throw new TimeParseError(`parsing time ${quote(text)}: ${name} out of range`);
}

/** The time package quotes by itself: everything that is not printable ASCII goes by its bytes. */
function quote(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/[^ -~]+/gu, (run) =>
    Array.from(Buffer.from(run), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return `"${escaped}"`;
}

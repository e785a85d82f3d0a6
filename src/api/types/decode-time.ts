import { quoteGo } from '../../machinery/go-format.ts';
import { DecodeError } from './decode-error.ts';

/** The layouts of meta/v1 Time and MicroTime, in Go's notation. */
const LAYOUT = { time: '2006-01-02T15:04:05Z07:00', microtime: '2006-01-02T15:04:05.000000Z07:00' } as const;
export type TimeForm = keyof typeof LAYOUT;

const CANONICAL = {
  time: /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/,
  microtime: /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$/,
} as const;

/** Go's zero time, which re-encodes as null. */
export const ZERO_TIME_SECONDS = -62_135_596_800;

export interface ParsedTime {
  /** Since 1970. */
  readonly seconds: number;
  readonly nanos: number;
}

/**
 * Reads a time as Go's time.Parse reads it with RFC 3339 (a fraction of any length is taken) or RFC 3339 with exactly six
 * digits of fraction. Throws DecodeError with Go's words.
 */
export function parseTime(text: string, form: TimeForm): ParsedTime {
  return new TimeReader(text, form).read();
}

/** The form in which the API shows it: UTC, with seconds or microseconds. */
export function formatTime({ seconds, nanos }: ParsedTime, form: TimeForm): string {
  const base = new Date(seconds * 1000).toISOString().replace(/\.000Z$/, '');
  return form === 'time' ? `${base}Z` : `${base}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z`;
}

/** The text as kube-apiserver would send it back; undefined for Go's zero time. */
export function canonicalTime(text: string, form: TimeForm): string | undefined {
  const parsed = parseTime(text, form);
  if (parsed.seconds === ZERO_TIME_SECONDS && parsed.nanos === 0) return undefined;
  return CANONICAL[form].test(text) ? text : formatTime(parsed, form);
}

class TimeReader {
  readonly #text: string;
  readonly #form: TimeForm;
  #at = 0;

  constructor(text: string, form: TimeForm) {
    this.#text = text;
    this.#form = form;
  }

  read(): ParsedTime {
    const year = this.#digits(4, '2006');
    this.#literal('-');
    const month = this.#digits(2, '01');
    if (month < 1 || month > 12) this.#outOfRange('month');
    this.#literal('-');
    const day = this.#digits(2, '02');
    this.#literal('T');
    const hour = this.#hour();
    this.#literal(':');
    const minute = this.#digits(2, '04');
    if (minute > 59) this.#outOfRange('minute');
    this.#literal(':');
    const second = this.#digits(2, '05');
    if (second > 59) this.#outOfRange('second');
    const nanos = this.#fraction();
    const offsetSeconds = this.#zone();
    if (this.#at < this.#text.length) this.#fail(`: extra text: ${quoteGo(this.#text.slice(this.#at))}`);
    if (day < 1 || day > daysIn(year, month)) this.#outOfRange('day');
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    date.setUTCHours(hour, minute, second);
    return { seconds: date.getTime() / 1000 - offsetSeconds, nanos };
  }

  #digits(count: number, element: string): number {
    const piece = this.#text.slice(this.#at, this.#at + count);
    if (piece.length < count || !/^[0-9]+$/.test(piece)) this.#cannotParse(element);
    this.#at += count;
    return Number(piece);
  }

  /** Go takes an hour of one digit. */
  #hour(): number {
    const digits = /^[0-9]{1,2}/.exec(this.#text.slice(this.#at, this.#at + 2))?.[0];
    if (digits === undefined) this.#cannotParse('15');
    this.#at += digits.length;
    const hour = Number(digits);
    if (hour > 23) this.#outOfRange('hour');
    return hour;
  }

  #fraction(): number {
    const rest = this.#text.slice(this.#at, this.#at + 64);
    const found = (this.#form === 'microtime' ? /^[.,]([0-9]{6})/ : /^[.,]([0-9]+)/).exec(rest);
    if (found === null) {
      if (this.#form === 'microtime') this.#cannotParse('.000000');
      return 0;
    }
    this.#at += found[0].length;
    return Number((found[1] ?? '').slice(0, 9).padEnd(9, '0'));
  }

  #zone(): number {
    if (this.#text[this.#at] === 'Z') {
      this.#at++;
      return 0;
    }
    const found = /^([+-])([0-9]{2}):([0-9]{2})/.exec(this.#text.slice(this.#at, this.#at + 6));
    if (found === null) this.#cannotParse('Z07:00');
    const hours = Number(found[2]);
    const minutes = Number(found[3]);
    if (hours > 24) this.#outOfRange('time zone offset hour');
    if (minutes > 60) this.#outOfRange('time zone offset minute');
    this.#at += found[0].length;
    return (found[1] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  }

  #literal(char: string): void {
    if (this.#text[this.#at] !== char) this.#cannotParse(char);
    this.#at++;
  }

  #cannotParse(element: string): never {
    const rest = quoteGo(this.#text.slice(this.#at));
    throw new DecodeError(`parsing time ${quoteGo(this.#text)} as ${quoteGo(LAYOUT[this.#form])}: cannot parse ${rest} as ${quoteGo(element)}`);
  }

  #outOfRange(what: string): never {
    this.#fail(`: ${what} out of range`);
  }

  #fail(message: string): never {
    throw new DecodeError(`parsing time ${quoteGo(this.#text)}${message}`);
  }
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year < 100 ? year + 400 : year, month, 0)).getUTCDate();
}

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
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const EVERY = '@every ';

/**
 * What is wrong with a cron schedule (five fields, or a descriptor such as `@daily` and `@every 1h`), in the words of
 * the parser that Kubernetes uses; undefined when it is well formed.
 */
export function scheduleFault(schedule: string): string | undefined {
  let text = schedule;
  if (text.startsWith('TZ=') || text.startsWith('CRON_TZ=')) {
    const end = text.includes(' ') ? text.indexOf(' ') : text.length;
    const zone = text.slice(text.indexOf('=') + 1, end);
    if (!isTimeZone(zone)) return `provided bad location ${zone}: unknown time zone ${zone}`;
    text = text.slice(end).trim();
  }
  if (text.startsWith('@')) return descriptorFault(text);
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== FIELDS.length) return `expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [i, bounds] of FIELDS.entries()) {
    for (const range of (fields[i] ?? '').split(',')) {
      const fault = range === '' ? undefined : rangeFault(range, bounds);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

function descriptorFault(text: string): string | undefined {
  if (DESCRIPTORS.includes(text)) return undefined;
  if (!text.startsWith(EVERY)) return `unrecognized descriptor: ${text}`;
  try {
    parseDuration(text.slice(EVERY.length));
    return undefined;
  } catch (error) {
    if (error instanceof DurationError) return `failed to parse duration ${text}: ${error.message}`;
    throw error;
  }
}

/** `*`, `5`, `1-5`, each with `/step`. */
function rangeFault(text: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...more] = text.split('/');
  const limits = range.split('-');
  let start = bounds.min;
  let end = bounds.max;
  if (limits[0] !== '*' && limits[0] !== '?') {
    const first = parseValue(limits[0] ?? '', bounds);
    if (typeof first === 'string') return first;
    const last = limits.length === 2 ? parseValue(limits[1] ?? '', bounds) : first;
    if (limits.length > 2) return `too many hyphens: ${text}`;
    if (typeof last === 'string') return last;
    start = first;
    // `5/10` goes on to the end.
    end = limits.length === 1 && step !== undefined ? bounds.max : last;
  }
  const stride = step === undefined ? 1 : parseNumber(step);
  if (typeof stride === 'string') return stride;
  if (more.length > 0) return `too many slashes: ${text}`;
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${text}`;
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${text}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`;
  return stride === 0 ? `step of range should be a positive number: ${text}` : undefined;
}

/** The number, or what is wrong with it. */
function parseValue(text: string, { names }: Bounds): number | string {
  const named = text === '' ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1);
  return named >= 0 ? named : parseNumber(text);
}

function parseNumber(text: string): number | string {
  if (!/^[+-]?[0-9]{1,15}$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${quoteGo(text)}: invalid syntax`;
  const value = Number(text);
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
}

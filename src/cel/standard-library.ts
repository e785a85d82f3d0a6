import { fail, noSuchOverload } from './evaluation-error.ts';
import { declare, overload } from './functions.ts';
import type { FunctionDeclaration, Implementation, Library, LiteralCheck } from './functions.ts';
import { STANDARD_MACROS } from './macros.ts';
import { doubleToInt, doubleToUint, formatDouble, toInt, toUint } from './numbers.ts';
import { RegexCache, compileRegex } from './regex.ts';
import { calendar, formatDuration, formatTimestamp, parseDuration, parseTimestamp, timestamp, duration } from './time.ts';
import type { CalendarFields } from './time.ts';
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, LIST_DYN, MAP_DYN, NULL, STRING, TIMESTAMP, UINT, typeOf } from './types.ts';
import { CelDouble, CelDuration, CelList, CelObject, CelTimestamp, CelTypeValue, CelUint, isMap, stringSize } from './values.ts';
import type { CelValue } from './values.ts';
import * as op from './operators.ts';
import { equal } from './equality.ts';
import { valueType } from './value-type.ts';

const COMPARABLE = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'] as const;
const NUMBERS = ['int', 'uint', 'double'] as const;
/** How overload ids name types. */
const ID: Readonly<Record<string, string>> = { int: 'int64', uint: 'uint64' };
const idOf = (type: string): string => ID[type] ?? type;

function comparison(name: string, prefix: string, call: Implementation, crossType: boolean): FunctionDeclaration {
  const own = COMPARABLE.map((type) => overload(`${prefix}_${idOf(type)}`, `(${type}, ${type}) -> bool`, call));
  const crossed = NUMBERS.flatMap((a) =>
    NUMBERS.filter((b) => b !== a).map((b) => overload(`${prefix}_${idOf(a)}_${idOf(b)}`, `(${a}, ${b}) -> bool`, call)),
  );
  return declare(name, ...own, ...(crossType ? crossed : []));
}

const arithmetic = (name: string, prefix: string, types: readonly string[], call: Implementation, extra: readonly (readonly [string, string])[] = []): FunctionDeclaration =>
  declare(
    name,
    ...types.map((type) => overload(`${prefix}_${idOf(type)}`, `(${type}, ${type}) -> ${type}`, call)),
    ...extra.map(([id, signature]) => overload(`${prefix}_${id}`, signature, call)),
  );

/** Operators whose evaluation order or laziness the evaluator knows itself: declared for the checker only. */
const control: Implementation = () => fail('not a function');

function operators(crossType: boolean): FunctionDeclaration[] {
  return [
    declare('_?_:_', overload('conditional', '(bool, A, A) -> A', control)),
    declare('_&&_', overload('logical_and', '(bool, bool) -> bool', control)),
    declare('_||_', overload('logical_or', '(bool, bool) -> bool', control)),
    declare('@not_strictly_false', overload('not_strictly_false', '(bool) -> bool', (a) => a)),
    declare('!_', overload('logical_not', '(bool) -> bool', (a) => (typeof a === 'boolean' ? !a : noSuchOverload()))),
    declare('_==_', overload('equals', '(A, A) -> bool', (a, b) => equal(a as CelValue, b as CelValue))),
    declare('_!=_', overload('not_equals', '(A, A) -> bool', (a, b) => !equal(a as CelValue, b as CelValue))),
    arithmetic('_+_', 'add', ['bytes', 'double'], op.add as Implementation, [
      ['duration_duration', '(duration, duration) -> duration'],
      ['duration_timestamp', '(duration, timestamp) -> timestamp'],
      ['timestamp_duration', '(timestamp, duration) -> timestamp'],
      ['int64', '(int, int) -> int'],
      ['list', '(list(A), list(A)) -> list(A)'],
      ['string', '(string, string) -> string'],
      ['uint64', '(uint, uint) -> uint'],
    ]),
    arithmetic('_-_', 'subtract', ['double'], op.subtract as Implementation, [
      ['duration_duration', '(duration, duration) -> duration'],
      ['int64', '(int, int) -> int'],
      ['timestamp_duration', '(timestamp, duration) -> timestamp'],
      ['timestamp_timestamp', '(timestamp, timestamp) -> duration'],
      ['uint64', '(uint, uint) -> uint'],
    ]),
    arithmetic('_*_', 'multiply', ['double', 'int', 'uint'], op.multiply as Implementation),
    arithmetic('_/_', 'divide', ['double', 'int', 'uint'], op.divide as Implementation),
    arithmetic('_%_', 'modulo', ['int', 'uint'], op.modulo as Implementation),
    declare('-_', overload('negate_double', '(double) -> double', op.negate as Implementation), overload('negate_int64', '(int) -> int', op.negate as Implementation)),
    comparison('_<_', 'less', op.less as Implementation, crossType),
    comparison('_<=_', 'less_equals', op.lessOrEqual as Implementation, crossType),
    comparison('_>_', 'greater', op.greater as Implementation, crossType),
    comparison('_>=_', 'greater_equals', op.greaterOrEqual as Implementation, crossType),
    declare('_[_]', overload('index_list', '(list(A), int) -> A', op.at as Implementation), overload('index_map', '(map(A, B), A) -> B', op.at as Implementation)),
    declare('@in', overload('in_list', '(A, list(A)) -> bool', op.isIn as Implementation), overload('in_map', '(A, map(A, B)) -> bool', op.isIn as Implementation)),
  ];
}

function size(value: CelValue): CelValue {
  if (typeof value === 'string') return stringSize(value);
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof CelList || (value !== null && typeof value === 'object' && isMap(value))) return value.size;
  return value instanceof CelObject ? Object.keys(value.json).length : noSuchOverload();
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  '1': true, t: true, T: true, true: true, TRUE: true, True: true, '0': false, f: false, F: false, false: false, FALSE: false, False: false,
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const text = (call: (value: string) => CelValue): Implementation => (value) => (typeof value === 'string' ? call(value) : noSuchOverload());

function textToInteger(value: string, kind: 'int' | 'uint'): bigint {
  const pattern = kind === 'int' ? /^[+-]?\d+$/ : /^\d+$/;
  const message = `type conversion error from 'string' to '${kind}'`;
  if (!pattern.test(value)) return fail(message);
  const number = BigInt(value.replace(/^\+/, ''));
  const [low, high] = kind === 'int' ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  return number < low || number > high ? fail(message) : number;
}

function textToDouble(value: string): CelDouble {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(value);
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return new CelDouble(Number.NaN);
    return new CelDouble(special[1] === '-' ? -Infinity : Infinity);
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)) return fail("type conversion error from 'string' to 'double'");
  const number = Number(value);
  return Number.isFinite(number) ? new CelDouble(number) : fail("type conversion error from 'string' to 'double'");
}

function textToTimestamp(value: string): CelTimestamp {
  return parseTimestamp(value) ?? fail(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`);
}

function textToDuration(value: string): CelDuration {
  return parseDuration(value) ?? fail(`time: invalid duration ${JSON.stringify(value)}`);
}

const same: Implementation = (value) => value as CelValue;
const double = (value: unknown): number => (value instanceof CelDouble ? value.value : noSuchOverload());
const uint = (value: unknown): CelUint => (value instanceof CelUint ? value : noSuchOverload());
const time = (value: unknown): CelTimestamp => (value instanceof CelTimestamp ? value : noSuchOverload());
const span = (value: unknown): CelDuration => (value instanceof CelDuration ? value : noSuchOverload());
const int = (value: unknown): number | bigint => (typeof value === 'number' || typeof value === 'bigint' ? value : noSuchOverload());

const floorSeconds = (nanos: bigint): bigint => (nanos >= 0n ? nanos / 1_000_000_000n : -((-nanos + 999_999_999n) / 1_000_000_000n));

function decode(bytes: CelValue): string {
  if (!(bytes instanceof Uint8Array)) return noSuchOverload();
  try {
    return decoder.decode(bytes);
  } catch {
    return fail('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const CONVERSIONS: readonly FunctionDeclaration[] = [
  declare(
    'bool',
    overload('bool_to_bool', '(bool) -> bool', same),
    overload('string_to_bool', '(string) -> bool', text((v) => (Object.hasOwn(BOOLEANS, v) ? (BOOLEANS[v] as boolean) : fail(`type conversion error from 'string' to 'bool'`)))),
  ),
  declare(
    'bytes',
    overload('bytes_to_bytes', '(bytes) -> bytes', same),
    overload('string_to_bytes', '(string) -> bytes', text((v) => new TextEncoder().encode(v))),
  ),
  declare(
    'double',
    overload('double_to_double', '(double) -> double', same),
    overload('int64_to_double', '(int) -> double', (v) => new CelDouble(Number(int(v)))),
    overload('string_to_double', '(string) -> double', text(textToDouble)),
    overload('uint64_to_double', '(uint) -> double', (v) => new CelDouble(Number(uint(v).value))),
  ),
  declare(
    'duration',
    overload('duration_to_duration', '(duration) -> duration', same),
    overload('int64_to_duration', '(int) -> duration', (v) => duration(BigInt(int(v)))),
    overload('string_to_duration', '(string) -> duration', text(textToDuration)),
  ),
  declare('dyn', overload('to_dyn', '(A) -> dyn', same)),
  declare(
    'int',
    overload('int64_to_int64', '(int) -> int', same),
    overload('double_to_int64', '(double) -> int', (v) => doubleToInt(double(v))),
    overload('duration_to_int64', '(duration) -> int', (v) => toInt(span(v).nanos)),
    overload('string_to_int64', '(string) -> int', text((v) => toInt(textToInteger(v, 'int')))),
    overload('timestamp_to_int64', '(timestamp) -> int', (v) => toInt(floorSeconds(time(v).nanos))),
    overload('uint64_to_int64', '(uint) -> int', (v) => toInt(BigInt(uint(v).value))),
  ),
  declare(
    'string',
    overload('string_to_string', '(string) -> string', same),
    overload('bool_to_string', '(bool) -> string', String as Implementation),
    overload('bytes_to_string', '(bytes) -> string', decode as Implementation),
    overload('double_to_string', '(double) -> string', (v) => formatDouble(double(v))),
    overload('duration_to_string', '(duration) -> string', (v) => formatDuration(span(v))),
    overload('int64_to_string', '(int) -> string', (v) => String(int(v))),
    overload('timestamp_to_string', '(timestamp) -> string', (v) => formatTimestamp(time(v))),
    overload('uint64_to_string', '(uint) -> string', (v) => String(uint(v).value)),
  ),
  declare(
    'timestamp',
    overload('timestamp_to_timestamp', '(timestamp) -> timestamp', same),
    overload('int64_to_timestamp', '(int) -> timestamp', (v) => timestamp(BigInt(int(v)) * 1_000_000_000n)),
    overload('string_to_timestamp', '(string) -> timestamp', text(textToTimestamp)),
  ),
  declare('type', overload('type', '(A) -> type(A)', (v) => new CelTypeValue(valueType(v as CelValue)))),
  declare(
    'uint',
    overload('uint64_to_uint64', '(uint) -> uint', same),
    overload('double_to_uint64', '(double) -> uint', (v) => doubleToUint(double(v))),
    overload('int64_to_uint64', '(int) -> uint', (v) => toUint(BigInt(int(v)))),
    overload('string_to_uint64', '(string) -> uint', text((v) => toUint(textToInteger(v, 'uint')))),
  ),
];

const SIZE = declare(
  'size',
  ...['bytes', 'list(A)', 'map(A, B)', 'string'].flatMap((type) => {
    const id = type.replace(/\(.*/, '');
    return [overload(`size_${id}`, `(${type}) -> int`, size as Implementation), overload(`${id}_size`, `${type} . () -> int`, size as Implementation)];
  }),
);

const onStrings = (call: (a: string, b: string) => boolean): Implementation => (a, b) =>
  typeof a === 'string' && typeof b === 'string' ? call(a, b) : noSuchOverload();

function strings(cache: RegexCache): FunctionDeclaration[] {
  const matches: Implementation = (value, pattern) => {
    if (typeof value !== 'string' || typeof pattern !== 'string') return noSuchOverload();
    const regex = cache.get(pattern);
    return 'error' in regex ? fail(regex.error) : regex.test(value);
  };
  const prepare = (constants: readonly (CelValue | undefined)[]): Implementation | undefined => {
    const pattern = constants[1];
    if (typeof pattern !== 'string') return undefined;
    let regex: ReturnType<typeof compileRegex> | undefined;
    return (value) => {
      if (typeof value !== 'string') return noSuchOverload();
      regex ??= compileRegex(pattern);
      return 'error' in regex ? fail(regex.error) : regex.test(value);
    };
  };
  return [
    declare('contains', overload('contains_string', 'string . (string) -> bool', onStrings((a, b) => a.includes(b)))),
    declare('startsWith', overload('starts_with_string', 'string . (string) -> bool', onStrings((a, b) => a.startsWith(b)))),
    declare('endsWith', overload('ends_with_string', 'string . (string) -> bool', onStrings((a, b) => a.endsWith(b)))),
    declare('matches', overload('matches', '(string, string) -> bool', matches, prepare), overload('matches_string', 'string . (string) -> bool', matches, prepare)),
  ];
}

/** Name, overload name, what of the calendar, what of a duration. */
const ACCESSORS: readonly (readonly [string, string, (f: CalendarFields) => number, bigint?])[] = [
  ['getFullYear', 'year', (f) => f.year],
  ['getMonth', 'month', (f) => f.month],
  ['getDayOfYear', 'day_of_year', (f) => f.yearDay],
  ['getDayOfMonth', 'day_of_month', (f) => f.day - 1],
  ['getDate', 'day_of_month_1_based', (f) => f.day],
  ['getDayOfWeek', 'day_of_week', (f) => f.weekday],
  ['getHours', 'hours', (f) => f.hour, 3_600_000_000_000n],
  ['getMinutes', 'minutes', (f) => f.minute, 60_000_000_000n],
  ['getSeconds', 'seconds', (f) => f.second, 1_000_000_000n],
  ['getMilliseconds', 'milliseconds', (f) => f.milliseconds, 1_000_000n],
];

const TIMES: readonly FunctionDeclaration[] = ACCESSORS.map(([name, id, of, unit]) =>
  declare(
    name,
    overload(`timestamp_to_${id}`, 'timestamp . () -> int', (v) => of(calendar(time(v), 'UTC'))),
    overload(`timestamp_to_${id}_with_tz`, 'timestamp . (string) -> int', (v, zone) => of(calendar(time(v), typeof zone === 'string' ? zone : noSuchOverload()))),
    ...(unit === undefined
      ? []
      : [overload(`duration_to_${id}`, 'duration . () -> int', (v) => toInt(name === 'getMilliseconds' ? (span(v).nanos / unit) % 1000n : span(v).nanos / unit))]),
  ),
);

const TYPE_NAMES = [BOOL, BYTES, DOUBLE, DURATION, DYN, INT, LIST_DYN, MAP_DYN, NULL, STRING, TIMESTAMP, typeOf(), UINT];

/** The language's own functions. `crossTypeNumbers` lets the checker accept `1 < 2.0`. */
export function standardLibrary(options: { readonly crossTypeNumbers: boolean }): Library {
  return {
    name: 'stdlib',
    macros: STANDARD_MACROS,
    functions: [...operators(options.crossTypeNumbers), SIZE, ...CONVERSIONS, ...strings(new RegexCache()), ...TIMES],
    constants: TYPE_NAMES.map((type) => ({ name: type.name, type: typeOf(type), value: new CelTypeValue(type) })),
  };
}

const literal = (functionName: string, argument: number, valid: (value: string) => boolean): LiteralCheck => ({
  functionName,
  argument,
  check: (value) => (typeof value === 'string' && !valid(value) ? `invalid ${functionName} argument` : undefined),
});

/** Constant durations, times and patterns must be readable. */
export const LITERAL_CHECKS: readonly LiteralCheck[] = [
  literal('duration', 0, (value) => parseDuration(value) !== undefined),
  literal('timestamp', 0, (value) => parseTimestamp(value) !== undefined),
  literal('matches', 0, (value) => !('error' in compileRegex(value))),
];


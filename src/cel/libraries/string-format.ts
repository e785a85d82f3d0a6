import { fail } from '../evaluation-error.ts';
import { formatDouble } from '../numbers.ts';
import { checkResultSize } from '../operators.ts';
import { formatDuration, formatTimestamp } from '../time.ts';
import { CelDouble, CelDuration, CelList, CelTimestamp, CelTypeValue, CelUint, isMap, valueOfKey } from '../values.ts';
import type { CelMap, CelValue } from '../values.ts';
import { valueType } from '../value-type.ts';

const MAX_PRECISION = 1000;

/** `'%s has %d'.format([…])`: %s, %d, %f, %e, %b, %x, %X, %o and %%. */
export function formatText(pattern: string, args: CelList): string {
  let used = 0;
  let out = '';
  for (let at = 0; at < pattern.length; ) {
    const next = pattern.indexOf('%', at);
    if (next < 0) {
      out += pattern.slice(at);
      break;
    }
    out += pattern.slice(at, next);
    if (pattern[next + 1] === '%') {
      out += '%';
      at = next + 2;
      continue;
    }
    const clause = /^(?:\.(\d*))?(.?)/s.exec(pattern.slice(next + 1));
    const verb = clause?.[2] ?? '';
    if (verb === '') return fail('could not parse formatting clause: unexpected end of string');
    if (!'sdfebxXo'.includes(verb)) return fail(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
    if (used >= args.size) return fail(`index ${used} out of range`);
    const precision = clause?.[1] === undefined || clause[1] === '' ? 6 : Number(clause[1]);
    if (precision > MAX_PRECISION) return fail(`could not parse formatting clause: precision ${precision} is too large`);
    out += clauseText(verb, precision, args.get(used++));
    checkResultSize(out.length);
    at = next + 1 + (clause?.[0].length ?? 1);
  }
  return out;
}

function clauseText(verb: string, precision: number, value: CelValue): string {
  switch (verb) {
    case 's':
      return stringText(value);
    case 'd':
      return decimalText(value);
    case 'f':
      return floatText(value, verb, (n) => fixed(n, Math.min(precision, 100)));
    case 'e':
      return floatText(value, verb, (n) => exponent(n, Math.min(precision, 100)));
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      return radix(value, 2, 'binary');
    case 'o':
      return radix(value, 8, 'octal');
    default:
      return hexText(value, verb);
  }
}

function wrongType(clause: string, value: CelValue, allowed: string): never {
  return fail(`error during formatting: ${clause} clause can only be used on ${allowed}, was given ${valueType(value).name}`);
}

const integerOf = (value: CelValue): bigint | undefined => {
  if (typeof value === 'number' || typeof value === 'bigint') return BigInt(value);
  return value instanceof CelUint ? BigInt(value.value) : undefined;
};

function radix(value: CelValue, base: number, clause: string): string {
  const integer = integerOf(value);
  return integer === undefined ? wrongType(clause, value, base === 2 ? 'integers and bools' : 'integers') : integer.toString(base);
}

function hexText(value: CelValue, verb: string): string {
  let hex: string;
  const integer = integerOf(value);
  if (integer !== undefined) hex = integer.toString(16);
  else if (typeof value === 'string') hex = Buffer.from(value, 'utf8').toString('hex');
  else if (value instanceof Uint8Array) hex = Buffer.from(value).toString('hex');
  else return wrongType('hex', value, 'integers, byte buffers, and strings');
  return verb === 'X' ? hex.toUpperCase() : hex;
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? undefined : value > 0 ? 'Infinity' : '-Infinity';
}

function decimalText(value: CelValue): string {
  const integer = integerOf(value);
  if (integer !== undefined) return integer.toString();
  if (value instanceof CelDouble) {
    return special(value.value) ?? fail(`error during formatting: decimal clause can only be used on integers, was given double`);
  }
  return wrongType('decimal', value, 'integers');
}

function floatText(value: CelValue, verb: string, show: (n: number) => string): string {
  const clause = verb === 'f' ? 'fixed-point' : 'scientific';
  const integer = integerOf(value);
  const number = value instanceof CelDouble ? value.value : integer === undefined ? undefined : Number(integer);
  if (number === undefined) return wrongType(clause, value, 'doubles');
  return special(number) ?? show(number);
}

/** Exact, with ties to even; JavaScript's own sends them away from zero. */
function fixed(value: number, precision: number): string {
  if (Math.abs(value) >= 1e21) return BigInt(value).toString() + (precision === 0 ? '' : `.${'0'.repeat(precision)}`);
  const rounded = value.toFixed(precision);
  // A double that lies halfway between two decimals has few digits, and all of them stand here.
  const exact = value.toFixed(100);
  const rest = exact.slice(exact.indexOf('.') + 1 + precision);
  if (!/^50*$/.test(rest) || /[02468]$/.test(rounded)) return rounded;
  return exact.slice(0, exact.indexOf('.') + (precision === 0 ? 0 : 1 + precision));
}

function exponent(value: number, precision: number): string {
  const [mantissa = '', power = '+0'] = value.toExponential(precision).split('e');
  return `${mantissa}e${power[0] ?? '+'}${power.slice(1).padStart(2, '0')}`;
}

function stringText(value: CelValue): string {
  return typeof value === 'object' ? objectText(value) : String(value);
}

function objectText(value: Exclude<CelValue, string | number | bigint | boolean>): string {
  if (value === null) return 'null';
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof CelDouble) return special(value.value) ?? formatDouble(value.value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof CelTimestamp) return formatTimestamp(value);
  if (value instanceof CelDuration) return formatDuration(value);
  if (value instanceof CelTypeValue) return value.name;
  if (value instanceof CelList) {
    const items: string[] = [];
    for (let i = 0; i < value.size; i++) items.push(stringText(value.get(i)));
    return `[${items.join(', ')}]`;
  }
  const map = isMap(value) ? value : undefined;
  return map === undefined ? wrongType('string', value, 'strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps') : mapText(map);
}

function mapText(map: CelMap): string {
  const entries = map.keys().map((key) => [stringText(key), stringText(valueOfKey(map, key))] as const);
  entries.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  return `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`;
}

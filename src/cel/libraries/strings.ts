import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { FunctionDeclaration, Implementation, Library } from '../functions.ts';
import { checkResultSize } from '../operators.ts';
import { CelList } from '../values.ts';
import { formatText } from './string-format.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : noSuchOverload());
const whole = (value: unknown): number => (typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : noSuchOverload());

/** Strings are indexed by characters; those of one UTF-16 unit each are indexed directly. */
function characters(value: string): readonly string[] | string {
  return /[\ud800-\udfff]/.test(value) ? Array.from(value) : value;
}

const part = (chars: readonly string[] | string, from: number, to?: number): string =>
  typeof chars === 'string' ? chars.slice(from, to) : chars.slice(from, to).join('');

const charAt: Implementation = (value, index) => {
  const chars = characters(text(value));
  const at = whole(index);
  if (at < 0 || at > chars.length) return fail(`index out of range: ${at}`);
  return chars[at] ?? '';
};

function find(chars: readonly string[] | string, wanted: readonly string[] | string, from: number): number {
  if (typeof chars === 'string' && typeof wanted === 'string') return chars.indexOf(wanted, from);
  for (let i = from; i + wanted.length <= chars.length; i++) {
    let matched = 0;
    while (matched < wanted.length && chars[i + matched] === wanted[matched]) matched++;
    if (matched === wanted.length) return i;
  }
  return -1;
}

const indexOf: Implementation = (value, wanted, offset = 0) => {
  const chars = characters(text(value));
  const part = characters(text(wanted));
  const from = whole(offset);
  if (from < 0 || from > chars.length) return part.length === 0 && from === chars.length ? from : fail(`index out of range: ${from}`);
  return part.length === 0 ? from : find(chars, part, from);
};

const lastIndexOf: Implementation = (value, wanted, offset) => {
  const chars = characters(text(value));
  const part = characters(text(wanted));
  const from = offset === undefined ? chars.length : whole(offset);
  if (from < 0 || from > chars.length) return fail(`index out of range: ${from}`);
  if (part.length === 0) return from;
  for (let i = Math.min(from, chars.length - part.length); i >= 0; i--) {
    let matched = 0;
    while (matched < part.length && chars[i + matched] === part[matched]) matched++;
    if (matched === part.length) return i;
  }
  return -1;
};

const substring: Implementation = (value, start, end) => {
  const chars = characters(text(value));
  const from = whole(start);
  const to = end === undefined ? chars.length : whole(end);
  if (end === undefined && (from < 0 || from > chars.length)) return fail(`index out of range: ${from}`);
  if (from > to) return fail(`invalid substring range. start: ${from}, end: ${to}`);
  if (from < 0 || from > chars.length) return fail(`index out of range: ${from}`);
  if (to < 0 || to > chars.length) return fail(`index out of range: ${to}`);
  return part(chars, from, to);
};

const replace: Implementation = (value, from, to, limit) => {
  const [input, old, fresh] = [text(value), text(from), text(to)];
  const most = limit === undefined ? -1 : whole(limit);
  if (most === 0) return input;
  const count = old === '' ? Array.from(input).length + 1 : input.split(old, most < 0 ? undefined : most + 1).length - 1;
  const times = most < 0 ? count : Math.min(count, most);
  checkResultSize(input.length + times * Math.max(0, fresh.length - old.length));
  if (most < 0 && old !== '') return input.replaceAll(old, () => fresh);
  if (old === '') {
    const chars = Array.from(input);
    return chars.map((char, i) => (i < times ? fresh + char : char)).join('') + (times > chars.length ? fresh : '');
  }
  let out = '';
  let at = 0;
  for (let i = 0; i < times; i++) {
    const next = input.indexOf(old, at);
    out += input.slice(at, next) + fresh;
    at = next + old.length;
  }
  return out + input.slice(at);
};

const split: Implementation = (value, separator, limit) => {
  const [input, by] = [text(value), text(separator)];
  const most = limit === undefined ? -1 : whole(limit);
  if (most === 0) return new CelList([]);
  if (most === 1) return new CelList([input]);
  const parts = by === '' ? Array.from(input) : input.split(by);
  if (most < 0 || parts.length <= most) return new CelList(parts);
  return new CelList([...parts.slice(0, most - 1), parts.slice(most - 1).join(by)]);
};

const join: Implementation = (list, separator = '') => {
  if (!(list instanceof CelList)) return noSuchOverload();
  const between = text(separator);
  const parts: string[] = [];
  let size = 0;
  for (let i = 0; i < list.size; i++) {
    const part = text(list.get(i));
    size += part.length + between.length;
    parts.push(part);
  }
  checkResultSize(size);
  return parts.join(between);
};

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\', '"': '\\"',
};

// oxlint-disable-next-line no-control-regex
const quote: Implementation = (value) => `"${text(value).toWellFormed().replace(/[\u0007\b\f\n\r\t\v\\"]/g, (char) => ESCAPES[char] ?? char)}"`;

/** White space as Unicode and Go count it. */
const SPACES = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const trim: Implementation = (value) => text(value).replace(new RegExp(`^${SPACES}|${SPACES}$`, 'g'), '');

const ascii = (value: unknown, pattern: RegExp, change: (char: string) => string): string => text(value).replace(pattern, change);

const BASE: readonly FunctionDeclaration[] = [
  declare('charAt', overload('string_char_at_int', 'string . (int) -> string', charAt)),
  declare('indexOf', overload('string_index_of_string', 'string . (string) -> int', indexOf), overload('string_index_of_string_int', 'string . (string, int) -> int', indexOf)),
  declare(
    'lastIndexOf',
    overload('string_last_index_of_string', 'string . (string) -> int', lastIndexOf),
    overload('string_last_index_of_string_int', 'string . (string, int) -> int', lastIndexOf),
  ),
  declare('lowerAscii', overload('string_lower_ascii', 'string . () -> string', (value) => ascii(value, /[A-Z]/g, (c) => c.toLowerCase()))),
  declare('upperAscii', overload('string_upper_ascii', 'string . () -> string', (value) => ascii(value, /[a-z]/g, (c) => c.toUpperCase()))),
  declare(
    'replace',
    overload('string_replace_string_string', 'string . (string, string) -> string', replace),
    overload('string_replace_string_string_int', 'string . (string, string, int) -> string', replace),
  ),
  declare('split', overload('string_split_string', 'string . (string) -> list(string)', split), overload('string_split_string_int', 'string . (string, int) -> list(string)', split)),
  declare('substring', overload('string_substring_int', 'string . (int) -> string', substring), overload('string_substring_int_int', 'string . (int, int) -> string', substring)),
  declare('trim', overload('string_trim', 'string . () -> string', trim)),
  declare('join', overload('list_join', 'list(string) . () -> string', join), overload('list_join_string', 'list(string) . (string) -> string', join)),
];

const FORMATTING: readonly FunctionDeclaration[] = [
  declare('format', overload('string_format', 'string . (list(dyn)) -> string', (value, args) => (args instanceof CelList ? formatText(text(value), args) : noSuchOverload()))),
  declare('strings.quote', overload('strings_quote', '(string) -> string', quote)),
];

const REVERSE = declare('reverse', overload('string_reverse', 'string . () -> string', (value) => Array.from(text(value)).reverse().join('')));

/** The extended strings, in CEL's versions: 1 adds formatting and quoting, 3 adds reversing. */
export function strings(version: 0 | 1 | 2 | 3 | 4): Library {
  return { name: 'strings', functions: [...BASE, ...(version >= 1 ? FORMATTING : []), ...(version >= 3 ? [REVERSE] : [])] };
}

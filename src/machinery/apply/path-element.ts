/**
 * One step of a path into an object, in the text that FieldsV1 uses for it:
 *
 *     f:name                    a field, or a key of a map
 *     k:{"name":"x"}            the item of a list whose key fields have these values, names in order
 *     v:"x"                     the item of a set with this value
 *     i:0                       a position
 *
 * The text is canonical: two steps are the same step exactly when their texts are equal.
 */
import { compareBytes, formatGoValue, quoteGo } from '../go-format.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

export type PathElement = string;

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** A list item by its key fields. `names` must be in ascending order; a name without a value is left out. */
export function keyElement(names: readonly string[], values: readonly unknown[]): PathElement {
  let text = 'k:{';
  for (let i = 0; i < names.length; i++) {
    if (values[i] === undefined) continue;
    if (text.length > 3) text += ',';
    text += `${JSON.stringify(names[i])}:${valueText(values[i])}`;
  }
  return `${text}}`;
}

export function valueElement(value: unknown): PathElement {
  return `v:${valueText(value)}`;
}

/** JSON as Go's encoder writes it: keys in order, and the characters of HTML escaped. */
function valueText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'string') return JSON.stringify(sortKeys(value));
  const text = JSON.stringify(value);
  return /[<>&\u2028\u2029]/.test(text)
    ? text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort(compareBytes);
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key])]));
}

/**
 * The canonical text of a step that came from outside. Undefined for a kind of step that is not known, which readers
 * skip; throws a SyntaxError for what is no step at all.
 */
export function canonicalElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new SyntaxError('key must be 2 characters long');
  if (text[1] !== ':') throw new SyntaxError(`missing colon: ${text}`);
  switch (text.slice(0, 1)) {
    case 'f':
      return text;
    case 'v':
      return exactly(text, valueElement(JSON.parse(text.slice(2))));
    case 'k': {
      const key: unknown = JSON.parse(text.slice(2));
      if (!isJsonObject(key)) throw new SyntaxError(`not a key: ${text}`);
      const names = Object.keys(key).sort(compareBytes);
      return exactly(text, keyElement(names, names.map((name) => key[name])));
    }
    case 'i': {
      if (!/^i:[+-]?\d{1,15}$/.test(text)) throw new SyntaxError(`not an index: ${text}`);
      return `i:${Number(text.slice(2))}`;
    }
    default:
      return undefined;
  }
}

/** Integers beyond 2^53 would come out rounded: such a text is taken as it is. */
function exactly(text: string, canonical: string): string {
  return /\d{16}/.test(text) ? text : canonical;
}

/** The step as messages show it: `.spec`, `[name="x"]`, `[="x"]`, `[0]`. */
export function formatElement(element: PathElement): string {
  switch (element.slice(0, 1)) {
    case 'f':
      return `.${element.slice(2)}`;
    case 'k': {
      const key = JSON.parse(element.slice(2)) as JsonObject;
      return `[${Object.keys(key).map((name) => `${name}=${showValue(key[name])}`).join(',')}]`;
    }
    case 'v':
      return `[=${showValue(JSON.parse(element.slice(2)))}]`;
    default:
      return `[${element.slice(2)}]`;
  }
}

export function formatPath(path: readonly PathElement[]): string {
  return path.map(formatElement).join('');
}

function showValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quoteGo(value);
  if (Array.isArray(value)) return `[${value.map(showValue).join(',')}]`;
  if (isJsonObject(value)) return Object.keys(value).map((key) => `${key}=${showValue(value[key])}`).join('');
  return formatGoValue(value);
}

const RANKS = '.fkvi';

/** Kubernetes' order of steps: `.` (the place itself), then fields, keys, values, positions. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0;
  const kind = a[0] ?? '';
  if (kind !== b[0]) return RANKS.indexOf(kind) - RANKS.indexOf(b[0] ?? '');
  switch (kind) {
    case 'k':
      return compareKeys(JSON.parse(a.slice(2)) as JsonObject, JSON.parse(b.slice(2)) as JsonObject);
    case 'v':
      return compareJson(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
    case 'i':
      return Number(a.slice(2)) - Number(b.slice(2));
    default:
      return compareBytes(a, b);
  }
}

/** Both keys have their names in order. */
function compareKeys(a: JsonObject, b: JsonObject): number {
  const left = Object.keys(a);
  const right = Object.keys(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const name = left[i] ?? '';
    const order = compareBytes(name, right[i] ?? '') || compareJson(a[name], b[name]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Numbers come before strings, strings before booleans, then lists, maps and null. */
function compareJson(a: unknown, b: unknown): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (typeof a === 'string') return compareBytes(a, b as string);
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const order = compareJson(a[i], b[i]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (isJsonObject(a) && isJsonObject(b)) return compareKeys(a, b);
  return Number(a) - Number(b);
}

function rankOf(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return 0;
  if (typeof value === 'string') return 1;
  if (typeof value === 'boolean') return 2;
  if (Array.isArray(value)) return 3;
  return value === null ? 5 : 4;
}

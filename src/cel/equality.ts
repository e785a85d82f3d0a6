import { noSuchOverload } from './evaluation-error.ts';
import { compareNumbers } from './numbers.ts';
import type { Int } from './numbers.ts';
import { CelDouble, CelDuration, CelList, CelObject, CelOptional, CelTimestamp, CelTypeValue, CelUint, JsonMap, isMap, isOpaque } from './values.ts';
import type { CelMap, CelValue, MapKey } from './values.ts';

/** Equality across all types: numbers by what they count, everything else only with its own type. */
export function equal(a: CelValue, b: CelValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' && typeof b !== 'object') return false;
  const left = numberOf(a);
  if (left !== undefined) {
    const right = numberOf(b);
    return right !== undefined && compareNumbers(left, a instanceof CelDouble, right, b instanceof CelDouble) === 0;
  }
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof CelList) return b instanceof CelList && equalLists(a, b);
  if (a instanceof CelObject) return equalObjects(a, b);
  if (isMap(a)) return isMap(b) ? equalMaps(a, b) : b instanceof CelObject && equalObjects(b, a);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0;
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp && a.nanos === b.nanos;
  if (a instanceof CelDuration) return b instanceof CelDuration && a.nanos === b.nanos;
  if (a instanceof CelTypeValue) return b instanceof CelTypeValue && a.name === b.name;
  if (a instanceof CelOptional) return b instanceof CelOptional && equalOptionals(a, b);
  return isOpaque(a) && isOpaque(b) && a.celType.name === b.celType.name && a.equals(b);
}

/** A number of any type as JavaScript counts it; undefined for what is none. */
export function numberOf(value: CelValue): Int | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  return value instanceof CelDouble || value instanceof CelUint ? value.value : undefined;
}

function equalOptionals(a: CelOptional, b: CelOptional): boolean {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equal(a.value, b.value);
}

function equalLists(a: CelList, b: CelList): boolean {
  if (a.size !== b.size) return false;
  if (a.schema?.listType === 'set') return equalSets(a, b);
  if (a.schema?.listType === 'map') return equalKeyedLists(a, b, a.schema.listMapKeys ?? []);
  for (let i = 0; i < a.size; i++) if (!equal(a.get(i), b.get(i))) return false;
  return true;
}

/** A text that is the same for equal strings, numbers and booleans; undefined for other values. */
export function scalarKey(value: CelValue): string | undefined {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'boolean') return `b${value}`;
  const number = numberOf(value);
  return number === undefined || Number.isNaN(number as number) ? undefined : `n${number}`;
}

function equalSets(a: CelList, b: CelList): boolean {
  const keys = new Set<string>();
  const others: CelValue[] = [];
  for (let i = 0; i < b.size; i++) {
    const item = b.get(i);
    const key = scalarKey(item);
    if (key === undefined) others.push(item);
    else keys.add(key);
  }
  for (let i = 0; i < a.size; i++) {
    const item = a.get(i);
    const key = scalarKey(item);
    if (key === undefined ? !others.some((other) => equal(item, other)) : !keys.has(key)) return false;
  }
  return true;
}

/** The values of an item's keys, as one text. */
export function listMapKey(item: CelValue, keys: readonly string[]): string {
  const parts = keys.map((key) => {
    const value = item instanceof CelObject ? item.get(key) : item !== null && isMap(item) ? item.get(key) : undefined;
    return value === undefined ? '' : (scalarKey(value) ?? '');
  });
  return JSON.stringify(parts);
}

function equalKeyedLists(a: CelList, b: CelList, keys: readonly string[]): boolean {
  const items = new Map<string, CelValue>();
  for (let i = 0; i < b.size; i++) items.set(listMapKey(b.get(i), keys), b.get(i));
  for (let i = 0; i < a.size; i++) {
    const item = a.get(i);
    const other = items.get(listMapKey(item, keys));
    if (other === undefined || !equal(item, other)) return false;
  }
  return true;
}

/** What a map knows a key by; undefined for values that cannot be keys. */
export function mapKey(value: CelValue): MapKey | undefined {
  if (typeof value !== 'object') return value;
  if (value instanceof CelUint) return value.value;
  return value instanceof CelDouble && Number.isInteger(value.value) ? normalized(value.value) : undefined;
}

function normalized(value: number): MapKey {
  return Number.isSafeInteger(value) ? (value === 0 ? 0 : value) : BigInt(value);
}

function equalMaps(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false;
  for (const key of a.keys()) {
    const known = mapKey(key);
    const left = known === undefined ? undefined : a.get(known);
    const right = known === undefined ? undefined : b.get(known);
    if (left === undefined || right === undefined || !equal(left, right)) return false;
  }
  return true;
}

function equalObjects(a: CelObject, b: CelValue): boolean {
  if (b === null || typeof b !== 'object') return false;
  if (b instanceof CelObject) {
    if (a.declaration.name !== b.declaration.name) return false;
    const keys = Object.keys(a.json);
    return keys.length === Object.keys(b.json).length && keys.every((key) => Object.hasOwn(b.json, key) && equalFields(a, b, key));
  }
  return b instanceof JsonMap && equal(b, new JsonMap(a.json, b.element));
}

/** Fields that the declaration does not know are compared as the JSON they are. */
function equalFields(a: CelObject, b: CelObject, key: string): boolean {
  const left = a.declaration.fieldByKey?.(key);
  const right = b.declaration.fieldByKey?.(key);
  if (left === undefined || right === undefined) return JSON.stringify(a.json[key]) === JSON.stringify(b.json[key]);
  return equal(left.schema.read(a.json[key]), right.schema.read(b.json[key]));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Strings by their code points (JavaScript's own order differs beyond the first plane). */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for code points above all others.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}

/** Less than zero, zero, more than zero; undefined where NaN is one side. Fails for what has no order. */
export function compare(a: CelValue, b: CelValue): number | undefined {
  const left = numberOf(a);
  const right = numberOf(b);
  if (left !== undefined && right !== undefined) {
    return compareNumbers(left, a instanceof CelDouble, right, b instanceof CelDouble);
  }
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof CelTimestamp && b instanceof CelTimestamp) return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  if (a instanceof CelDuration && b instanceof CelDuration) return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  return noSuchOverload();
}

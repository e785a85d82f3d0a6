import { compare, equal, listMapKey, mapKey, numberOf, scalarKey } from './equality.ts';
import { EvaluationCancelled, fail, indexOutOfBounds, noSuchKey, noSuchOverload } from './evaluation-error.ts';
import { addInt, divideInt, moduloInt, multiplyInt, negateInt, subtractInt, uintArithmetic } from './numbers.ts';
import { duration, timestamp } from './time.ts';
import { CelDouble, CelDuration, CelList, CelObject, CelOptional, CelTimestamp, CelUint, isMap, isInt } from './values.ts';
import type { CelValue, MapKey } from './values.ts';
import { valueType } from './value-type.ts';

/** No list, string or byte sequence that an expression makes may be longer: what it costs to make is not what it costs to keep. */
export const MAX_RESULT_SIZE = 16_000_000;

export function checkResultSize(size: number): void {
  // oxlint-disable-next-line typescript/only-throw-error
  if (size > MAX_RESULT_SIZE) throw new EvaluationCancelled('operation cancelled: result too large');
}

export function add(a: CelValue, b: CelValue): CelValue {
  if (isInt(a) && isInt(b)) return addInt(a, b);
  if (typeof a === 'string' && typeof b === 'string') {
    checkResultSize(a.length + b.length);
    return a + b;
  }
  if (a instanceof CelDouble && b instanceof CelDouble) return new CelDouble(a.value + b.value);
  if (a instanceof CelUint && b instanceof CelUint) return uintArithmetic('add', a, b);
  if (a instanceof CelList && b instanceof CelList) return concatenate(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    checkResultSize(a.length + b.length);
    const joined = new Uint8Array(a.length + b.length);
    joined.set(a);
    joined.set(b, a.length);
    return joined;
  }
  if (a instanceof CelDuration && b instanceof CelDuration) return duration(a.nanos + b.nanos);
  if (a instanceof CelDuration && b instanceof CelTimestamp) return timestamp(a.nanos + b.nanos);
  if (a instanceof CelTimestamp && b instanceof CelDuration) return timestamp(a.nanos + b.nanos);
  return noSuchOverload();
}

/** Sets join as sets and keyed lists by their keys (later items win); others one behind the other. */
function concatenate(a: CelList, b: CelList): CelList {
  checkResultSize(a.size + b.size);
  if (a.schema?.listType === undefined && a.element === undefined && b.element === undefined) return new CelList(a.items.concat(b.items));
  const items: CelValue[] = [];
  for (let i = 0; i < a.size; i++) items.push(a.get(i));
  const kind = a.schema?.listType;
  if (kind === 'set') {
    const known = new Set(items.map(scalarKey));
    for (let i = 0; i < b.size; i++) {
      const item = b.get(i);
      const key = scalarKey(item);
      if (key === undefined ? items.some((other) => equal(other, item)) : known.has(key)) continue;
      known.add(key);
      items.push(item);
    }
  } else if (kind === 'map') {
    const keys = a.schema?.listMapKeys ?? [];
    const places = new Map(items.map((item, index) => [listMapKey(item, keys), index]));
    for (let i = 0; i < b.size; i++) {
      const item = b.get(i);
      const place = places.get(listMapKey(item, keys));
      if (place === undefined) items.push(item);
      else items[place] = item;
    }
  } else {
    for (let i = 0; i < b.size; i++) items.push(b.get(i));
  }
  return new CelList(items);
}

export function subtract(a: CelValue, b: CelValue): CelValue {
  if (isInt(a) && isInt(b)) return subtractInt(a, b);
  if (a instanceof CelDouble && b instanceof CelDouble) return new CelDouble(a.value - b.value);
  if (a instanceof CelUint && b instanceof CelUint) return uintArithmetic('subtract', a, b);
  if (a instanceof CelDuration && b instanceof CelDuration) return duration(a.nanos - b.nanos);
  if (a instanceof CelTimestamp && b instanceof CelDuration) return timestamp(a.nanos - b.nanos);
  if (a instanceof CelTimestamp && b instanceof CelTimestamp) return duration(a.nanos - b.nanos);
  return noSuchOverload();
}

export function multiply(a: CelValue, b: CelValue): CelValue {
  if (isInt(a) && isInt(b)) return multiplyInt(a, b);
  if (a instanceof CelDouble && b instanceof CelDouble) return new CelDouble(a.value * b.value);
  if (a instanceof CelUint && b instanceof CelUint) return uintArithmetic('multiply', a, b);
  return noSuchOverload();
}

export function divide(a: CelValue, b: CelValue): CelValue {
  if (isInt(a) && isInt(b)) return divideInt(a, b);
  if (a instanceof CelDouble && b instanceof CelDouble) return new CelDouble(a.value / b.value);
  if (a instanceof CelUint && b instanceof CelUint) return uintArithmetic('divide', a, b);
  return noSuchOverload();
}

export function modulo(a: CelValue, b: CelValue): CelValue {
  if (isInt(a) && isInt(b)) return moduloInt(a, b);
  if (a instanceof CelUint && b instanceof CelUint) return uintArithmetic('modulo', a, b);
  return noSuchOverload();
}

export function negate(a: CelValue): CelValue {
  if (isInt(a)) return negateInt(a);
  return a instanceof CelDouble ? new CelDouble(-a.value) : noSuchOverload();
}

export const less = (a: CelValue, b: CelValue): boolean => (compare(a, b) ?? 1) < 0;
export const lessOrEqual = (a: CelValue, b: CelValue): boolean => (compare(a, b) ?? 1) <= 0;
export const greater = (a: CelValue, b: CelValue): boolean => (compare(a, b) ?? -1) > 0;
export const greaterOrEqual = (a: CelValue, b: CelValue): boolean => (compare(a, b) ?? -1) >= 0;

export function isIn(item: CelValue, collection: CelValue): boolean {
  if (collection instanceof CelList) {
    for (let i = 0; i < collection.size; i++) if (equal(item, collection.get(i))) return true;
    return false;
  }
  if (collection === null || typeof collection !== 'object') return noSuchOverload();
  if (isMap(collection)) {
    const key = mapKey(item);
    return key !== undefined && collection.has(key);
  }
  if (collection instanceof CelObject) return typeof item === 'string' && collection.get(item) !== undefined;
  return noSuchOverload();
}

/** A list index given as any number that is whole; undefined if it is none. */
function indexOf(value: CelValue): number | undefined {
  const number = numberOf(value);
  if (number === undefined) return undefined;
  return typeof number === 'number' && Number.isInteger(number) ? number : typeof number === 'bigint' ? Number(number) : undefined;
}

/** What stands at an index, key or field; undefined where nothing does. Fails for values that have no parts. */
export function lookup(container: CelValue, index: CelValue): CelValue | undefined {
  if (container instanceof CelList) {
    const at = indexOf(index);
    if (at === undefined) return numberOf(index) === undefined ? noSuchOverload() : fail(`unsupported index value: ${String(numberOf(index))}`);
    return at >= 0 && at < container.size ? container.get(at) : undefined;
  }
  if (container === null || typeof container !== 'object') return noSuchOverload();
  if (isMap(container)) {
    const key = mapKey(index);
    return key === undefined ? undefined : container.get(key);
  }
  if (container instanceof CelObject) return typeof index === 'string' ? container.get(index) : noSuchOverload();
  return noSuchOverload();
}

/** `a[i]` and `a.f`: of an optional, an optional. */
export function at(container: CelValue, index: CelValue): CelValue {
  if (container instanceof CelOptional) return optionalAt(container, index);
  const found = lookup(container, index);
  if (found !== undefined) return found;
  if (container instanceof CelList) return indexOutOfBounds(numberOf(index));
  return noSuchKey(showKey(index));
}

/** `a[?i]` and `a.?f`. */
export function optionalAt(container: CelValue, index: CelValue): CelOptional {
  const inner = container instanceof CelOptional ? container.value : container;
  if (inner === undefined) return CelOptional.none;
  const found = lookup(inner, index);
  return found === undefined ? CelOptional.none : new CelOptional(found);
}

function showKey(key: CelValue): unknown {
  return key instanceof CelDouble || key instanceof CelUint ? key.value : key;
}

/** Adds to a map in the making; keys are strings, integers and booleans, each once. */
export function putEntry(map: Map<MapKey, readonly [CelValue, CelValue]>, key: CelValue, value: CelValue): void {
  const known = key instanceof CelDouble ? undefined : mapKey(key);
  if (known === undefined) return fail(`unsupported key type: ${valueType(key).name}`);
  if (map.has(known)) return fail(`Failed with repeated key: ${String(known)}`);
  map.set(known, [key, value]);
}

/** Laying what a manager applied over what is there. */
import { setOwn, type JsonObject, type JsonValue } from '../json.ts';
import type { ListSchema, MergeSchema } from '../merge-schema.ts';
import { listItemElement, ListItemError } from './list-item.ts';
import { formatElement, type PathElement } from './path-element.ts';
import { ANY_MAP, asList, asObject, childSchema, isEmptyObject, type ObjectSchema } from './schema-children.ts';

/** The values cannot be merged; the message is Kubernetes' text with its path. */
export class MergeError extends Error {
  override name = 'MergeError';
}

/**
 * `live` with every field of `applied`, which wins. Neither is changed; the result shares with both. Items of lists keep
 * the order in which the applier has them, and the others stay where they stood among them. Throws MergeError.
 */
export function mergeValues(live: unknown, applied: unknown, schema: MergeSchema): unknown {
  return mergeAt(live, applied, schema, '');
}

function mergeAt(live: unknown, applied: unknown, schema: MergeSchema, path: string): unknown {
  if (applied === undefined || applied === live) return live;
  if (live === undefined || schema.kind === 'scalar') return applied;
  if (schema.kind === 'list') return schema.listType === 'atomic' ? applied : mergeLists(live, applied, schema, path);
  if (schema.kind !== 'any') return schema.atomic ? applied : mergeObjects(live, applied, schema, path);
  return applied === null || asObject(applied) !== undefined ? mergeObjects(live, applied, ANY_MAP, path) : applied;
}

/** Null and a value of another type count as an object without fields; between two of those the applied one wins. */
function mergeObjects(live: unknown, applied: unknown, schema: ObjectSchema, path: string): unknown {
  const left = asObject(live);
  const right = asObject(applied);
  if (right === undefined || isEmptyObject(right)) return left === undefined || isEmptyObject(left) ? applied : live;
  if (left === undefined) return applied;
  const merged: JsonObject = { ...left };
  for (const key of Object.keys(right)) {
    const before = Object.hasOwn(left, key) ? left[key] : undefined;
    setOwn(merged, key, mergeAt(before, right[key], childSchema(schema, key), `${path}.${key}`) as JsonValue | undefined);
  }
  return merged;
}

interface Items {
  readonly elements: readonly PathElement[];
  readonly values: readonly unknown[];
  /** By element; undefined for one that appears twice, which merges with nothing. */
  readonly single: ReadonlyMap<PathElement, unknown>;
}

function readItems(values: readonly unknown[], schema: ListSchema, path: string, allowDuplicates: boolean): Items {
  const single = new Map<PathElement, unknown>();
  const elements = values.map((value, i) => {
    const element = readElement(value, schema, `${path}: element ${i}`);
    const repeated = single.has(element);
    if (repeated && !allowDuplicates) throw new MergeError(`${path}: duplicate entries for key ${formatElement(element)}`);
    single.set(element, repeated ? undefined : value);
    return element;
  });
  return { elements, values, single };
}

function readElement(value: unknown, schema: ListSchema, place: string): PathElement {
  try {
    return listItemElement(schema, value);
  } catch (error) {
    if (error instanceof ListItemError) throw new MergeError(`${place}: ${error.message}`, { cause: error });
    throw error;
  }
}

function mergeLists(live: unknown, applied: unknown, schema: ListSchema, path: string): unknown {
  const left = asList(live) ?? [];
  const right = asList(applied) ?? [];
  if (right.length === 0) return left.length === 0 ? applied : live;
  if (left.length === 0) return applied;
  return mergeItems(readItems(left, schema, path, true), readItems(right, schema, path, false), schema, path);
}

/**
 * Walks both lists at once. Items of one side only are taken where they are met, the live side first; an item of both is
 * taken when the applier's list arrives at it, and the live list is advanced past those that the applier moved. Every
 * round advances one of the two: an item of both that is not yet taken still stands ahead in the applier's list.
 */
function mergeItems(live: Items, applied: Items, schema: ListSchema, path: string): unknown[] {
  const merged: unknown[] = [];
  const taken = new Set<PathElement>();
  const shared = applied.elements.filter((element) => live.single.has(element));
  let nextShared = 0;
  const take = (element: PathElement): void => {
    taken.add(element);
    merged.push(mergeAt(live.single.get(element), applied.single.get(element), schema.element, `${path}${formatElement(element)}`));
    if (shared[nextShared] === element) nextShared++;
  };
  let l = 0;
  let a = 0;
  while (l < live.elements.length || a < applied.elements.length) {
    const here = live.elements[l];
    const there = applied.elements[a];
    if (here !== undefined && here === there) {
      take(here);
      l++;
      a++;
    } else if (here !== undefined && !applied.single.has(here)) {
      merged.push(live.values[l]);
      l++;
    } else if (here !== undefined && there !== undefined && nextShared < shared.length && shared[nextShared] !== here) {
      l++;
    } else {
      if (here !== undefined && taken.has(here)) l++;
      if (there === undefined) continue;
      take(there);
      a++;
    }
  }
  return merged;
}

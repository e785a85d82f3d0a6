import { getOwn, isJsonObject } from '../json.ts';
import type { ListSchema } from '../merge-schema.ts';
import { compareBytes, quoteGo } from '../go-format.ts';
import { keyElement, valueElement, type PathElement } from './path-element.ts';

/** An item that cannot be told from the others. The message is Kubernetes' text, without the item's position. */
export class ListItemError extends Error {
  override name = 'ListItemError';
}

/**
 * The path element of an item of a list of type `set` or `map`. A key field that the item leaves out has its default,
 * then its zero; a key field without either is left out of the element. Throws ListItemError.
 */
export function listItemElement(schema: ListSchema, item: unknown): PathElement {
  return schema.listType === 'map' ? keyedItem(schema, item) : setItem(item);
}

function keyedItem(schema: ListSchema, item: unknown): PathElement {
  if (item === null || item === undefined) throw new ListItemError('associative list with keys may not have a null element');
  if (!isJsonObject(item)) throw new ListItemError('associative list with keys may not have non-map elements');
  const names = inOrder(schema.keys);
  const values = names.map((name) => getOwn(item, name) ?? keyDefault(schema, name, Object.hasOwn(item, name)));
  if (values.every((value) => value === undefined)) {
    const keys = schema.keys.map(quoteGo).join(' ');
    throw new ListItemError(`associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`);
  }
  return keyElement(names, values);
}

function keyDefault(schema: ListSchema, name: string, present: boolean): unknown {
  if (present) return null;
  const field = schema.element.kind === 'struct' ? schema.element.field(name) : undefined;
  return field?.default ?? field?.zero ?? undefined;
}

/** Key fields usually stand in order, and there are seldom more than two. */
function inOrder(keys: readonly string[]): readonly string[] {
  for (let i = 1; i < keys.length; i++) if (compareBytes(keys[i - 1] ?? '', keys[i] ?? '') > 0) return [...keys].sort(compareBytes);
  return keys;
}

function setItem(item: unknown): PathElement {
  if (isJsonObject(item)) throw new ListItemError("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new ListItemError('not supported: associative list with lists as elements');
  if (item === null || item === undefined) throw new ListItemError("associative list without keys has an element that's an explicit null");
  return valueElement(item);
}

/** As listItemElement, for values that were validated elsewhere: undefined for an item that cannot be told apart. */
export function tryListItemElement(schema: ListSchema, item: unknown): PathElement | undefined {
  try {
    return listItemElement(schema, item);
  } catch (error) {
    if (error instanceof ListItemError) return undefined;
    throw error;
  }
}

/** Items by their path element, in the order in which each element is first seen; more than one means duplicates. */
export function indexItems(schema: ListSchema, items: readonly unknown[]): Map<PathElement, unknown[]> {
  const index = new Map<PathElement, unknown[]>();
  for (const item of items) {
    const element = tryListItemElement(schema, item);
    if (element === undefined) continue;
    const same = index.get(element);
    if (same === undefined) index.set(element, [item]);
    else same.push(item);
  }
  return index;
}

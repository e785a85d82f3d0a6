import { formatGoValue } from './go-format.ts';
import { getOwn, isJsonObject, type JsonArray, type JsonObject, type JsonValue } from './json.ts';
import { cleanPatchMap, cleanPatchValue, DIRECTIVE } from './strategic-merge-clean.ts';
import { noMergeKey, StrategicMergeError, unknownDirective } from './strategic-merge-error.ts';

/** How a list merges: scalars have no key, objects are told apart by one. */
export interface ListMerge {
  readonly mergeKey: string | undefined;
  /** For messages. */
  readonly typeName: string;
  mergeItem(original: JsonObject, patch: JsonObject): JsonObject;
}

/**
 * Merges a patch's list into the original: items of the patch come in its order, those that only the original has keep
 * their place among the ones both have.
 */
export function mergeList(original: JsonArray, patch: JsonArray, merge: ListMerge): JsonArray {
  if (original.length === 0 && patch.length === 0) return original;
  if (elementKind(original, patch) !== 'object') {
    return reorder([...new Set([...original, ...patch])], { order: patch, serverOrder: original, mergeKey: undefined });
  }
  const { mergeKey } = merge;
  if (mergeKey === undefined) throw new StrategicMergeError(`cannot merge lists without merge key for ${merge.typeName}`);
  const { kept, rest } = obeyDirectives(original, patch, mergeKey);
  return reorder(mergeItems(kept, rest, { ...merge, mergeKey }), { order: rest, serverOrder: kept, mergeKey });
}

/** `$deleteFromPrimitiveList`: the original without the patch's items. */
export function deleteFromList(original: JsonArray, patch: JsonArray): JsonArray {
  const gone = new Set(patch);
  return original.some((item) => gone.has(item)) ? original.filter((item) => !gone.has(item)) : original;
}

/** Takes the patch's `$patch` items out of it and does what they say to the original. */
function obeyDirectives(original: JsonArray, patch: JsonArray, mergeKey: string): { kept: JsonArray; rest: JsonArray } {
  const rest: JsonArray = [];
  const deleted = new Set<JsonValue | undefined>();
  let replace = false;
  for (const item of patch as JsonObject[]) {
    const directive = getOwn(item, DIRECTIVE);
    if (directive === undefined) {
      rest.push(item);
    } else if (directive === 'delete') {
      if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey);
      deleted.add(item[mergeKey]);
    } else if (directive === 'replace') {
      replace = true;
    } else if (directive === 'merge') {
      throw new StrategicMergeError('merging lists cannot yet be specified in the patch');
    } else {
      throw unknownDirective(directive, item);
    }
  }
  if (replace) return { kept: cleanPatchValue(rest) as JsonArray, rest: [] };
  const kept = deleted.size === 0 ? original : original.filter((item) => !deleted.has(keyOf(item, mergeKey)));
  return { kept, rest };
}

function mergeItems(original: JsonArray, patch: JsonArray, merge: ListMerge & { mergeKey: string }): JsonArray {
  const { mergeKey } = merge;
  const merged = [...original];
  const positions = positionsByKey(original, mergeKey);
  for (const item of patch as JsonObject[]) {
    if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey);
    const key = item[mergeKey];
    const position = positions.get(key);
    if (position === undefined) {
      positions.set(key, merged.push(cleanPatchMap(item)) - 1);
    } else {
      merged[position] = merge.mergeItem(merged[position] as JsonObject, item);
    }
  }
  return merged;
}

export interface ListOrder {
  /** The items that stand in the patch's order, or just their keys. */
  readonly order: JsonArray;
  readonly serverOrder: JsonArray;
  readonly mergeKey: string | undefined;
}

/** Brings a merged list into the patch's order; what the patch does not name keeps its place in the original's. */
export function reorder(merged: JsonArray, { order, serverOrder, mergeKey }: ListOrder): JsonArray {
  const wanted = positionsByKey(order, mergeKey);
  const before = positionsByKey(serverOrder, mergeKey);
  const ours: JsonArray = [];
  const theirs: JsonArray = [];
  for (const item of merged) {
    const key = keyOf(item, mergeKey);
    if (key === undefined) throw noMergeKey(item, mergeKey ?? '');
    (wanted.has(key) ? ours : theirs).push(item);
  }
  const by = (positions: ReadonlyMap<JsonValue | undefined, number>) => (a: JsonValue, b: JsonValue) =>
    (positions.get(keyOf(a, mergeKey)) ?? 0) - (positions.get(keyOf(b, mergeKey)) ?? 0);
  ours.sort(by(wanted));
  theirs.sort(by(before));
  const result: JsonArray = [];
  let next = 0;
  for (const item of ours) {
    // An item that is new to the original has no place there: it comes before whatever is left.
    const position = before.get(keyOf(item, mergeKey)) ?? -1;
    while (next < theirs.length && (before.get(keyOf(theirs[next] as JsonValue, mergeKey)) ?? position) < position) {
      result.push(theirs[next] as JsonValue);
      next++;
    }
    result.push(item);
  }
  return [...result, ...theirs.slice(next)];
}

/** Refuses a patch whose items do not stand in the order that its own `$setElementOrder` gives. */
export function checkElementOrder(patch: JsonArray, order: JsonArray, mergeKey: string | undefined): void {
  const items = mergeKey === undefined ? patch : patch.filter((item) => !isJsonObject(item) || getOwn(item, DIRECTIVE) !== 'delete');
  let at = 0;
  for (const item of items) {
    const key = keyOf(item, mergeKey);
    while (at < order.length && keyOf(order[at] as JsonValue, mergeKey) !== key) at++;
    if (at++ >= order.length) {
      throw new StrategicMergeError(`The order in patch list:\n${formatGoValue(patch)}\n doesn't match $setElementOrder list:\n${formatGoValue(order)}\n`);
    }
  }
}

/** First positions by key. */
function positionsByKey(list: JsonArray, mergeKey: string | undefined): Map<JsonValue | undefined, number> {
  const positions = new Map<JsonValue | undefined, number>();
  list.forEach((item, i) => {
    const key = keyOf(item, mergeKey);
    if (!positions.has(key)) positions.set(key, i);
  });
  return positions;
}

/** What tells an item apart: its merge key's value, or the item itself. */
function keyOf(item: JsonValue, mergeKey: string | undefined): JsonValue | undefined {
  if (mergeKey === undefined) return item;
  return isJsonObject(item) ? getOwn(item, mergeKey) : undefined;
}

/** All items of both lists must be of one kind, and none a list. */
function elementKind(...lists: JsonArray[]): 'object' | 'scalar' {
  let first: string | undefined;
  for (const list of lists) {
    for (const item of list) {
      const type = goType(item);
      first ??= type;
      if (type.startsWith('[]')) throw new StrategicMergeError('lists of lists are not supported');
      if (type !== first) throw new StrategicMergeError(`list element types are not identical: ${first} ${type}`);
    }
  }
  return first?.startsWith('map') === true ? 'object' : 'scalar';
}

function goType(value: JsonValue): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'bigint' ? 'int64' : value === null ? '<nil>' : 'string';
}

/** What changed between two values of one type, as sets of paths. */
import { equalJson, type JsonObject } from '../json.ts';
import type { ListSchema, MergeSchema } from '../merge-schema.ts';
import { EMPTY_SET, LEAF, makeNode, recursiveDifference, union, type FieldSet } from './field-set.ts';
import { indexItems } from './list-item.ts';
import { fieldElement, type PathElement } from './path-element.ts';
import { ANY_MAP, asList, asObject, childSchema, isEmptyObject, zeroOf, type ObjectSchema } from './schema-children.ts';

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Absent where nothing changed; below the root, LEAF is the place itself. */
interface Change {
  readonly added?: FieldSet | undefined;
  readonly modified?: FieldSet | undefined;
  readonly removed?: FieldSet | undefined;
}

const LEAF_MODIFIED: Change = { modified: LEAF };
const NO_CHANGE: Comparison = { added: EMPTY_SET, modified: EMPTY_SET, removed: EMPTY_SET };

/**
 * Compares two objects of the type. Added and removed hold every path of what came or went, structs included; modified
 * holds leaves: scalars, atomic values, and the change between null and empty. Shared parts cost nothing.
 */
export function compareValues(before: unknown, after: unknown, schema: MergeSchema): Comparison {
  const change = before === after ? undefined : compareAt(before, after, schema);
  if (change === undefined) return NO_CHANGE;
  return { added: change.added ?? EMPTY_SET, modified: change.modified ?? EMPTY_SET, removed: change.removed ?? EMPTY_SET };
}

/** The comparison without the paths of `excluded` and all that is below them. */
export function excludeFields(comparison: Comparison, excluded: FieldSet | undefined): Comparison {
  if (excluded === undefined) return comparison;
  return {
    added: recursiveDifference(comparison.added, excluded),
    modified: recursiveDifference(comparison.modified, excluded),
    removed: recursiveDifference(comparison.removed, excluded),
  };
}

function compareAt(before: unknown, after: unknown, schema: MergeSchema): Change | undefined {
  if (before === after) return undefined;
  if (before === undefined) return { added: everyPath(after, schema) };
  if (after === undefined) return { removed: everyPath(before, schema) };
  if (schema.kind === 'scalar') return compareLeaf(before, after);
  if (schema.kind === 'list') return schema.listType === 'atomic' ? compareLeaf(before, after) : compareLists(before, after, schema);
  if (schema.kind === 'any') return compareUntyped(before, after);
  return schema.atomic ? compareLeaf(before, after) : compareObjects(before, after, schema);
}

function compareLeaf(before: unknown, after: unknown): Change | undefined {
  return equalJson(before, after) ? undefined : LEAF_MODIFIED;
}

function isPresentObject(value: unknown): value is JsonObject {
  const object = asObject(value);
  return object !== undefined && !isEmptyObject(object);
}

/** Without a schema an object may become a list or a scalar: then its fields go, and the place is modified. */
function compareUntyped(before: unknown, after: unknown): Change | undefined {
  const objects = Number(isPresentObject(before)) + Number(isPresentObject(after));
  if (objects === 0) return compareLeaf(before, after);
  const change = compareObjects(before, after, ANY_MAP);
  const other = isPresentObject(before) ? after : before;
  if (objects === 2 || other === null || asObject(other) !== undefined) return change;
  return { ...change, modified: LEAF };
}

function compareObjects(before: unknown, after: unknown, schema: ObjectSchema): Change | undefined {
  const left = asObject(before);
  const right = asObject(after);
  if (isEmptyObject(left) && isEmptyObject(right)) return compareLeaf(before, after);
  const changes = new ChangeBuilder();
  for (const key in right) {
    if (Object.hasOwn(right, key)) compareField(key, left, right, schema, changes);
  }
  for (const key in left) {
    if (Object.hasOwn(left, key) && (right === undefined || !Object.hasOwn(right, key))) compareField(key, left, right, schema, changes);
  }
  return changes.finish();
}

function compareField(key: string, left: JsonObject | undefined, right: JsonObject | undefined, schema: ObjectSchema, changes: ChangeBuilder): void {
  let before: unknown = left !== undefined && Object.hasOwn(left, key) ? left[key] : undefined;
  let after: unknown = right !== undefined && Object.hasOwn(right, key) ? right[key] : undefined;
  if (before === after) return;
  if (before === undefined && left !== undefined) before = zeroOf(schema, key);
  if (after === undefined && right !== undefined) after = zeroOf(schema, key);
  const change = compareAt(before, after, childSchema(schema, key));
  if (change !== undefined) changes.add(fieldElement(key), change);
}

function compareLists(before: unknown, after: unknown, schema: ListSchema): Change | undefined {
  const left = asList(before) ?? [];
  const right = asList(after) ?? [];
  if ((left.length === 0 && right.length === 0) || equalJson(before, after)) return compareLeaf(before, after);
  const changes = new ChangeBuilder();
  const leftItems = indexItems(schema, left);
  const rightItems = indexItems(schema, right);
  for (const [element, items] of leftItems) {
    const change = compareItems(items, rightItems.get(element) ?? [], schema.element);
    if (change !== undefined) changes.add(element, change);
  }
  for (const [element, items] of rightItems) {
    const change = leftItems.has(element) ? undefined : compareItems([], items, schema.element);
    if (change !== undefined) changes.add(element, change);
  }
  return changes.finish();
}

/** Items with one key. Duplicates are compared as one value; single items are compared by their fields. */
function compareItems(before: readonly unknown[], after: readonly unknown[], schema: MergeSchema): Change | undefined {
  if (before.length <= 1 && after.length <= 1) return compareAt(before[0], after[0], schema);
  if (before.length >= 2 && after.length >= 2) return equalJson(before, after) ? undefined : LEAF_MODIFIED;
  if (before.length >= 2) return { removed: LEAF, added: after.length === 1 ? everyPath(after[0], schema) : undefined };
  return { added: LEAF, removed: before.length === 1 ? everyPath(before[0], schema) : undefined };
}

/** The place itself and every path below. */
function everyPath(value: unknown, schema: MergeSchema): FieldSet {
  if (schema.kind === 'scalar') return LEAF;
  if (schema.kind === 'list') return schema.listType === 'atomic' ? LEAF : everyItem(asList(value) ?? [], schema);
  if (schema.kind === 'any') return everyField(asObject(value), ANY_MAP);
  return schema.atomic ? LEAF : everyField(asObject(value), schema);
}

function everyField(value: JsonObject | undefined, schema: ObjectSchema): FieldSet {
  if (value === undefined) return LEAF;
  const elements: PathElement[] = [];
  const nodes: FieldSet[] = [];
  for (const key of Object.keys(value)) {
    if (value[key] === undefined) continue;
    elements.push(fieldElement(key));
    nodes.push(everyPath(value[key], childSchema(schema, key)));
  }
  return makeNode(true, elements, nodes);
}

function everyItem(items: readonly unknown[], schema: ListSchema): FieldSet {
  const elements: PathElement[] = [];
  const nodes: FieldSet[] = [];
  for (const [element, same] of indexItems(schema, items)) {
    elements.push(element);
    nodes.push(same.length > 1 ? LEAF : everyPath(same[0], schema.element));
  }
  return makeNode(true, elements, nodes);
}

/** Collects the changes of an object's fields or a list's items into those of the whole; most see one or two. */
class ChangeBuilder {
  #added: [PathElement[], FieldSet[]] | undefined;
  #modified: [PathElement[], FieldSet[]] | undefined;
  #removed: [PathElement[], FieldSet[]] | undefined;

  add(element: PathElement, change: Change): void {
    if (change.added !== undefined) push((this.#added ??= [[], []]), element, change.added);
    if (change.modified !== undefined) push((this.#modified ??= [[], []]), element, change.modified);
    if (change.removed !== undefined) push((this.#removed ??= [[], []]), element, change.removed);
  }

  finish(): Change | undefined {
    if (this.#added === undefined && this.#modified === undefined && this.#removed === undefined) return undefined;
    return { added: node(this.#added), modified: node(this.#modified), removed: node(this.#removed) };
  }
}

function push(target: [PathElement[], FieldSet[]], element: PathElement, set: FieldSet): void {
  target[0].push(element);
  target[1].push(set);
}

function node(parts: [PathElement[], FieldSet[]] | undefined): FieldSet | undefined {
  return parts && makeNode(false, parts[0], parts[1]);
}

/** What a writer of the change comes to own. */
export function touchedFields(comparison: Comparison): FieldSet {
  return union(comparison.modified, comparison.added);
}

/** Which paths a value claims: what an applier comes to own by sending it. */
import type { JsonObject } from '../json.ts';
import type { ListSchema, MergeSchema } from '../merge-schema.ts';
import { EMPTY_SET, LEAF, makeNode, type FieldSet } from './field-set.ts';
import { indexItems } from './list-item.ts';
import { fieldElement, type PathElement } from './path-element.ts';
import { ANY_MAP, asList, asObject, childSchema, isDeclaredField, isEmptyObject, type ObjectSchema } from './schema-children.ts';

/**
 * Scalars, atomic values, list items, keys of maps, nulls and empty objects are claimed; a struct with fields is claimed
 * through them. Items that appear twice are claimed without what is in them.
 */
export function toFieldSet(value: unknown, schema: MergeSchema): FieldSet {
  return nodeOf(value, schema, false) ?? EMPTY_SET;
}

/** Undefined: nothing here is claimed. `member`: the place itself is. */
function nodeOf(value: unknown, schema: MergeSchema, member: boolean): FieldSet | undefined {
  if (schema.kind === 'scalar') return LEAF;
  if (schema.kind === 'list') return schema.listType === 'atomic' ? LEAF : listNode(asList(value), schema, member);
  if (schema.kind !== 'any') return schema.atomic ? LEAF : objectNode(asObject(value), schema, member);
  return typeof value === 'object' && !Array.isArray(value) ? objectNode(asObject(value), ANY_MAP, member) : LEAF;
}

function nodeFrom(member: boolean, elements: PathElement[], nodes: FieldSet[]): FieldSet | undefined {
  return elements.length > 0 || member ? makeNode(member, elements, nodes) : undefined;
}

function objectNode(value: JsonObject | undefined, schema: ObjectSchema, member: boolean): FieldSet | undefined {
  const elements: PathElement[] = [];
  const nodes: FieldSet[] = [];
  for (const key of value === undefined ? [] : Object.keys(value)) {
    const child = value?.[key];
    if (child === undefined) continue;
    const claimed = child === null || !isDeclaredField(schema, key) || (!Array.isArray(child) && typeof child === 'object' && isEmptyObject(child));
    const node = nodeOf(child, childSchema(schema, key), claimed);
    if (node === undefined) continue;
    elements.push(fieldElement(key));
    nodes.push(node);
  }
  return nodeFrom(member, elements, nodes);
}

function listNode(items: readonly unknown[] | undefined, schema: ListSchema, member: boolean): FieldSet | undefined {
  const elements: PathElement[] = [];
  const nodes: FieldSet[] = [];
  for (const [element, same] of indexItems(schema, items ?? [])) {
    elements.push(element);
    nodes.push(same.length > 1 ? LEAF : (nodeOf(same[0], schema.element, true) ?? LEAF));
  }
  return nodeFrom(member, elements, nodes);
}

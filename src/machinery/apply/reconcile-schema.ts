/**
 * Field sets outlive the schema that they were written under. A list or map that became atomic is owned as a whole by
 * whoever owned something in it; one that became granular is owned, item by item as it stands now, by whoever owned it
 * as a whole.
 */
import { getOwn } from '../json.ts';
import { ANY_SCHEMA, type MergeSchema } from '../merge-schema.ts';
import { isEmptySet, LEAF, type FieldSet } from './field-set.ts';
import { tryListItemElement } from './list-item.ts';
import type { PathElement } from './path-element.ts';
import { asList, asObject, isDeclaredField } from './schema-children.ts';
import { toFieldSet } from './to-field-set.ts';

/** The set as the schema of today has it; the same set when nothing has to change. `live` is the object it is about. */
export function reconcileWithSchema(set: FieldSet, live: unknown, schema: MergeSchema): FieldSet {
  return reconcileChildren(set, schema, { live, schema, path: [] });
}

interface Walk {
  readonly live: unknown;
  readonly schema: MergeSchema;
  readonly path: PathElement[];
}

function reconcileNode(node: FieldSet, schema: MergeSchema, walk: Walk): FieldSet {
  if (schema.kind === 'scalar' || schema.kind === 'any' || isUntyped(schema)) return node;
  const atomic = schema.kind === 'list' ? schema.listType === 'atomic' : schema.atomic;
  if (atomic) return isEmptySet(node) ? node : LEAF;
  return isEmptySet(node) ? granularNode(node, schema, walk) : reconcileChildren(node, schema, walk);
}

/** Objects of unknown type say nothing about how they merge. */
function isUntyped(schema: MergeSchema): boolean {
  if (schema.kind === 'map') return schema.element.kind === 'any';
  return schema.kind === 'struct' && schema.preserveUnknown && schema.fieldNames().length === 0;
}

function reconcileChildren(node: FieldSet, schema: MergeSchema, walk: Walk): FieldSet {
  let result: Record<PathElement, FieldSet> | undefined;
  for (const element in node) {
    const child = node[element];
    const below = child && element !== '.' ? schemaBelow(schema, element) : undefined;
    if (child === undefined || below === undefined || below.kind === 'scalar') continue;
    walk.path.push(element);
    const reconciled = reconcileNode(child, below, walk);
    walk.path.pop();
    if (reconciled !== child) (result ??= { ...node })[element] = reconciled;
  }
  return result ?? node;
}

function schemaBelow(schema: MergeSchema, element: PathElement): MergeSchema | undefined {
  if (schema.kind === 'list') return element.startsWith('f:') ? undefined : schema.element;
  if (!element.startsWith('f:')) return undefined;
  if (schema.kind === 'map') return schema.element;
  if (schema.kind !== 'struct') return undefined;
  const name = element.slice(2);
  return isDeclaredField(schema, name) ? schema.field(name)?.schema : schema.preserveUnknown ? ANY_SCHEMA : undefined;
}

function granularNode(node: FieldSet, schema: MergeSchema, walk: Walk): FieldSet {
  const value = valueAt(walk.live, walk.schema, walk.path);
  const below = value === undefined || value === null ? LEAF : toFieldSet(value, schema);
  return isEmptySet(below) ? node : { '.': LEAF, ...below };
}

function valueAt(root: unknown, rootSchema: MergeSchema, path: readonly PathElement[]): unknown {
  let value: unknown = root;
  let schema: MergeSchema | undefined = rootSchema;
  for (const element of path) {
    const list = schema?.kind === 'list' ? schema : undefined;
    if (list !== undefined) {
      value = asList(value)?.find((item) => tryListItemElement(list, item) === element);
    } else {
      const object = asObject(value);
      value = object && getOwn(object, element.slice(2));
    }
    schema = schema && schemaBelow(schema, element);
  }
  return value;
}

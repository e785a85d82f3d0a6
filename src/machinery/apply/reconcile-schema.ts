import { ANY_SCHEMA, type MergeSchema } from '../merge-schema.ts';
import { isEmptySet, LEAF, type FieldSet } from './field-set.ts';
import type { PathElement } from './path-element.ts';
import { isDeclaredField } from './schema-children.ts';

/**
 * The set as the schema of today has it; the same set when nothing has to change. Field sets outlive the schema that
 * they were written under: what became atomic is owned as a whole by everyone who owned something in it. What became
 * granular stays owned as a place, and its parts are nobody's, since nothing tells who set which.
 */
export function reconcileWithSchema(set: FieldSet, schema: MergeSchema): FieldSet {
  let result: Record<PathElement, FieldSet> | undefined;
  for (const element in set) {
    const child = set[element];
    if (child === undefined || element === '.' || isEmptySet(child)) continue;
    const below = schemaBelow(schema, element);
    if (below === undefined || below.kind === 'scalar' || below.kind === 'any') continue;
    const atomic = below.kind === 'list' ? below.listType === 'atomic' : below.atomic;
    const reconciled = atomic ? (isUntyped(below) ? child : LEAF) : reconcileWithSchema(child, below);
    if (reconciled !== child) (result ??= { ...set })[element] = reconciled;
  }
  return result ?? set;
}

/** Objects of unknown type say nothing about how they merge. */
function isUntyped(schema: MergeSchema): boolean {
  if (schema.kind === 'map') return schema.element.kind === 'any';
  return schema.kind === 'struct' && schema.preserveUnknown && schema.fieldNames().length === 0;
}

/** Undefined for what the schema does not know. */
function schemaBelow(schema: MergeSchema, element: PathElement): MergeSchema | undefined {
  const isField = element.startsWith('f:');
  if (schema.kind === 'list') return isField ? undefined : schema.element;
  if (!isField) return undefined;
  if (schema.kind === 'map') return schema.element;
  if (schema.kind !== 'struct') return undefined;
  const name = element.slice(2);
  if (isDeclaredField(schema, name)) return schema.field(name)?.schema;
  return schema.preserveUnknown ? ANY_SCHEMA : undefined;
}

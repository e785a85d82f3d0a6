import { ANY_SCHEMA, type MergeSchema } from '../merge-schema.ts';
import { isEmptySet, type FieldSet } from './field-set.ts';
import { childSchema, isDeclaredField } from './schema-children.ts';

/**
 * The set with the declared fields on the way to its paths as paths of their own: of `.spec.labels.a` also `.spec` and
 * `.spec.labels`. An applier does not own the structs it passes through, yet they go when nothing in them stays.
 */
export function withNamedFields(set: FieldSet, schema: MergeSchema): FieldSet {
  return named(set, schema, false);
}

function named(node: FieldSet, schema: MergeSchema, member: boolean): FieldSet {
  if (isEmptySet(node)) return node;
  const result: Record<string, FieldSet> = {};
  if (member || node['.'] !== undefined) result['.'] = {};
  for (const element in node) {
    const child = node[element];
    if (child === undefined || element === '.') continue;
    const isField = element.startsWith('f:');
    const name = element.slice(2);
    if (isField && (schema.kind === 'struct' || schema.kind === 'map')) {
      result[element] = named(child, childSchema(schema, name), isDeclaredField(schema, name));
    } else if (element.startsWith('k:') && schema.kind === 'list') {
      result[element] = named(child, schema.element, false);
    } else {
      result[element] = named(child, ANY_SCHEMA, false);
    }
  }
  return result;
}

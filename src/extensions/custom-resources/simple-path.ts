/**
 * The paths that point into an object's fields (`.spec.replicas`): scale paths, which are split at their dots, and
 * selectable fields, which are checked against the schema.
 */
import { FieldPathError, parseFieldPath } from '../../machinery/field-path.ts';
import { schemaOfKey, type Structural } from '../../schema/structural.ts';

/** The findings of a path that must begin with a dot; what follows it is not looked at. */
export function simplePathProblem(path: string): string | undefined {
  if (path === '') return 'must not be empty';
  return path.startsWith('.') ? undefined : 'must be a simple json path starting with .';
}

/** `.spec.replicas` as its names. */
export function splitSimplePath(path: string): string[] {
  return (path.startsWith('.') ? path.slice(1) : path).split('.');
}

export type FieldPathResult = { readonly names: readonly string[]; readonly schema: Structural } | { readonly problem: string };

/** Follows a path of names through properties and additional properties. List indexes are not allowed. */
export function resolveFieldPath(path: string, root: Structural): FieldPathResult {
  let names: readonly string[];
  try {
    names = parseFieldPath(path);
  } catch (error) {
    if (error instanceof FieldPathError) return { problem: error.message };
    throw error;
  }
  let schema = root;
  for (const name of names) {
    const next = schemaOfKey(schema, name);
    if (next === undefined) return { problem: 'does not refer to a valid field' };
    schema = next;
  }
  return { names, schema };
}

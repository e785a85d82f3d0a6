/**
 * The paths that point into an object's fields (`.spec.replicas`): scale paths, which are split at their dots, and
 * selectable fields, which are checked against the schema.
 */
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

/** Follows a path of names through properties and additional properties. List and bracket notation is not allowed. */
export function resolveFieldPath(path: string, root: Structural): FieldPathResult {
  const tokens = tokenize(path);
  const names: string[] = [];
  let schema = root;
  for (let i = 0; i < tokens.length; i += 2) {
    const separator = tokens[i];
    if (separator === '[') return { problem: 'array notation is not allowed' };
    if (separator !== '.') return { problem: `expected [ or . but got: ${separator}` };
    const name = tokens[i + 1];
    if (name === undefined) return { problem: 'unexpected end of JSON path' };
    const next = schemaOfKey(schema, name);
    if (next === undefined) return { problem: 'does not refer to a valid field' };
    names.push(name);
    schema = next;
  }
  return { names, schema };
}

/** Separators and the texts between them. */
function tokenize(path: string): string[] {
  return path.match(/[.[\]]|[^.[\]]+/g) ?? [];
}

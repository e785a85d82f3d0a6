import { isJsonObject, type JsonObject } from '../../machinery/json.ts';
import type { FieldFacts, TypeFacts, TypeRef } from '../facts/type-facts.ts';

/** The fields of a type below which, at any depth, stands a list that shows as null when it is empty. */
interface Path {
  readonly field: FieldFacts;
  /** The list itself is one of them. */
  readonly nullable: boolean;
  /** The type of what is in it, where the search goes on. */
  readonly below: TypeFacts | undefined;
}

/**
 * Storage knows no difference between an empty list and none: in place, lists that must appear and are empty become
 * null. Types without such lists cost nothing.
 */
export function settleLists(object: JsonObject, type: TypeFacts): void {
  for (const { field, nullable, below } of pathsOf(type)) {
    const value = object[field.name];
    if (Array.isArray(value)) {
      if (nullable && value.length === 0) object[field.name] = null;
      else if (below) for (const item of value) if (isJsonObject(item)) settleLists(item, below);
    } else if (below && isJsonObject(value)) {
      if (field.type.kind === 'map') for (const item of Object.values(value)) if (isJsonObject(item)) settleLists(item, below);
      if (field.type.kind === 'struct') settleLists(value, below);
    }
  }
}

function pathsOf(type: TypeFacts): readonly Path[] {
  return type.derived(findPaths);
}

function findPaths(type: TypeFacts): readonly Path[] {
  return findWithin(type, new Set([type]));
}

/** `above` holds the types on the way here: types that hold themselves are not searched twice. */
function findWithin(type: TypeFacts, above: ReadonlySet<TypeFacts>): readonly Path[] {
  const paths: Path[] = [];
  for (const field of type.fields.values()) {
    const nullable = field.presence === 'nullable' && field.type.kind === 'list';
    const inner = structIn(field.type);
    const leads = inner !== undefined && !above.has(inner) && findWithin(inner, new Set([...above, inner])).length > 0;
    if (nullable || leads) paths.push({ field, nullable, below: leads ? inner : undefined });
  }
  return paths;
}

function structIn(type: TypeRef): TypeFacts | undefined {
  if (type.kind === 'struct') return type.type;
  return type.kind === 'list' || type.kind === 'map' ? structIn(type.element) : undefined;
}

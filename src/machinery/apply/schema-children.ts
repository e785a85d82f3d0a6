/** How the walkers of this folder read a value by its MergeSchema. */
import { getOwn, isJsonObject, type JsonObject } from '../json.ts';
import { ANY_SCHEMA, type MapSchema, type MergeSchema, type StructSchema } from '../merge-schema.ts';

/** Objects of unknown type merge as maps of unknown things. */
export const ANY_MAP: MapSchema = { kind: 'map', atomic: false, element: ANY_SCHEMA };

export type ObjectSchema = StructSchema | MapSchema;

/** The schema of what `key` holds; ANY for a field that the type does not declare. */
export function childSchema(schema: ObjectSchema, key: string): MergeSchema {
  return schema.kind === 'map' ? schema.element : (schema.field(key)?.schema ?? ANY_SCHEMA);
}

/** What a struct's field holds when it is unset and yet written. */
export function zeroOf(schema: ObjectSchema, key: string): unknown {
  return schema.kind === 'map' ? undefined : schema.field(key)?.zero;
}

/** A field by name, as opposed to a key of the user's own or an undeclared field. */
export function isDeclaredField(schema: ObjectSchema, key: string): boolean {
  return schema.kind === 'struct' && schema.field(key) !== undefined;
}

/** Null, and what has the wrong type, hold no fields. */
export function asObject(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

export function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}

export function isEmptyObject(value: JsonObject | undefined): boolean {
  if (value === undefined) return true;
  for (const key in value) if (getOwn(value, key) !== undefined) return false;
  return true;
}

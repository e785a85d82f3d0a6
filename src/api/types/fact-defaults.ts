import { cloneJson, isJsonObject, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import type { TypeFacts, TypeRef } from '../facts/type-facts.ts';

/**
 * Gives absent fields the constants that their type declares (`protocol: TCP`), at any depth, in place. What depends on
 * anything else is the business of the kind's own defaults. `object` is as `decodeTyped` makes it; only the parts where a
 * default can stand are visited.
 */
export function applyFactDefaults(object: JsonObject, type: TypeFacts): void {
  for (const field of type.defaulted) {
    const value = object[field.name];
    if ((value === undefined || value === null) && field.default !== undefined) object[field.name] = cloneJson(field.default);
  }
  for (const field of type.leadingToDefaults) visit(object[field.name], field.type);
}

function visit(value: JsonValue | undefined, type: TypeRef): void {
  if (value === undefined || value === null) return;
  if (type.kind === 'struct') {
    if (isJsonObject(value)) applyFactDefaults(value, type.type);
  } else if (type.kind === 'list') {
    if (Array.isArray(value)) for (const item of value) visit(item, type.element);
  } else if (type.kind === 'map' && isJsonObject(value)) {
    for (const key of Object.keys(value)) visit(value[key], type.element);
  }
}

/**
 * Defaults at all depths. A field gets its default where it is absent, or null without being nullable; an object that is
 * absent itself gets none inside.
 */
import { cloneJson, setOwn, type JsonObject, type JsonValue } from '../machinery/json.ts';
import { schemaOfKey, type Structural } from './structural.ts';

/** Changes the value in place; `undefined` where the schema has no default at any depth, so that nothing need be walked. */
export type Defaulter = (value: unknown) => void;

export function compileDefaulter(schema: Structural): Defaulter | undefined {
  if (!schema.has.defaults) return undefined;
  const defaults: [name: string, value: JsonValue, nullable: boolean][] = [];
  const children = new Map<string, Defaulter>();
  for (const [name, property] of schema.properties) {
    if (property.default !== undefined) defaults.push([name, property.default, property.nullable]);
    const child = compileDefaulter(property);
    if (child !== undefined) children.set(name, child);
  }
  const additional = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  const additionalChild = additional === undefined ? undefined : compileDefaulter(additional);
  const item = schema.items;
  const itemChild = item === undefined ? undefined : compileDefaulter(item);

  return (value) => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      if (item !== undefined) defaultItems(value, item, itemChild);
      return;
    }
    const object = value as JsonObject;
    for (const [name, preset, nullable] of defaults) {
      const given = Object.hasOwn(object, name) ? object[name] : undefined;
      if (given === undefined || (given === null && !nullable)) setOwn(object, name, cloneJson(preset));
    }
    for (const [name, child] of children) {
      if (Object.hasOwn(object, name)) child(object[name]);
    }
    if (additional !== undefined && additionalChild !== undefined) {
      for (const name of Object.keys(object)) {
        if (schema.properties.has(name)) continue;
        if (object[name] === null && !additional.nullable && additional.default !== undefined) setOwn(object, name, cloneJson(additional.default));
        additionalChild(object[name]);
      }
    }
  };
}

function defaultItems(list: unknown[], item: Structural, child: Defaulter | undefined): void {
  for (let i = 0; i < list.length; i++) {
    if (list[i] === null && !item.nullable && item.default !== undefined) list[i] = cloneJson(item.default);
    child?.(list[i]);
  }
}

/**
 * Drops, in place, the nulls of declared fields that are not nullable (after defaulting, which has replaced those with a
 * default). Nulls inside lists stay, for validation to judge.
 */
export function dropNulls(value: unknown, schema: Structural): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    if (schema.items === undefined) return;
    for (const item of value) dropNulls(item, schema.items);
    return;
  }
  const object = value as JsonObject;
  for (const name in object) {
    const child = object[name];
    if (typeof child !== 'object') continue;
    const declared = schemaOfKey(schema, name);
    if (declared === undefined) continue;
    if (child !== null) dropNulls(child, declared);
    else if (!declared.nullable) delete object[name];
  }
}

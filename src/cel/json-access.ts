import { fail, indexOutOfBounds, noSuchKey, noSuchOverload } from './evaluation-error.ts';
import type { Frame } from './frame.ts';
import type { ValueSchema } from './values.ts';

/**
 * Paths through JSON that schemas describe: `self.spec.items[0].name` walks the plain objects and makes a value only of
 * what stands at its end.
 */
export interface JsonPath {
  readonly walk: (frame: Frame) => unknown;
  readonly schema: ValueSchema;
}

type Walk = JsonPath['walk'];

const inherited = (key: string): boolean => key in Object.prototype;

/** A step to a field of an object, a key of a map, or whatever free-form JSON holds. Undefined if the schema has no such step. */
export function fieldStep(path: JsonPath, field: string): JsonPath | undefined {
  const { walk, schema } = path;
  const declared = schema.object?.field(field);
  if (declared !== undefined) return { walk: propertyStep(walk, declared.key, field), schema: declared.schema };
  if (schema.type.kind === 'map' && schema.element !== undefined) return { walk: propertyStep(walk, field, field), schema: schema.element };
  // Free-form JSON is its own items' schema.
  if (schema.type.kind === 'dyn' && schema.element !== undefined) return { walk: dynamicStep(walk, field), schema: schema.element };
  return undefined;
}

function propertyStep(walk: Walk, key: string, name: string): Walk {
  const needsOwn = inherited(key);
  return (frame) => {
    const container = walk(frame) as Readonly<Record<string, unknown>> | null;
    frame.cost++;
    if (container === null) return noSuchOverload();
    const value = needsOwn && !Object.hasOwn(container, key) ? undefined : container[key];
    return value === undefined ? noSuchKey(name) : value;
  };
}

function dynamicStep(walk: Walk, key: string): Walk {
  const needsOwn = inherited(key);
  return (frame) => {
    const container = walk(frame);
    frame.cost++;
    if (typeof container !== 'object' || container === null || Array.isArray(container)) return noSuchOverload();
    const value = needsOwn && !Object.hasOwn(container, key) ? undefined : (container as Readonly<Record<string, unknown>>)[key];
    return value === undefined ? noSuchKey(key) : value;
  };
}

/** `has(a.b)`. Undefined if the schema cannot answer it. */
export function hasField(path: JsonPath, field: string): ((frame: Frame) => boolean) | undefined {
  const { walk, schema } = path;
  const declared = schema.object?.field(field);
  const key = declared?.key ?? field;
  if (declared === undefined && schema.element === undefined) return undefined;
  if (declared === undefined && schema.type.kind !== 'map' && schema.type.kind !== 'dyn') return undefined;
  return (frame) => {
    const container = walk(frame);
    if (typeof container !== 'object' || container === null || Array.isArray(container)) return noSuchOverload();
    return Object.hasOwn(container, key) && (container as Readonly<Record<string, unknown>>)[key] !== undefined;
  };
}

/** A step to an item of a list by a number, or to an entry of a map by a string. */
export function indexStep(path: JsonPath, index: (frame: Frame) => unknown): JsonPath | undefined {
  const { walk, schema } = path;
  const { element } = schema;
  if (element === undefined) return undefined;
  const { kind } = schema.type;
  if (kind !== 'list' && kind !== 'map' && kind !== 'dyn') return undefined;
  return {
    schema: element,
    walk: (frame) => {
      const container = walk(frame);
      const at = index(frame);
      frame.cost++;
      if (Array.isArray(container)) {
        if (typeof at !== 'number') return typeof at === 'bigint' ? indexOutOfBounds(at) : unusual(at, container);
        return at >= 0 && at < container.length ? (container[at] as unknown) : indexOutOfBounds(at);
      }
      if (typeof container !== 'object' || container === null) return noSuchOverload();
      if (typeof at !== 'string') return noSuchKey(showIndex(at));
      const value = Object.hasOwn(container, at) ? (container as Readonly<Record<string, unknown>>)[at] : undefined;
      return value === undefined ? noSuchKey(at) : value;
    },
  };
}

/** Whole doubles and unsigned numbers index lists too. */
function unusual(at: unknown, items: readonly unknown[]): unknown {
  if (typeof at !== 'object' || at === null || !('value' in at) || typeof at.value !== 'number') return noSuchOverload();
  if (!Number.isInteger(at.value)) return fail(`unsupported index value: ${at.value}`);
  return at.value >= 0 && at.value < items.length ? items[at.value] : indexOutOfBounds(at.value);
}

const showIndex = (at: unknown): unknown => (typeof at === 'object' && at !== null && 'value' in at ? at.value : at);

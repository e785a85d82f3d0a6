import { ANY_SCHEMA, type FieldSchema, type ListSchema, type MapSchema, type MergeSchema, type ScalarSchema, type StructSchema } from '../machinery/merge-schema.ts';
import type { Structural } from './structural.ts';

const SCALAR_STRING: ScalarSchema = { kind: 'scalar', scalar: 'string' };
const SCALAR_NUMBER: ScalarSchema = { kind: 'scalar', scalar: 'number' };
const SCALAR_BOOLEAN: ScalarSchema = { kind: 'scalar', scalar: 'boolean' };
const SCALAR_ANY: ScalarSchema = { kind: 'scalar', scalar: 'any' };

/** apiVersion, kind and metadata: what every whole object has, and every embedded one, without its schema saying so. */
export type ImpliedFields = ReadonlyMap<string, FieldSchema>;

const NO_FIELDS: ImpliedFields = new Map();

/** How the values of a schema merge under server-side apply. Children are made when asked for, and kept. */
export function mergeSchemaOfSchema(schema: Structural, implied: ImpliedFields = NO_FIELDS): MergeSchema {
  if (schema.intOrString) return SCALAR_ANY;
  switch (schema.type) {
    case 'string':
      return SCALAR_STRING;
    case 'integer':
    case 'number':
      return SCALAR_NUMBER;
    case 'boolean':
      return SCALAR_BOOLEAN;
    case 'array':
      return listSchema(schema, implied);
    case 'object':
      return objectSchema(schema, implied);
    default:
      return ANY_SCHEMA;
  }
}

function listSchema(schema: Structural, implied: ImpliedFields): ListSchema {
  let element: MergeSchema | undefined;
  const listType = schema.listType === 'set' || schema.listType === 'map' ? schema.listType : 'atomic';
  return {
    kind: 'list',
    listType,
    keys: listType === 'map' ? schema.listMapKeys : [],
    get element() {
      element ??= schema.items === undefined ? ANY_SCHEMA : mergeSchemaOfSchema(schema.items, implied);
      return element;
    },
  };
}

function objectSchema(schema: Structural, implied: ImpliedFields): MergeSchema {
  if (schema.embeddedResource) return structSchemaOfSchema(schema, implied);
  const atomic = schema.mapType === 'atomic';
  const { additionalProperties } = schema;
  if (schema.properties.size === 0) {
    if (typeof additionalProperties === 'object') return mapSchema(additionalProperties, atomic, implied);
    if (additionalProperties === true || schema.preserveUnknownFields) return atomic ? { kind: 'map', atomic, element: ANY_SCHEMA } : ANY_SCHEMA;
  }
  return structOf(schema, NO_FIELDS, implied);
}

function mapSchema(value: Structural, atomic: boolean, implied: ImpliedFields): MapSchema {
  let element: MergeSchema | undefined;
  return {
    kind: 'map',
    atomic,
    get element() {
      element ??= mergeSchemaOfSchema(value, implied);
      return element;
    },
  };
}

/** A whole or embedded object: its declared fields and the implied ones. */
export function structSchemaOfSchema(schema: Structural, implied: ImpliedFields): StructSchema {
  return structOf(schema, implied, implied);
}

function structOf(schema: Structural, own: ImpliedFields, below: ImpliedFields): StructSchema {
  const fields = new Map<string, FieldSchema>();
  const names = [...new Set([...own.keys(), ...schema.properties.keys()])];
  return {
    kind: 'struct',
    atomic: schema.mapType === 'atomic',
    preserveUnknown: schema.preserveUnknownFields || schema.additionalProperties === true,
    fieldNames: () => names,
    field(name) {
      const known = own.get(name) ?? fields.get(name);
      if (known !== undefined) return known;
      const property = schema.properties.get(name);
      if (property === undefined) return undefined;
      const merged = mergeSchemaOfSchema(property, below);
      const field: FieldSchema = property.default === undefined ? { schema: merged } : { schema: merged, default: property.default };
      fields.set(name, field);
      return field;
    },
  };
}

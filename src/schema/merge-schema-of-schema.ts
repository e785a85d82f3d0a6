import { ANY_SCHEMA, type FieldSchema, type ListSchema, type MapSchema, type MergeSchema, type ScalarSchema, type StructSchema } from '../machinery/merge-schema.ts';
import type { Structural } from './structural.ts';

const SCALAR_STRING: ScalarSchema = { kind: 'scalar', scalar: 'string' };
const SCALAR_NUMBER: ScalarSchema = { kind: 'scalar', scalar: 'number' };
const SCALAR_BOOLEAN: ScalarSchema = { kind: 'scalar', scalar: 'boolean' };
const SCALAR_ANY: ScalarSchema = { kind: 'scalar', scalar: 'any' };

/** apiVersion, kind and metadata: what every whole object has, and every embedded one, without its schema saying so. */
export type ImpliedFields = ReadonlyMap<string, FieldSchema>;

const NO_FIELDS: ImpliedFields = new Map();

/** What holds for all that is below. */
interface Below {
  readonly implied: ImpliedFields;
  /** Under `x-kubernetes-preserve-unknown-fields`: objects take undeclared fields, even those that pruning drops later. */
  readonly preserve: boolean;
}

/** How the values of a schema merge under server-side apply. Children are made when asked for, and kept. */
export function mergeSchemaOfSchema(schema: Structural, implied: ImpliedFields = NO_FIELDS): MergeSchema {
  return mergeSchema(schema, { implied, preserve: false });
}

/** A whole or embedded object: its declared fields and the implied ones. */
export function structSchemaOfSchema(schema: Structural, implied: ImpliedFields): StructSchema {
  return structOf(schema, implied, { implied, preserve: schema.preserveUnknownFields });
}

function mergeSchema(schema: Structural, above: Below): MergeSchema {
  if (schema.intOrString) return SCALAR_ANY;
  const below = schema.preserveUnknownFields && !above.preserve ? { ...above, preserve: true } : above;
  switch (schema.type) {
    case 'string':
      return SCALAR_STRING;
    case 'integer':
    case 'number':
      return SCALAR_NUMBER;
    case 'boolean':
      return SCALAR_BOOLEAN;
    case 'array':
      return listSchema(schema, below);
    case 'object':
      return objectSchema(schema, below);
    default:
      return ANY_SCHEMA;
  }
}

function listSchema(schema: Structural, below: Below): ListSchema {
  let element: MergeSchema | undefined;
  const listType = schema.listType === 'set' || schema.listType === 'map' ? schema.listType : 'atomic';
  return {
    kind: 'list',
    listType,
    keys: listType === 'map' ? schema.listMapKeys : [],
    get element() {
      element ??= schema.items === undefined ? ANY_SCHEMA : mergeSchema(schema.items, below);
      return element;
    },
  };
}

function objectSchema(schema: Structural, below: Below): MergeSchema {
  if (schema.embeddedResource) return structOf(schema, below.implied, below);
  const { additionalProperties } = schema;
  if (schema.properties.size > 0 || additionalProperties === false) return structOf(schema, NO_FIELDS, below);
  const atomic = schema.mapType === 'atomic';
  // An object of which nothing is said takes any key.
  if (typeof additionalProperties !== 'object') return atomic ? { kind: 'map', atomic, element: ANY_SCHEMA } : ANY_SCHEMA;
  return mapSchema(additionalProperties, atomic, below);
}

function mapSchema(value: Structural, atomic: boolean, below: Below): MapSchema {
  let element: MergeSchema | undefined;
  return {
    kind: 'map',
    atomic,
    get element() {
      element ??= mergeSchema(value, below);
      return element;
    },
  };
}

function structOf(schema: Structural, own: ImpliedFields, below: Below): StructSchema {
  const fields = new Map<string, FieldSchema>();
  const names = [...new Set([...own.keys(), ...schema.properties.keys()])];
  return {
    kind: 'struct',
    atomic: schema.mapType === 'atomic',
    preserveUnknown: below.preserve || schema.additionalProperties === true,
    fieldNames: () => names,
    field(name) {
      const known = own.get(name) ?? fields.get(name);
      if (known !== undefined) return known;
      const property = schema.properties.get(name);
      if (property === undefined) return undefined;
      const merged = mergeSchema(property, below);
      const field: FieldSchema = property.default === undefined ? { schema: merged } : { schema: merged, default: property.default };
      fields.set(name, field);
      return field;
    },
  };
}

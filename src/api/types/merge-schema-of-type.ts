import { ANY_SCHEMA, type FieldSchema, type ListSchema, type MergeSchema, type ScalarSchema, type StructSchema } from '../../machinery/merge-schema.ts';
import { zeroScalar } from './decode-scalar.ts';
import type { FieldFacts, ScalarName, TypeFacts, TypeRef } from '../facts/type-facts.ts';

const STRING: ScalarSchema = { kind: 'scalar', scalar: 'string' };
const NUMBER: ScalarSchema = { kind: 'scalar', scalar: 'number' };
const BOOLEAN: ScalarSchema = { kind: 'scalar', scalar: 'boolean' };
/** Values of any JSON type, owned as a whole: what kube-apiserver does with fields that hold objects of other kinds. */
const WHOLE: ScalarSchema = { kind: 'scalar', scalar: 'any' };

const SCALARS: Readonly<Record<ScalarName, MergeSchema>> = {
  string: STRING,
  boolean: BOOLEAN,
  int32: NUMBER,
  int64: NUMBER,
  double: NUMBER,
  bytes: STRING,
  time: WHOLE,
  microtime: WHOLE,
  quantity: WHOLE,
  'int-or-string': WHOLE,
  raw: WHOLE,
  any: WHOLE,
  'fields-v1': ANY_SCHEMA,
  'schema-or-array': WHOLE,
  'schema-or-bool': WHOLE,
  'schema-or-strings': WHOLE,
};

/** How values of a built-in type merge. Made once per type, its fields as they are asked for. */
export function mergeSchemaOfType(type: TypeFacts): StructSchema {
  return type.derived(makeStruct);
}

function makeStruct(type: TypeFacts): StructSchema {
  return structOf(type, type.atomic);
}

function structOf(type: TypeFacts, atomic: boolean): StructSchema {
  const made = new Map<string, FieldSchema>();
  return {
    kind: 'struct',
    atomic,
    typeName: type.name,
    preserveUnknown: false,
    fieldNames: () => [...type.fields.keys()],
    field(name) {
      const known = made.get(name);
      if (known !== undefined) return known;
      const facts = type.fields.get(name);
      if (facts === undefined) return undefined;
      const schema = fieldOf(facts);
      made.set(name, schema);
      return schema;
    },
  };
}

function fieldOf(field: FieldFacts): FieldSchema {
  return {
    schema: schemaOfField(field),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...zeroOf(field),
    ...(field.patchStrategy === undefined ? {} : { patchStrategy: field.patchStrategy }),
    ...(field.patchMergeKey === undefined ? {} : { patchMergeKey: field.patchMergeKey }),
  };
}

/** What Go writes for an unset field that is neither a pointer nor left out when empty. */
function zeroOf({ presence, type }: FieldFacts): { zero?: unknown } {
  if (presence === 'nullable') return { zero: null };
  if (presence !== 'always') return {};
  if (type.kind !== 'scalar') return { zero: type.kind === 'list' ? [] : {} };
  return { zero: zeroScalar(type.scalar) };
}

function schemaOfField(field: FieldFacts): MergeSchema {
  const { type, mapType } = field;
  if (type.kind === 'struct') return mapType === undefined ? mergeSchemaOfType(type.type) : structOf(type.type, mapType === 'atomic');
  if (type.kind === 'map') return { kind: 'map', atomic: mapType === 'atomic', element: schemaOfRef(type.element) };
  if (type.kind === 'list') return listOf(type.element, field);
  return schemaOfRef(type);
}

/** A list that says nothing about itself is atomic. */
function listOf(element: TypeRef, field?: FieldFacts): ListSchema {
  return { kind: 'list', listType: field?.listType ?? 'atomic', keys: field?.listMapKeys ?? [], element: schemaOfRef(element) };
}

function schemaOfRef(type: TypeRef): MergeSchema {
  if (type.kind === 'struct') return mergeSchemaOfType(type.type);
  if (type.kind === 'list') return listOf(type.element);
  if (type.kind === 'map') return { kind: 'map', atomic: false, element: schemaOfRef(type.element) };
  return SCALARS[type.scalar];
}

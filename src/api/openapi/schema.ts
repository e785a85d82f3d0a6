import type { JsonObject, JsonValue } from '../../machinery/json.ts';
import type { FieldFacts, ScalarName, TypeFacts, TypeRef } from '../facts/type-facts.ts';
import { zeroScalar } from '../types/decode-scalar.ts';
import type { DescribeType, TypeDescriptions } from './descriptions.ts';

/** OpenAPI 2 (`/openapi/v2`) or 3 (`/openapi/v3`). */
export type Dialect = 'v2' | 'v3';

const APIEXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** Scalars that are definitions of their own in the documents. */
const NAMED_SCALARS: Partial<Readonly<Record<ScalarName, string>>> = {
  time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
  microtime: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  'int-or-string': 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  raw: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  'fields-v1': 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  any: `${APIEXTENSIONS}.JSON`,
  'schema-or-array': `${APIEXTENSIONS}.JSONSchemaPropsOrArray`,
  'schema-or-bool': `${APIEXTENSIONS}.JSONSchemaPropsOrBool`,
  'schema-or-strings': `${APIEXTENSIONS}.JSONSchemaPropsOrStringArray`,
};

const PLAIN_SCALARS: Partial<Readonly<Record<ScalarName, JsonObject>>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
};

const NAMED_SCALAR_SCHEMAS: Readonly<Record<string, { readonly description: string; readonly v2: JsonObject; readonly v3: JsonObject }>> = Object.fromEntries(
  (
    [
      ['time', 'A time in RFC 3339, in UTC, with seconds.', { type: 'string', format: 'date-time' }],
      ['microtime', 'A time in RFC 3339, in UTC, with microseconds.', { type: 'string', format: 'date-time' }],
      ['quantity', 'An exact decimal amount with an optional suffix: 100m, 1.5, 2k, 512Mi, 1e3.', { type: 'string' }, { oneOf: [{ type: 'string' }, { type: 'number' }] }],
      [
        'int-or-string',
        'A number, or a string that is a name or a percentage.',
        { type: 'string', format: 'int-or-string' },
        { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
      ],
      ['raw', 'An object of any kind.', { type: 'object' }],
      ['fields-v1', 'A set of fields as a tree: f:<name>, k:<keys>, v:<value>, i:<index>, and . for the thing itself.', { type: 'object' }],
      ['any', 'Any JSON value.', {}],
      ['schema-or-array', 'A schema, or a list of schemas.', {}],
      ['schema-or-bool', 'A schema, or a boolean.', {}],
      ['schema-or-strings', 'A schema, or a list of property names.', {}],
    ] as [ScalarName, string, JsonObject, JsonObject?][]
  ).map(([scalar, description, v2, v3]) => [NAMED_SCALARS[scalar] ?? scalar, { description, v2, v3: v3 ?? v2 }]),
);

export function refTo(name: string, dialect: Dialect): JsonObject {
  return { $ref: dialect === 'v2' ? `#/definitions/${name}` : `#/components/schemas/${name}` };
}

/** The schema of a definition that is a scalar, and no type of the facts. */
export function namedScalarSchema(name: string, dialect: Dialect): JsonObject | undefined {
  const found = Object.hasOwn(NAMED_SCALAR_SCHEMAS, name) ? NAMED_SCALAR_SCHEMAS[name] : undefined;
  return found === undefined ? undefined : { description: found.description, ...found[dialect] };
}

export interface SchemaContext {
  readonly dialect: Dialect;
  readonly describe: DescribeType;
  /** The groups whose kinds are named; absent: all. */
  readonly namesGroup?: (group: string) => boolean;
  /** Told of every definition that the schema refers to. */
  refer(name: string): void;
}

/** The definition of a built-in type. */
export function schemaOfType(type: TypeFacts, context: SchemaContext): JsonObject {
  const schema: JsonObject = {};
  const descriptions = context.describe(type);
  if (descriptions.type !== undefined) schema['description'] = descriptions.type;
  schema['type'] = 'object';
  if (type.fields.size > 0) {
    const properties: JsonObject = {};
    for (const field of type.fields.values()) properties[field.name] = schemaOfField(field, descriptions, context);
    schema['properties'] = properties;
  }
  const required = [...type.fields.values()].filter((field) => field.required).sort((a, b) => a.order - b.order);
  if (required.length > 0) schema['required'] = required.map((field) => field.name);
  const kinds = type.kinds.filter(({ group }) => group !== 'meta.k8s.io' && (context.namesGroup?.(group) ?? true));
  if (kinds.length > 0) schema['x-kubernetes-group-version-kind'] = kinds.map(({ group, version, kind }) => ({ group, kind, version }));
  if (type.atomic) schema['x-kubernetes-map-type'] = 'atomic';
  if (type.unions.length > 0) schema['x-kubernetes-unions'] = type.unions as unknown as JsonValue;
  return schema;
}

/** A field that nothing describes is described by its type. */
function describedAs(field: FieldFacts, descriptions: TypeDescriptions, context: SchemaContext): string | undefined {
  const own = descriptions.fields.get(field.name) ?? descriptions.fields.get(field.name.replace('$', ''));
  return own ?? (field.type.kind === 'struct' ? context.describe(field.type.type).type : undefined);
}

function schemaOfField(field: FieldFacts, descriptions: TypeDescriptions, context: SchemaContext): JsonObject {
  const described = describedAs(field, descriptions, context);
  const schema: JsonObject = described === undefined ? {} : { description: described };
  const value = schemaOfRef(field.type, context);
  if (context.dialect === 'v3' && value['$ref'] !== undefined) schema['allOf'] = [value];
  else Object.assign(schema, value);
  const fallback = defaultOf(field, context.dialect);
  if (fallback !== undefined) schema['default'] = fallback;
  if (field.enum !== undefined) schema['enum'] = [...field.enum];
  if (field.listMapKeys !== undefined) schema['x-kubernetes-list-map-keys'] = [...field.listMapKeys];
  if (field.listType !== undefined) schema['x-kubernetes-list-type'] = field.listType;
  if (field.mapType !== undefined) schema['x-kubernetes-map-type'] = field.mapType;
  if (field.patchMergeKey !== undefined) schema['x-kubernetes-patch-merge-key'] = field.patchMergeKey;
  if (field.patchStrategy !== undefined) schema['x-kubernetes-patch-strategy'] = field.patchStrategy;
  return schema;
}

/** Version 3 documents also name the zero value that a field has which is always there. */
function defaultOf(field: FieldFacts, dialect: Dialect): JsonValue | undefined {
  if (field.default !== undefined || dialect === 'v2') return field.default;
  if (field.schemaDefault !== undefined) return field.schemaDefault;
  if (field.presence !== 'always') return undefined;
  if (field.type.kind === 'struct') return {};
  if (field.type.kind !== 'scalar' || PLAIN_SCALARS[field.type.scalar] === undefined) return undefined;
  return zeroScalar(field.type.scalar);
}

function schemaOfRef(type: TypeRef, context: SchemaContext): JsonObject {
  if (type.kind === 'list') return { type: 'array', items: schemaOfRef(type.element, context) };
  if (type.kind === 'map') return { type: 'object', additionalProperties: schemaOfRef(type.element, context) };
  if (type.kind === 'struct') return referTo(type.name, context);
  const name = NAMED_SCALARS[type.scalar];
  return name === undefined ? { ...PLAIN_SCALARS[type.scalar] } : referTo(name, context);
}

function referTo(name: string, context: SchemaContext): JsonObject {
  context.refer(name);
  return refTo(name, context.dialect);
}

/** A custom resource's schema as OpenAPI documents publish it, in both dialects. */
import type { CustomResourceDescription } from '../../api/openapi/custom-resource.ts';
import { refTo, type Dialect } from '../../api/openapi/schema.ts';
import type { JsonObject, JsonValue } from '../../machinery/json.ts';
import { setOwn } from '../../machinery/json.ts';
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts';
import type { Structural } from '../../schema/structural.ts';
import type { CustomResourceType } from './custom-resource-types.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** What the documents of a group version say of one resource; `schema` is made anew at each call. */
export function describeForOpenApi(type: CustomResourceType, dialect: Dialect): CustomResourceDescription {
  const { structural } = type.served.schema;
  const opaque = dialect === 'v2' && structural.preserveUnknownFields;
  return {
    group: type.group,
    version: type.version,
    resource: type.resource,
    kind: type.kind,
    listKind: type.listKind,
    namespaced: type.namespaced,
    status: type.subresources.has('status'),
    scale: type.subresources.has('scale'),
    ...(opaque ? {} : { schema: publishedSchema(structural, dialect) }),
  };
}

/** Keywords that are published as they stand. */
const KEPT: readonly (keyof JsonSchemaProps)[] = [
  'description', 'title', 'default', 'type', 'nullable', 'format', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength',
  'pattern', 'maxItems', 'minItems', 'multipleOf', 'enum', 'maxProperties', 'minProperties', 'required', 'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource', 'x-kubernetes-int-or-string', 'x-kubernetes-list-map-keys', 'x-kubernetes-list-type', 'x-kubernetes-map-type',
  'x-kubernetes-validations',
];

/** What version 2 cannot say of a field that may be null: anything about its value. */
const DROPPED_IF_NULLABLE: ReadonlySet<string> = new Set([
  'type', 'nullable', 'format', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength', 'pattern', 'maxItems', 'minItems',
  'multipleOf', 'enum', 'maxProperties', 'minProperties', 'required',
]);

/**
 * The schema with what stands in it that clients can use; examples and links to documentation are not published. In
 * version 2, junctors, nullable fields' values, and what lies below `x-kubernetes-preserve-unknown-fields` are left out,
 * since its clients would refuse what the server accepts.
 */
export function publishedSchema(schema: Structural, dialect: Dialect): JsonObject {
  const shown: JsonObject = {};
  const vague = dialect === 'v2' && schema.nullable;
  for (const keyword of KEPT) {
    const value = schema.props[keyword] as JsonValue | undefined;
    if (value === undefined || value === null || value === false || value === '') continue;
    if (!(vague && DROPPED_IF_NULLABLE.has(keyword))) shown[keyword] = value;
  }
  if (dialect === 'v3') addJunctors(schema, shown);
  if (vague || (dialect === 'v2' && schema.preserveUnknownFields)) return shown;
  if (schema.items !== undefined) shown['items'] = publishedSchema(schema.items, dialect);
  const { additionalProperties } = schema;
  if (additionalProperties !== undefined) {
    shown['additionalProperties'] = typeof additionalProperties === 'object' ? publishedSchema(additionalProperties, dialect) : additionalProperties;
  }
  if (schema.properties.size > 0) shown['properties'] = publishedProperties(schema, dialect);
  if (schema.embeddedResource) addEmbedded(shown, dialect);
  if (dialect === 'v2') dropNullableFromRequired(schema, shown);
  return shown;
}

function publishedProperties(schema: Structural, dialect: Dialect): JsonObject {
  const properties: JsonObject = {};
  for (const [name, property] of schema.properties) setOwn(properties, name, publishedSchema(property, dialect));
  return properties;
}

function addJunctors(schema: Structural, shown: JsonObject): void {
  for (const junctor of ['allOf', 'anyOf', 'oneOf'] as const) {
    if (schema[junctor].length > 0) shown[junctor] = schema[junctor].map((branch) => publishedSchema(branch, 'v3'));
  }
  if (schema.not !== undefined) shown['not'] = publishedSchema(schema.not, 'v3');
}

/** Type and metadata of an embedded object, which its schema need not say. */
function addEmbedded(shown: JsonObject, dialect: Dialect): void {
  const ref = refTo(OBJECT_META, dialect);
  const description = "Standard object's metadata.";
  shown['properties'] = {
    ...(shown['properties'] as JsonObject | undefined),
    apiVersion: { description: 'The versioned schema of this representation of an object.', type: 'string' },
    kind: { description: 'The REST resource that this object represents.', type: 'string' },
    metadata: dialect === 'v3' ? { description, allOf: [ref] } : { description, ...ref },
  };
  const required = Array.isArray(shown['required']) ? shown['required'] : [];
  shown['required'] = [...required, 'kind', 'apiVersion'];
}

/** Version 2 clients take a null for an absent field. */
function dropNullableFromRequired(schema: Structural, shown: JsonObject): void {
  if (!Array.isArray(shown['required'])) return;
  const required = shown['required'].filter((name) => typeof name !== 'string' || schema.properties.get(name)?.nullable !== true);
  if (required.length > 0) shown['required'] = required;
  else delete shown['required'];
}

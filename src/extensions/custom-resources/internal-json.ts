/** Kubernetes' internal form of versions as JSON, with Go's names for the fields: findings about all of spec.versions show it. */
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts';
import type { DefinitionVersion } from './custom-resource-definition.ts';

export function internalVersion(version: DefinitionVersion): Record<string, unknown> {
  return {
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: version.schema === undefined ? null : { OpenAPIV3Schema: internalSchema(version.schema.openAPIV3Schema) },
    Subresources: version.subresources === undefined ? null : internalSubresources(version.subresources),
    AdditionalPrinterColumns:
      version.additionalPrinterColumns?.map((column) => ({
        Name: column.name,
        Type: column.type,
        Format: column.format ?? '',
        Description: column.description ?? '',
        Priority: column.priority ?? 0,
        JSONPath: column.jsonPath,
      })) ?? null,
    SelectableFields: version.selectableFields?.map((field) => ({ JSONPath: field.jsonPath })) ?? null,
  };
}

function internalSubresources({ status, scale }: NonNullable<DefinitionVersion['subresources']>): Record<string, unknown> {
  return {
    Status: status === undefined ? null : {},
    Scale:
      scale === undefined
        ? null
        : { SpecReplicasPath: scale.specReplicasPath, StatusReplicasPath: scale.statusReplicasPath, LabelSelectorPath: scale.labelSelectorPath ?? null },
  };
}

function internalSchema(schema: JsonSchemaProps | undefined): Record<string, unknown> | null {
  if (schema === undefined || schema === null) return null;
  const union = (value: JsonSchemaProps | boolean | undefined): unknown =>
    value === undefined ? null : typeof value === 'boolean' ? { Allows: value, Schema: null } : { Allows: true, Schema: internalSchema(value) };
  const all = (schemas: readonly JsonSchemaProps[] | undefined): unknown => schemas?.map(internalSchema) ?? null;
  const map = (schemas: Readonly<Record<string, JsonSchemaProps>> | undefined): unknown =>
    schemas === undefined ? null : Object.fromEntries(Object.entries(schemas).map(([name, value]) => [name, internalSchema(value)]));
  const items = schema.items;
  return {
    ID: schema.id ?? '',
    Schema: schema.$schema ?? '',
    Ref: schema.$ref ?? null,
    Description: schema.description ?? '',
    Type: schema.type ?? '',
    Nullable: schema.nullable ?? false,
    Format: schema.format ?? '',
    Title: schema.title ?? '',
    Default: schema.default ?? null,
    Maximum: schema.maximum ?? null,
    ExclusiveMaximum: schema.exclusiveMaximum ?? false,
    Minimum: schema.minimum ?? null,
    ExclusiveMinimum: schema.exclusiveMinimum ?? false,
    MaxLength: schema.maxLength ?? null,
    MinLength: schema.minLength ?? null,
    Pattern: schema.pattern ?? '',
    MaxItems: schema.maxItems ?? null,
    MinItems: schema.minItems ?? null,
    UniqueItems: schema.uniqueItems ?? false,
    MultipleOf: schema.multipleOf ?? null,
    Enum: schema.enum ?? null,
    MaxProperties: schema.maxProperties ?? null,
    MinProperties: schema.minProperties ?? null,
    Required: schema.required ?? null,
    Items: items === undefined ? null : Array.isArray(items) ? { Schema: null, JSONSchemas: all(items) } : { Schema: internalSchema(items as JsonSchemaProps), JSONSchemas: null },
    AllOf: all(schema.allOf),
    OneOf: all(schema.oneOf),
    AnyOf: all(schema.anyOf),
    Not: internalSchema(schema.not),
    Properties: map(schema.properties),
    AdditionalProperties: union(schema.additionalProperties),
    PatternProperties: map(schema.patternProperties),
    Dependencies: schema.dependencies ?? null,
    AdditionalItems: union(schema.additionalItems),
    Definitions: map(schema.definitions),
    ExternalDocs: schema.externalDocs === undefined ? null : { Description: schema.externalDocs.description ?? '', URL: schema.externalDocs.url ?? '' },
    Example: schema.example ?? null,
    XPreserveUnknownFields: schema['x-kubernetes-preserve-unknown-fields'] ?? null,
    XEmbeddedResource: schema['x-kubernetes-embedded-resource'] ?? false,
    XIntOrString: schema['x-kubernetes-int-or-string'] ?? false,
    XListMapKeys: schema['x-kubernetes-list-map-keys'] ?? null,
    XListType: schema['x-kubernetes-list-type'] ?? null,
    XMapType: schema['x-kubernetes-map-type'] ?? null,
    XValidations: schema['x-kubernetes-validations'] ?? null,
  };
}

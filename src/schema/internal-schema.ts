import type { JsonSchemaProps, ValidationRule } from './json-schema-props.ts';

/** A schema as Kubernetes' internal form of it encodes, with Go's names for all fields: some findings show it. */
export function internalSchema(schema: JsonSchemaProps | undefined): Record<string, unknown> | null {
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
    XValidations: schema['x-kubernetes-validations']?.map(internalRule) ?? null,
  };
}

function internalRule(rule: ValidationRule): Record<string, unknown> {
  return {
    Rule: rule.rule ?? '',
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}

import type { FieldFacts, ScalarName, TypeRef } from '../facts/type-facts.ts';

const SCALARS: Readonly<Record<ScalarName, string>> = {
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
  time: 'v1.Time',
  microtime: 'v1.MicroTime',
  quantity: 'resource.Quantity',
  'int-or-string': 'intstr.IntOrString',
  raw: 'runtime.RawExtension',
  any: 'v1.JSON',
  'fields-v1': 'v1.FieldsV1',
  'schema-or-array': 'v1.JSONSchemaPropsOrArray',
  'schema-or-bool': 'v1.JSONSchemaPropsOrBool',
  'schema-or-strings': 'v1.JSONSchemaPropsOrStringArray',
};

/** A type as Go prints it: `int32`, `map[string]string`, `[]v1.Container`. */
export function goTypeName(type: TypeRef): string {
  if (type.kind === 'scalar') return SCALARS[type.scalar];
  if (type.kind === 'struct') return type.type.goQualifiedName;
  if (type.kind === 'list') return `[]${goTypeName(type.element)}`;
  // Maps of quantities have a name of their own in Go.
  if (type.element.kind === 'scalar' && type.element.scalar === 'quantity') return 'v1.ResourceList';
  return `map[string]${goTypeName(type.element)}`;
}

/** A field's type, with the names that lists in messages of their own have in Go. */
export function goFieldTypeName(field: FieldFacts): string {
  if (field.goName !== undefined) return field.type.kind === 'list' ? `[]${field.goName}` : field.goName;
  if (!field.boxed) return goTypeName(field.type);
  return field.type.kind === 'map' ? 'map[string]v1.ExtraValue' : 'v1.Verbs';
}

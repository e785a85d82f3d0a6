/**
 * A structural schema: what pruning, defaulting, validation and merging read. Parsed once from a definition's
 * JSONSchemaProps; nothing here judges it (see structural-invariants.ts and definition-validation.ts).
 */
import { isJsonObject, type JsonValue } from '../machinery/json.ts';
import type { JsonSchemaProps, ValidationRule } from './json-schema-props.ts';

export interface Structural {
  /** '' where the schema names no type. */
  readonly type: string;
  readonly nullable: boolean;
  /** Undefined where there is none; a default of null counts as none. */
  readonly default: JsonValue | undefined;
  readonly properties: ReadonlyMap<string, Structural>;
  readonly items: Structural | undefined;
  /** A schema, a verdict, or undefined where the schema is silent. */
  readonly additionalProperties: Structural | boolean | undefined;
  readonly preserveUnknownFields: boolean;
  readonly embeddedResource: boolean;
  readonly intOrString: boolean;
  readonly listType: string | undefined;
  readonly listMapKeys: readonly string[];
  readonly mapType: string | undefined;
  readonly rules: readonly ValidationRule[];
  readonly allOf: readonly Structural[];
  readonly anyOf: readonly Structural[];
  readonly oneOf: readonly Structural[];
  readonly not: Structural | undefined;
  readonly required: readonly string[];
  /** The scalar keywords (minimum, pattern, enum…) are read from here. */
  readonly props: JsonSchemaProps;
  /** True where this schema or one below it, outside allOf, anyOf, oneOf and not, has the property: walks stop where it ends. */
  readonly has: { readonly defaults: boolean; readonly embeddedResources: boolean; readonly listTypes: boolean; readonly rules: boolean };
}

/** Deeper schemas are refused. */
export const MAX_SCHEMA_DEPTH = 512;

/** A schema that cannot be made structural at all; `message` is what the definition's author reads. */
export class SchemaError extends Error {}

const NO_PROPERTIES: ReadonlyMap<string, Structural> = new Map();
const NO_SCHEMAS: readonly Structural[] = [];
const NOTHING = { defaults: false, embeddedResources: false, listTypes: false, rules: false };

/** Throws a SchemaError where a keyword has no structural meaning. */
export function parseStructural(props: JsonSchemaProps): Structural {
  return parse(props, 0);
}

const UNSUPPORTED: readonly [key: keyof JsonSchemaProps, name: string][] = [
  ['id', 'id'],
  ['$schema', 'schema'],
  ['$ref', 'ref'],
  ['patternProperties', 'patternProperties'],
  ['dependencies', 'dependencies'],
  ['additionalItems', 'additionalItems'],
  ['definitions', 'definitions'],
];

function parse(props: JsonSchemaProps, depth: number): Structural {
  if (depth > MAX_SCHEMA_DEPTH) throw new SchemaError(`the schema is nested more than ${MAX_SCHEMA_DEPTH} levels deep`);
  for (const [key, name] of UNSUPPORTED) {
    const value = props[key];
    if (value !== undefined && value !== null && value !== '') throw new SchemaError(`OpenAPIV3Schema '${name}' is not supported`);
  }
  if (Array.isArray(props.items)) throw new SchemaError("OpenAPIV3Schema 'items' must be a schema, but is an array");

  const properties = parseProperties(props.properties, depth);
  const items = isSchema(props.items) ? parse(props.items, depth + 1) : undefined;
  const additional = props.additionalProperties;
  const additionalProperties = isSchema(additional) ? parse(additional, depth + 1) : typeof additional === 'boolean' ? additional : undefined;
  const own = {
    default: props.default ?? undefined,
    embeddedResource: props['x-kubernetes-embedded-resource'] === true,
    listType: props['x-kubernetes-list-type'],
    rules: props['x-kubernetes-validations'] ?? [],
  };
  return {
    type: props.type ?? '',
    nullable: props.nullable === true,
    ...own,
    properties,
    items,
    additionalProperties,
    preserveUnknownFields: props['x-kubernetes-preserve-unknown-fields'] === true,
    intOrString: props['x-kubernetes-int-or-string'] === true,
    listMapKeys: props['x-kubernetes-list-map-keys'] ?? [],
    mapType: props['x-kubernetes-map-type'],
    allOf: parseAll(props.allOf, depth),
    anyOf: parseAll(props.anyOf, depth),
    oneOf: parseAll(props.oneOf, depth),
    not: isSchema(props.not) ? parse(props.not, depth + 1) : undefined,
    required: props.required ?? [],
    props,
    has: summarize(own, childrenOf(properties, items, additionalProperties)),
  };
}

function parseProperties(properties: JsonSchemaProps['properties'], depth: number): ReadonlyMap<string, Structural> {
  if (properties === undefined || properties === null) return NO_PROPERTIES;
  const parsed = new Map<string, Structural>();
  for (const name of Object.keys(properties)) {
    const child = properties[name];
    if (isSchema(child)) parsed.set(name, parse(child, depth + 1));
  }
  return parsed;
}

function parseAll(schemas: readonly JsonSchemaProps[] | undefined, depth: number): readonly Structural[] {
  if (schemas === undefined || schemas === null || schemas.length === 0) return NO_SCHEMAS;
  return schemas.filter(isSchema).map((schema) => parse(schema, depth + 1));
}

function isSchema(value: unknown): value is JsonSchemaProps {
  return isJsonObject(value);
}

function childrenOf(
  properties: ReadonlyMap<string, Structural>,
  items: Structural | undefined,
  additional: Structural | boolean | undefined,
): Structural[] {
  const children = [...properties.values()];
  if (items !== undefined) children.push(items);
  if (typeof additional === 'object') children.push(additional);
  return children;
}

function summarize(
  own: { default: unknown; embeddedResource: boolean; listType: string | undefined; rules: readonly unknown[] },
  children: readonly Structural[],
): Structural['has'] {
  const has = {
    defaults: own.default !== undefined,
    embeddedResources: own.embeddedResource,
    listTypes: own.listType === 'set' || own.listType === 'map',
    rules: own.rules.length > 0,
  };
  for (const child of children) {
    if (child.has === NOTHING) continue;
    has.defaults ||= child.has.defaults;
    has.embeddedResources ||= child.has.embeddedResources;
    has.listTypes ||= child.has.listTypes;
    has.rules ||= child.has.rules;
  }
  return has.defaults || has.embeddedResources || has.listTypes || has.rules ? has : NOTHING;
}

/** The schema of an object's key: its property, else what additional properties have. Undefined where neither says anything. */
export function schemaOfKey(schema: Structural, key: string): Structural | undefined {
  const property = schema.properties.get(key);
  if (property !== undefined) return property;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** The same schema read as the schema of a whole object: apiVersion, kind and metadata are implied. */
export function asResourceRoot(schema: Structural): Structural {
  return schema.embeddedResource ? schema : { ...schema, embeddedResource: true, has: { ...schema.has, embeddedResources: true } };
}

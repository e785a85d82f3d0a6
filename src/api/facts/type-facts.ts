import type { GroupVersionKind } from '../../machinery/group-version.ts';
import type { JsonValue } from '../../machinery/json.ts';

export type ScalarName =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  /** Base64 in JSON. */
  | 'bytes'
  /** RFC 3339 in UTC with seconds. */
  | 'time'
  /** RFC 3339 in UTC with microseconds. */
  | 'microtime'
  | 'quantity'
  | 'int-or-string'
  /** An object of any kind (Go's RawExtension), kept as it came. */
  | 'raw'
  /** Any JSON value, kept as it came. */
  | 'any'
  /** A set of managed fields. */
  | 'fields-v1'
  /** apiextensions: one schema or a list of them. */
  | 'schema-or-array'
  /** apiextensions: a schema or a boolean. */
  | 'schema-or-bool'
  /** apiextensions: a schema or a list of property names. */
  | 'schema-or-strings';

export interface StructRef {
  readonly kind: 'struct';
  readonly name: string;
  /** Resolved when asked for, since types refer to themselves. */
  readonly type: TypeFacts;
}
export interface ListRef {
  readonly kind: 'list';
  readonly element: TypeRef;
}
export interface MapRef {
  readonly kind: 'map';
  readonly element: TypeRef;
}
export interface ScalarRef {
  readonly kind: 'scalar';
  readonly scalar: ScalarName;
}
export type TypeRef = ScalarRef | StructRef | ListRef | MapRef;

/**
 * What becomes of a field when kube-apiserver re-encodes an object, which is what Go's struct tags say:
 * - `given`: there when it was given, zero or not (a pointer with omitempty);
 * - `nonzero`: dropped when zero or empty (a value with omitempty);
 * - `always`: there even when it was not given, as zero or as a struct of what is always there (a value);
 * - `nullable`: null when it was not given (a pointer, list, map or time without omitempty).
 */
export type FieldPresence = 'given' | 'nonzero' | 'always' | 'nullable';

export interface FieldFacts {
  readonly name: string;
  readonly type: TypeRef;
  readonly presence: FieldPresence;
  readonly required: boolean;
  /** The field's place among the Go struct's, as far as the protobuf numbers tell. */
  readonly order: number;
  /** A constant, given by the decoder when the field is absent. */
  readonly default?: JsonValue;
  /** A default that only OpenAPI 3 documents show: a zero value that is not shown in objects. */
  readonly schemaDefault?: JsonValue;
  readonly enum?: readonly string[];
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly mapType?: 'atomic' | 'granular';
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  /** Where the string, or the list's strings, have a type of their own in Go: `v1.ServiceType`. */
  readonly goName?: string;
  /** Protobuf field numbers from the type's message inwards (several where a message is inlined); empty: not on the wire. */
  readonly protobufPath: readonly number[];
  /** On the wire each list of strings stands in a message of its own. */
  readonly boxed: boolean;
}

export interface UnionFacts {
  readonly discriminator?: string;
  readonly 'fields-to-discriminateBy': Readonly<Record<string, string>>;
}

/** One type of the API. Immutable, and one object per name for each Facts, so that it can key a WeakMap. */
export interface TypeFacts {
  /** `io.k8s.api.core.v1.PodSpec` */
  readonly name: string;
  /** As Go's messages name it: `PodSpec` and `v1.PodSpec`. */
  readonly goName: string;
  readonly goQualifiedName: string;
  readonly kinds: readonly GroupVersionKind[];
  /** In the order of the OpenAPI document. */
  readonly fields: ReadonlyMap<string, FieldFacts>;
  /** Fields that appear although they were not given: presence `always` or `nullable`. */
  readonly unconditional: readonly FieldFacts[];
  /** Fields with a constant default. */
  readonly defaulted: readonly FieldFacts[];
  /** Fields below which, at any depth, some field has a constant default. */
  readonly leadingToDefaults: readonly FieldFacts[];
  /** Owned and replaced as a whole. */
  readonly atomic: boolean;
  readonly unions: readonly UnionFacts[];
  /** What `make` makes of this type, made once. `make` is pure, and one and the same function for every type. */
  derived<T>(make: (type: TypeFacts) => T): T;
}

/** A row of data/types.json; its shape is made by scripts/facts/generate.ts. */
export interface TypeRow {
  readonly gvk?: readonly string[];
  readonly mapType?: string;
  readonly unions?: readonly UnionFacts[];
  readonly fields: Readonly<Record<string, FieldRow>>;
}
type FieldRow = readonly [type: string, presence: string, protobufPath: number | readonly number[], more?: FieldRowMore];
interface FieldRowMore {
  readonly required?: boolean;
  readonly order?: number;
  readonly default?: JsonValue;
  readonly schemaDefault?: JsonValue;
  readonly enum?: readonly string[];
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly mapType?: 'atomic' | 'granular';
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly goName?: string;
  readonly boxed?: boolean;
}

const PRESENCE: Readonly<Record<string, FieldPresence>> = { g: 'given', z: 'nonzero', a: 'always', n: 'nullable' };

const SCHEMA_UNIONS: Readonly<Record<string, ScalarName>> = {
  JSONSchemaPropsOrArray: 'schema-or-array',
  JSONSchemaPropsOrBool: 'schema-or-bool',
  JSONSchemaPropsOrStringArray: 'schema-or-strings',
};

/** `[]T`, `map:T`, a scalar's name or a type's name. */
export function parseTypeRef(text: string, resolve: (name: string) => TypeFacts): TypeRef {
  if (text.startsWith('[]')) return { kind: 'list', element: parseTypeRef(text.slice(2), resolve) };
  if (text.startsWith('map:')) return { kind: 'map', element: parseTypeRef(text.slice(4), resolve) };
  if (!text.includes('.')) return { kind: 'scalar', scalar: text as ScalarName };
  const union = SCHEMA_UNIONS[goNameOf(text)];
  if (union !== undefined) return { kind: 'scalar', scalar: union };
  let type: TypeFacts | undefined;
  return {
    kind: 'struct',
    name: text,
    get type() {
      type ??= resolve(text);
      return type;
    },
  };
}

function goNameOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function parseKind(text: string): GroupVersionKind {
  const parts = text.split('/');
  const [group = '', version = '', kind = ''] = parts.length === 2 ? ['', ...parts] : parts;
  return { group, version, kind };
}

function makeField(name: string, row: FieldRow, resolve: (name: string) => TypeFacts): FieldFacts {
  const [type, presence, path, more] = row;
  const { required = false, boxed = false, order, ...rest } = more ?? {};
  const first = typeof path === 'number' ? path : (path[0] ?? 0);
  return {
    name,
    type: parseTypeRef(type, resolve),
    presence: PRESENCE[presence] ?? 'given',
    required,
    order: order ?? first,
    protobufPath: typeof path === 'number' ? (path === 0 ? [] : [path]) : path,
    boxed,
    ...rest,
  };
}

/** The struct that a field, its items or its values are. */
export function structBelow(type: TypeRef): TypeFacts | undefined {
  let inner = type;
  while (inner.kind === 'list' || inner.kind === 'map') inner = inner.element;
  return inner.kind === 'struct' ? inner.type : undefined;
}

function hasDefaults(type: TypeFacts | undefined, seen: Set<string>): boolean {
  if (type === undefined || seen.has(type.name)) return false;
  if (type.defaulted.length > 0) return true;
  seen.add(type.name);
  return [...type.fields.values()].some((field) => hasDefaults(structBelow(field.type), seen));
}

export function makeTypeFacts(name: string, row: TypeRow, resolve: (name: string) => TypeFacts): TypeFacts {
  const fields = new Map<string, FieldFacts>();
  for (const [field, fieldRow] of Object.entries(row.fields)) fields.set(field, makeField(field, fieldRow, resolve));
  const list = [...fields.values()];
  let leading: readonly FieldFacts[] | undefined;
  const derivations = new Map<(type: TypeFacts) => unknown, unknown>();
  const facts: TypeFacts = {
    name,
    goName: goNameOf(name),
    goQualifiedName: name.split('.').slice(-2).join('.'),
    kinds: (row.gvk ?? []).map(parseKind),
    fields,
    unconditional: list.filter((f) => f.presence === 'always' || f.presence === 'nullable'),
    defaulted: list.filter((f) => f.default !== undefined),
    get leadingToDefaults() {
      leading ??= list.filter((field) => hasDefaults(structBelow(field.type), new Set([name])));
      return leading;
    },
    atomic: row.mapType === 'atomic',
    unions: row.unions ?? [],
    derived<T>(make: (type: TypeFacts) => T): T {
      if (!derivations.has(make)) derivations.set(make, make(facts));
      return derivations.get(make) as T;
    },
  };
  return facts;
}

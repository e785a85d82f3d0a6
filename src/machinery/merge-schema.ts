/**
 * The shape of a type as merging sees it: which lists are atomic, sets or maps, and by which keys. Built-in types make
 * one from the facts, custom resources from their structural schema; strategic merge and server-side apply read it.
 * Children are resolved when asked for, since types refer to themselves.
 */
export type MergeSchema = ScalarSchema | StructSchema | MapSchema | ListSchema | AnySchema;

/** `quantity`, `time`, `int-or-string` and `bytes` are scalars whose JSON type is left to the decoder. */
export interface ScalarSchema {
  readonly kind: 'scalar';
  readonly scalar: 'string' | 'number' | 'boolean' | 'any';
}

/** An object with declared fields. */
export interface StructSchema {
  readonly kind: 'struct';
  /** True: owned and replaced as a whole. */
  readonly atomic: boolean;
  /** For messages: `io.k8s.api.core.v1.PodSpec`; absent for schemas without names. */
  readonly typeName?: string;
  /** The field's schema; undefined when the type does not declare it. Own names only: safe for `__proto__`. */
  field(name: string): FieldSchema | undefined;
  fieldNames(): readonly string[];
  /** Undeclared fields are kept, typed by their values. */
  readonly preserveUnknown: boolean;
  /** Tagged unions and the like are not modelled: no built-in type of 1.36 needs them for merging. */
}

export interface FieldSchema {
  readonly schema: MergeSchema;
  /** Given to the key fields of a list's item when the item leaves them out (`protocol: TCP`). */
  readonly default?: unknown;
  /**
   * What the field holds when it is unset and yet written, since it is no pointer and has no omitempty: `{}` of an
   * embedded struct, null of a list, '' of a name. Such a field is never added or removed, only modified.
   */
  readonly zero?: unknown;
  /** Strategic merge: `merge`, `replace`, `retainKeys`, or `merge,retainKeys`. */
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
}

/** An object with keys of the user's own. */
export interface MapSchema {
  readonly kind: 'map';
  readonly atomic: boolean;
  readonly element: MergeSchema;
}

export interface ListSchema {
  readonly kind: 'list';
  readonly listType: 'atomic' | 'set' | 'map';
  /** For `map`: the fields that tell items apart. */
  readonly keys: readonly string[];
  readonly element: MergeSchema;
}

/** No schema: objects merge by key, lists are atomic (a "deduced" type). */
export interface AnySchema {
  readonly kind: 'any';
}

export const ANY_SCHEMA: AnySchema = { kind: 'any' };

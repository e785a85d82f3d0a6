import type { KindRules } from '../../api/kind-rules.ts';
import type { DeepReadonly, JsonObject, JsonValue } from '../../machinery/json.ts';
import type { StructSchema } from '../../machinery/merge-schema.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { AnswerHead, TypeTag } from '../objects/stored-object.ts';

/**
 * What the generic registry needs to know of one resource in one version. Built-in kinds, custom resources and
 * aggregated resources are served by the same code through this.
 */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  /** `apps/v1` */
  readonly apiVersion: string;
  /** The plural in paths. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: ReadonlySet<string>;
  readonly subresources: ReadonlyMap<string, SubresourceType>;
  readonly storage: ResourceStorage;
  /** True when stored bytes are in this version, so that answers are copied out of them. */
  readonly isStorageVersion: boolean;
  /** Bytes last written before this revision may not have today's shape, and are decoded before they are answered. */
  readonly shapedSince?: number;
  readonly head: AnswerHead;
  /** Custom resources repeat their type in every item of a list, and their lists always say `continue`. */
  readonly custom: boolean;
  /** Text of the deprecation Warning header; undefined for versions in good standing. */
  readonly deprecationWarning?: string;

  /**
   * Turns parsed JSON into an object of this version: unknown fields dropped, nulls gone, values canonical. May reuse
   * and change `value`. Throws DecodeError for wrong types.
   */
  decode(value: JsonObject): Decoded;
  /** Defaults of this version, on a decoded object. */
  defaults(object: KubeObject): void;
  /** The last step before storing, in place and in the storage version: what storage does not keep apart becomes one. */
  settle?(object: KubeObject): void;
  /** Own copies in, own copies out. Identity where the versions are the same. */
  toStorage(object: KubeObject): KubeObject;
  fromStorage(object: KubeObject): KubeObject;
  /**
   * Present for kinds that are converted elsewhere: between versions that differ the two above throw, and these convert
   * own objects, all in one go and in their order.
   */
  readonly conversion?: KindConversion;
  readonly mergeSchema: StructSchema;
  /** `application/strategic-merge-patch+json` is understood. */
  readonly strategicMerge: boolean;
  /** The type's name in the facts, for protobuf; absent for resources without it. */
  readonly typeName?: string;
  /** An object of this type that carries nothing but the metadata given: what a bookmark shows. */
  bookmark(metadata: Record<string, unknown>): DeepReadonly<KubeObject>;
  readonly columns: readonly TableColumn[];
  cells(object: DeepReadonly<KubeObject>, nowMs: number): JsonValue[];
}

export interface KindConversion {
  toStorage(object: KubeObject): Promise<KubeObject>;
  fromStorage(objects: readonly KubeObject[]): Promise<readonly KubeObject[]>;
}

export interface Decoded {
  readonly object: KubeObject;
  /** `unknown field "spec.foo"`, in the order found. */
  readonly strictErrors: readonly string[];
}

/** A body that is not of the type it should be; the pipeline words the answer around it. */
export { DecodeError } from '../../api/types/decode-error.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

/** What all versions of a resource share: where and in which form its objects are kept, and the rules of its kind. */
export interface ResourceStorage {
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** With its trailing slash. */
  readonly prefix: string;
  /** The version that new objects are stored in. */
  readonly storageType: TypeTag;
  /** Written into the bytes for resources whose storage version may change. */
  readonly tagVersion: boolean;
  /** To be awaited before `rules` and what follows from them are read; undefined, or absent, when they are there. */
  load?(): Promise<void> | undefined;
  readonly rules: KindRules;
  /** Objects vanish by themselves after this time (events). */
  readonly ttlSeconds?: number;
  /** Finalizers without a domain must be Kubernetes' own. */
  readonly standardFinalizers: boolean;
  /** The status of an object that has none yet, a fresh one each time; undefined for kinds that then leave it out. */
  emptyStatus(): unknown;
  /** Whether metadata.generation is kept. */
  readonly tracksGeneration: boolean;
  /** Given to new objects; undefined leaves it out. */
  readonly initialGeneration?: number | undefined;
  /** The kind has field labels of its own; messages about unknown ones differ. */
  readonly hasOwnSelectableFields: boolean;
  /** Value of a field label for selectors; undefined when the label is not supported. */
  selectableField(label: string): ((object: KubeObject) => string) | undefined;
  /** Which finalizers a deletion adds when its options do not say (replication controllers of old orphaned). */
  readonly defaultPropagation?: 'Orphan' | 'Background';
}

/** An endpoint below an object. */
export interface SubresourceType {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: ReadonlySet<string>;
  readonly handling: SubresourceHandling;
}

export type SubresourceHandling =
  /** Reads and writes the whole object under other rules: status, resize, approval… */
  | { readonly type: 'object' }
  | { readonly type: 'scale'; readonly scale: ScaleMapping }
  /** A handler of its own: binding, eviction, token, log, exec… */
  | { readonly type: 'custom' };

export interface ScaleMapping {
  /** autoscaling/v1 Scale of an object. */
  toScale(object: DeepReadonly<KubeObject>): KubeObject;
  /** Changes the object's replicas to what the scale asks. */
  applyScale(object: KubeObject, scale: KubeObject): void;
  /** The path of the replicas field, for managed fields: ['spec', 'replicas']. */
  readonly replicasPath: readonly string[];
}

/** `namespace/name`, or `name` in the cluster's scope: how caches key objects. */
export function objectKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

import type { FieldError } from '../machinery/field-error.ts';
import type { KubeObject } from '../machinery/object-meta.ts';

/** What a rule may know beside the object. */
export interface RuleContext {
  /** The apiVersion that the request's path names, for kinds that judge their versions differently (events). */
  readonly requestApiVersion?: string;
  /** Milliseconds since 1970, from the server's clock. */
  readonly nowMs: number;
  /** Of the user who asks; '' where there is none. */
  readonly userName: string;
  readonly userGroups: readonly string[];
  readonly userUid: string;
  readonly userExtra: Readonly<Record<string, readonly string[]>>;
  /** Secret and CSR-like kinds make names and numbers with it; 0 ≤ n < 1. */
  random(): number;
}

/** How one write is prepared and judged. `object` is the caller's own copy; `old` is shared and must not be changed. */
export interface UpdateRules<T extends KubeObject = KubeObject> {
  /** Resets what this endpoint may not change, drops fields of disabled features. Before validation. */
  prepareForUpdate?(object: T, old: T, context: RuleContext): void;
  /** Findings beyond those about metadata, which the registry makes itself. */
  validateUpdate?(object: T, old: T, context: RuleContext): FieldError[];
  warningsOnUpdate?(object: T, old: T, context: RuleContext): string[];
}

/**
 * The rules of one built-in kind: what its strategy, defaults and validation do in Kubernetes. Everything is optional;
 * a kind without rules is served by its facts alone. Rules are pure: they change the object they are given and nothing
 * else, and never wait. They see objects in their storage version unless they say otherwise, complete with `apiVersion`
 * and `kind`, decoded by the type's facts (so: no null, no unknown field, no wrong JSON type).
 */
export interface KindRules<T extends KubeObject = KubeObject> extends UpdateRules<T> {
  /**
   * Fills in what the type defaults, before admission. `version` is the version the object is in; constant defaults of
   * the facts (`default` of a field) are given by the decoder already.
   */
  defaults?(object: T, version: string): void;

  prepareForCreate?(object: T, context: RuleContext): void;
  /** The last change to a new object, once its name is made from generateName: what repeats the name. */
  canonicalize?(object: T): void;
  /** Objects keep the status they are created with (nodes, which report themselves). Default: it is reset. */
  readonly keepsStatusOnCreate?: boolean;
  /** Findings of a creation beyond those about metadata. */
  validate?(object: T, context: RuleContext): FieldError[];
  warningsOnCreate?(object: T, context: RuleContext): string[];

  /**
   * Findings about a name (or, with `prefix`, about generateName, whose trailing dash is allowed): only the texts; the
   * registry gives them their path. Default: a DNS subdomain.
   */
  validateName?(name: string, prefix: boolean): string[];

  /** PUT to an absent name creates it. Default false. */
  readonly allowCreateOnUpdate?: boolean;
  /** PUT without a resourceVersion is accepted. Default true. */
  readonly allowUnconditionalUpdate?: boolean;

  /** metadata.generation: starts at 1 and grows when anything outside metadata and status changes. Default: see registry. */
  readonly tracksGeneration?: boolean;

  /** The `status` subresource; by default it keeps everything but status from the old object, labels and annotations included as given. */
  readonly status?: UpdateRules<T>;
  /** Other subresources of the same kind (`resize`, `ephemeralcontainers`, `approval`, `finalize`…). */
  readonly subresources?: Readonly<Record<string, UpdateRules<T>>>;

  /** Field selectors beside metadata.name and metadata.namespace: label to value. */
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;

  /** The refusal of a field label that the kind does not know, for kinds that word it differently. */
  unknownFieldLabel?(label: string): string;

  /**
   * Field paths that a writer of the endpoint ('' is the main one) never comes to own, since the endpoint resets them:
   * [['status']] for most. Default: the main endpoint resets status, the status endpoint resets spec and what it keeps.
   */
  readonly resetFields?: Readonly<Record<string, readonly (readonly string[])[]>>;

  /** Says when an object is deleted at once and when it waits out a grace period (pods). */
  gracefulDeletion?(object: T, requestedSeconds: number | undefined, context: RuleContext): { readonly gracePeriodSeconds: number } | undefined;

  /**
   * Called when a deletion begins, on the registry's own copy: the kind notes in its state that it is going (a
   * namespace's phase).
   */
  beginDeletion?(object: T, context: RuleContext): void;
  /** True while finalizers of the kind's own (a namespace's spec.finalizers) keep an object that is being deleted. */
  heldInDeletion?(object: T): boolean;
  /** A deletion that is carried out at once answers with the object instead of a Status. */
  readonly answersDeletionWithObject?: boolean;

  /** Cells of the resource's table columns (facts/table-columns), in their order. */
  cells?(object: T, context: { readonly nowMs: number }): (string | number | boolean | null)[];
  /** Conditions of the object's row in a table (`Completed` of pods that have ended); absent or empty for most. */
  rowConditions?(object: T): readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];

  /** To and from the storage version, for kinds that serve several. Each gets its own copy. */
  readonly conversion?: {
    toStorage(object: KubeObject, fromVersion: string): KubeObject;
    fromStorage(object: KubeObject, toVersion: string): KubeObject;
  };
}

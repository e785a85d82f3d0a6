/**
 * Who owns which fields, kept on every write. The registry calls `updateManagedFields` for each create, update and
 * patch, after decoding and before its rules prepare the object; `applyPatch` (apply-patch.ts) serves apply.
 *
 * Managers own what they set: who changes a field takes it from all others, a field that goes is nobody's, and a manager
 * without fields is forgotten. Objects are seen in the version of the request.
 */
import { equalJson, type JsonObject } from '../json.ts';
import type { MergeSchema } from '../merge-schema.ts';
import type { KubeObject, ManagedFieldsEntry } from '../object-meta.ts';
import { ConversionError, singleVersion, VersionedObject, type ApiVersions } from './api-versions.ts';
import { capUpdaters } from './cap-updaters.ts';
import { difference, isEmptySet, recursiveDifference, union, type FieldSet } from './field-set.ts';
import { ObjectChange, reconcileEntries, releaseFields } from './field-ownership.ts';
import { asksForReset, managerId, readSentEntries, readStoredEntries, writeEntries, type ManagerEntries, type ManagerId } from './manager-entries.ts';
import { UNOWNED_FIELDS, withoutManagedFields } from './unowned-fields.ts';

export interface FieldManagerOptions {
  /** The field manager's name; '' is recorded as `unknown`. */
  readonly manager: string;
  /** Of the request: the version that both objects are in. */
  readonly apiVersion: string;
  /** Of the kind in that version. */
  readonly schema: MergeSchema;
  /** RFC 3339 in UTC with seconds. */
  readonly now: string;
  /** The endpoint's subresource; '' or absent for the object itself. */
  readonly subresource?: string;
  /** Paths that the endpoint resets, which its writers never come to own (see setOfFieldPaths). */
  readonly resetFields?: FieldSet | undefined;
  /** Of the kind's other versions; without it, what managers own in other versions is forgotten. */
  readonly versions?: ApiVersions | undefined;
}

/**
 * The managedFields that `updated` is to be stored with; undefined for none. Neither object is changed, and entries that
 * nothing happened to are the stored ones themselves.
 *
 * @param live as stored, in the request's version; undefined for a creation. An object that nobody owns fields of is not
 *   tracked again until it is applied.
 * @param updated as the client wants it. Its managedFields count when they are readable and not those of a subresource:
 *   `[]` and `[{}]` make the server forget all owners; without any, or with unreadable ones, the stored ones go on.
 *
 * A write is never refused for its managedFields: when the object does not fit a version that somebody owns fields in,
 * all owners are forgotten.
 */
export function updateManagedFields(live: KubeObject | undefined, updated: KubeObject, options: FieldManagerOptions): ManagedFieldsEntry[] | undefined {
  const entries = readBasis(live, updated, options.subresource ?? '');
  if (entries.size === 0 && live !== undefined) return undefined;
  const before = live === undefined ? {} : withoutManagedFields(live as unknown as JsonObject);
  const after = withoutManagedFields(updated as unknown as JsonObject);
  try {
    return writeEntries(recordUpdate(before, after, entries, options));
  } catch (error) {
    if (error instanceof ConversionError) return undefined;
    throw error;
  }
}

/** The entries that an update starts from: the client's, or the stored ones. */
function readBasis(live: KubeObject | undefined, updated: KubeObject, subresource: string): ManagerEntries {
  const sent = updated.metadata.managedFields;
  const stored = live?.metadata.managedFields;
  if (subresource === '' && !equalJson(sent, stored)) {
    if (asksForReset(sent)) return new Map();
    const readable = orUndefined(() => readSentEntries(sent));
    if (readable !== undefined && readable.size > 0) return readable;
  }
  return orUndefined(() => readStoredEntries(stored)) ?? new Map();
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An update by `options.manager` from one state to another, both without managedFields. */
export function recordUpdate(before: JsonObject, after: JsonObject, entries: ManagerEntries, options: FieldManagerOptions): ManagerEntries {
  const versions = options.versions ?? singleVersion(options.apiVersion, options.schema);
  const live = new VersionedObject(before, options.apiVersion, versions);
  const change = new ObjectChange(live, new VersionedObject(after, options.apiVersion, versions), options);
  const left = releaseFields(reconcileEntries(entries, versions), change, undefined);
  const taken = ownable(change.touched(), options);
  if (!isEmptySet(taken)) {
    const writer = writerId(options, 'Update');
    const id = managerId(writer);
    const previous = left.get(id);
    const fields = previous === undefined ? taken : union(taken, previous.fields);
    left.set(id, { ...writer, fields, time: options.now, source: previous?.source });
  }
  return capUpdaters(left);
}

/** The part of a set that a manager may own. */
export function ownable(fields: FieldSet, options: FieldManagerOptions): FieldSet {
  const kept = options.resetFields === undefined ? fields : recursiveDifference(fields, options.resetFields);
  return difference(kept, UNOWNED_FIELDS);
}

export function writerId(options: FieldManagerOptions, operation: 'Apply' | 'Update'): ManagerId {
  const manager = options.manager === '' ? 'unknown' : options.manager;
  return { manager, operation, apiVersion: options.apiVersion, subresource: options.subresource ?? '' };
}

/**
 * The managedFields of a write that changed nothing but times keep their times, so that the write can be skipped. Called
 * once the object is what would be stored; returns the entries to store.
 *
 * @param live as stored; its own managedFields are returned when the times are all that differs.
 */
export function withoutTimeOnlyChange(live: KubeObject, updated: KubeObject): ManagedFieldsEntry[] | undefined {
  const stored = live.metadata.managedFields;
  const fresh = updated.metadata.managedFields;
  if (stored === undefined || fresh === undefined || stored === fresh || stored.length !== fresh.length) return fresh;
  if (stored.every((entry, i) => entry.time === fresh[i]?.time)) return fresh;
  if (!stored.every((entry, i) => equalJson({ ...entry, time: undefined }, { ...fresh[i], time: undefined }))) return fresh;
  const same = equalJson(withoutManagedFields(live as unknown as JsonObject), withoutManagedFields(updated as unknown as JsonObject));
  return same ? stored : fresh;
}

/** What is wrong with managedFields that an admission plugin or a client wrote; undefined when they can be read. */
export function findManagedFieldsError(entries: readonly ManagedFieldsEntry[] | undefined): string | undefined {
  try {
    readSentEntries(entries);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/** Who owns what after an object changed from one state to another. */
import { compareValues, excludeFields, touchedFields, type Comparison } from './compare-values.ts';
import { difference, EMPTY_SET, intersection, isEmptySet, type FieldSet } from './field-set.ts';
import { withFields, type ManagerEntries } from './manager-entries.ts';
import { reconcileWithSchema } from './reconcile-schema.ts';
import type { ApiVersions, VersionedObject } from './api-versions.ts';

export interface OwnershipOptions {
  /** Of the writer: the version that its own change is seen in. */
  readonly apiVersion: string;
  /** Paths that the endpoint resets: changes to them are nobody's. */
  readonly resetFields?: FieldSet | undefined;
}

/** The entries as today's schemas have them, without those of versions that are not served any more. */
export function reconcileEntries(entries: ManagerEntries, versions: ApiVersions): ManagerEntries {
  const reconciled: ManagerEntries = new Map();
  for (const [id, entry] of entries) {
    const schema = versions.schemaOf(entry.apiVersion);
    if (schema === undefined) continue;
    const fields = reconcileWithSchema(entry.fields, schema);
    reconciled.set(id, fields === entry.fields ? entry : { ...entry, fields });
  }
  return reconciled;
}

/** The change from one object to the other, in every version that somebody owns fields of. */
export class ObjectChange {
  readonly #before: VersionedObject;
  readonly #after: VersionedObject;
  readonly #options: OwnershipOptions;
  readonly #seen = new Map<string, Comparison | undefined>();

  constructor(before: VersionedObject, after: VersionedObject, options: OwnershipOptions) {
    this.#before = before;
    this.#after = after;
    this.#options = options;
  }

  /** Without the fields that the endpoint resets. Undefined when the version is not served. */
  in(apiVersion: string): Comparison | undefined {
    if (this.#seen.has(apiVersion)) return this.#seen.get(apiVersion);
    const before = this.#before.in(apiVersion);
    const after = this.#after.in(apiVersion);
    const change = before && after && excludeFields(compareValues(before.object, after.object, before.schema), this.#resetIn(apiVersion));
    this.#seen.set(apiVersion, change);
    return change;
  }

  #resetIn(apiVersion: string): FieldSet | undefined {
    return apiVersion === this.#options.apiVersion ? this.#options.resetFields : undefined;
  }

  /** What the writer of the change comes to own. */
  touched(): FieldSet {
    const change = this.in(this.#options.apiVersion);
    return change === undefined ? EMPTY_SET : touchedFields(change);
  }
}

/** Fields that others own and the change gives another value, by the id of their entry. */
export function findConflicts(entries: ManagerEntries, change: ObjectChange, writerId: string | undefined): Map<string, FieldSet> {
  const conflicts = new Map<string, FieldSet>();
  for (const [id, entry] of entries) {
    const comparison = id === writerId ? undefined : change.in(entry.apiVersion);
    if (comparison === undefined) continue;
    const fields = intersection(entry.fields, touchedFields(comparison));
    if (!isEmptySet(fields)) conflicts.set(id, fields);
  }
  return conflicts;
}

/**
 * Everyone but the writer loses what the change gave another value or removed; who is left without fields goes, and so
 * does who owned fields of a version that is not served.
 */
export function releaseFields(entries: ManagerEntries, change: ObjectChange, writerId: string | undefined): ManagerEntries {
  const left: ManagerEntries = new Map();
  for (const [id, entry] of entries) {
    if (id === writerId) {
      if (!isEmptySet(entry.fields)) left.set(id, entry);
      continue;
    }
    const comparison = change.in(entry.apiVersion);
    if (comparison === undefined) continue;
    let { fields } = entry;
    fields = difference(fields, comparison.modified);
    fields = difference(fields, comparison.added);
    fields = difference(fields, comparison.removed);
    const kept = withFields(entry, fields);
    if (kept !== undefined) left.set(id, kept);
  }
  return left;
}

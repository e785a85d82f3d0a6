/** Taking away what a manager applied before and does not apply any more. */
import type { JsonObject } from '../json.ts';
import { VersionedObject, type ApiVersions } from './api-versions.ts';
import { difference, EMPTY_SET, intersection, isEmptySet, union, type FieldSet } from './field-set.ts';
import { managerId, type ManagerEntries, type ManagerEntry } from './manager-entries.ts';
import { withNamedFields } from './named-fields.ts';
import { removeItems } from './remove-items.ts';
import { toFieldSet } from './to-field-set.ts';

export interface PruneOptions {
  readonly apiVersion: string;
  readonly versions: ApiVersions;
}

/**
 * The merged object without the fields of `last` that nobody owns now. Fields in what goes stay when another manager
 * owns them, or when the applier never owned them: defaults, and what was written under no name.
 *
 * @param merged in `options.apiVersion`.
 * @param last the applier's entry before this apply.
 * @param entries all entries, the applier's new one among them.
 */
export function pruneFields(merged: JsonObject, last: ManagerEntry | undefined, entries: ManagerEntries, options: PruneOptions): JsonObject {
  if (last === undefined || isEmptySet(last.fields) || stillApplied(last, entries)) return merged;
  const before = new VersionedObject(merged, options.apiVersion, options.versions).in(last.apiVersion);
  if (before === undefined) return merged;
  const { schema, object: whole } = before;
  const lastFields = withNamedFields(last.fields, schema);
  if (isEmptySet(lastFields)) return merged;

  let pruned = removeItems(whole, lastFields, schema) as JsonObject;
  pruned = restoreOwned(whole, pruned, last.apiVersion, entries, options.versions);
  const gone = difference(withNamedFields(toFieldSet(whole, schema), schema), withNamedFields(toFieldSet(pruned, schema), schema));
  const result = removeItems(whole, intersection(gone, lastFields), schema) as JsonObject;
  return last.apiVersion === options.apiVersion ? result : options.versions.convert(result, last.apiVersion, options.apiVersion);
}

/** Whether the applier applies again all that it applied before, in the same version: the usual case. */
function stillApplied(last: ManagerEntry, entries: ManagerEntries): boolean {
  const applied = entries.get(managerId(last));
  return applied !== undefined && applied.apiVersion === last.apiVersion && isEmptySet(difference(last.fields, applied.fields));
}

/** Puts back what was pruned and somebody owns, version by version, the pruned one first. Result in `apiVersion`. */
function restoreOwned(whole: JsonObject, pruned: JsonObject, apiVersion: string, entries: ManagerEntries, versions: ApiVersions): JsonObject {
  const owned = new Map<string, FieldSet>([[apiVersion, EMPTY_SET]]);
  for (const entry of entries.values()) owned.set(entry.apiVersion, union(owned.get(entry.apiVersion) ?? EMPTY_SET, entry.fields));
  let restored = pruned;
  let current = apiVersion;
  for (const [version, fields] of owned) {
    const merged = new VersionedObject(whole, apiVersion, versions).in(version);
    const rest = new VersionedObject(restored, current, versions).in(version);
    if (merged === undefined || rest === undefined) continue;
    const { schema } = merged;
    const kept = union(withNamedFields(toFieldSet(rest.object, schema), schema), withNamedFields(fields, schema));
    const gone = difference(withNamedFields(toFieldSet(merged.object, schema), schema), kept);
    restored = removeItems(merged.object, gone, schema) as JsonObject;
    current = version;
  }
  return current === apiVersion ? restored : versions.convert(restored, current, apiVersion);
}

/**
 * Ownership seen through a `scale` subresource. A Scale is a view of one field of its parent, the number of replicas:
 * who owns that owns `.spec.replicas` of the Scale. The registry shows the view's entries with the Scale, runs the write
 * on it (updateManagedFields or applyPatch), and carries the outcome back to the parent.
 */
import type { ManagedFieldsEntry } from '../object-meta.ts';
import { difference, has, isEmptySet, setOfPaths, type FieldSet } from './field-set.ts';
import { readSentEntries, readStoredEntries, writeEntries, type ManagerEntries } from './manager-entries.ts';
import { fieldElement, type PathElement } from './path-element.ts';

export const SCALE_API_VERSION = 'autoscaling/v1';

const SCALE_REPLICAS: readonly PathElement[] = ['f:spec', 'f:replicas'];

export interface ScaledParent {
  /** The version that the parent is written in through its scale: `apps/v1`. */
  readonly apiVersion: string;
  /**
   * Where the replicas are in each version: `['spec', 'replicas']`; undefined in a map for a version without. Entries of
   * versions that are not in the map are dropped when the parent is written.
   */
  readonly replicasPaths: ReadonlyMap<string, readonly string[] | undefined>;
}

function pathIn(parent: ScaledParent, apiVersion: string): PathElement[] | undefined {
  return parent.replicasPaths.get(apiVersion)?.map(fieldElement);
}

function read(entries: readonly ManagedFieldsEntry[] | undefined, reader: typeof readStoredEntries): ManagerEntries {
  try {
    return reader(entries);
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

/** The entries of the Scale: of everyone who owns the parent's replicas. */
export function scaleManagedFields(parentEntries: readonly ManagedFieldsEntry[] | undefined, parent: ScaledParent): ManagedFieldsEntry[] | undefined {
  const owners: ManagerEntries = new Map();
  for (const [id, entry] of read(parentEntries, readStoredEntries)) {
    const path = pathIn(parent, entry.apiVersion);
    if (path === undefined || !has(entry.fields, path)) continue;
    owners.set(id, { ...entry, apiVersion: SCALE_API_VERSION, fields: setOfPaths([SCALE_REPLICAS]), source: undefined });
  }
  return writeEntries(owners);
}

/**
 * The parent's entries after its Scale was written with these. Who lost the replicas there loses them here; who has
 * gained them gets an entry of its own, without a time.
 */
export function parentManagedFields(
  parentEntries: readonly ManagedFieldsEntry[] | undefined,
  scaleEntries: readonly ManagedFieldsEntry[] | undefined,
  parent: ScaledParent,
): ManagedFieldsEntry[] | undefined {
  const before = read(parentEntries, readStoredEntries);
  const owners = read(scaleEntries, readSentEntries);
  const after: ManagerEntries = new Map();
  for (const [id, entry] of before) {
    if (!parent.replicasPaths.has(entry.apiVersion)) continue;
    const path = pathIn(parent, entry.apiVersion);
    if (path === undefined || !has(entry.fields, path) || owners.delete(id)) {
      after.set(id, entry);
      continue;
    }
    const fields: FieldSet = difference(entry.fields, setOfPaths([path]));
    if (!isEmptySet(fields)) after.set(id, { ...entry, fields });
  }
  const replicas = pathIn(parent, parent.apiVersion);
  for (const [id, entry] of owners) {
    if (replicas === undefined || !has(entry.fields, SCALE_REPLICAS)) continue;
    after.set(id, { ...entry, apiVersion: parent.apiVersion, fields: setOfPaths([replicas]), time: before.get(id)?.time, source: undefined });
  }
  return writeEntries(after);
}

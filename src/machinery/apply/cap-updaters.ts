import { compareBytes } from '../go-format.ts';
import { union } from './field-set.ts';
import { compareTimes, managerId, type ManagerEntries, type ManagerEntry } from './manager-entries.ts';

/** As many updaters as an object remembers by name. */
export const MAX_UPDATERS = 10;

const OLD_UPDATES_MANAGER = 'ancient-changes';

/**
 * Folds the oldest updaters into one entry a version, named `ancient-changes`, until no more than MAX_UPDATERS are
 * left. Appliers are never folded: what they own decides what their next apply removes. One entry of a version alone
 * keeps its name, since folding it would save nothing.
 */
export function capUpdaters(entries: ManagerEntries): ManagerEntries {
  let count = 0;
  for (const entry of entries.values()) if (entry.operation === 'Update') count++;
  if (count <= MAX_UPDATERS) return entries;

  const capped: ManagerEntries = new Map(entries);
  const oldestFirst = [...entries]
    .filter(([, entry]) => entry.operation === 'Update')
    .sort(([idA, a], [idB, b]) => compareTimes(a.time, b.time) || compareBytes(idA, idB));
  const firstOfVersion = new Map<string, string>();
  for (const [id, entry] of oldestFirst) {
    if (count <= MAX_UPDATERS) break;
    const first = firstOfVersion.get(entry.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(entry.apiVersion, id);
      continue;
    }
    count -= fold(capped, first, id, entry);
  }
  return capped;
}

/** Moves `entry` into its version's bucket, which starts as the version's first entry. Returns how many entries fewer. */
function fold(entries: ManagerEntries, first: string, id: string, entry: ManagerEntry): number {
  const bucketId = managerId({ manager: OLD_UPDATES_MANAGER, operation: 'Update', apiVersion: entry.apiVersion, subresource: '' });
  const before = entries.size;
  const bucket = entries.get(bucketId) ?? entries.get(first);
  if (bucket === undefined) return 0;
  if (!entries.has(bucketId)) entries.delete(first);
  if (id !== bucketId) entries.delete(id);
  entries.set(bucketId, {
    manager: OLD_UPDATES_MANAGER,
    operation: 'Update',
    apiVersion: entry.apiVersion,
    subresource: '',
    fields: union(bucket.fields, entry.fields),
    time: entry.time,
  });
  return before - entries.size;
}

/** The answer to an apply that would take fields from others. */
import { compareBytes, quoteGo } from '../go-format.ts';
import { failure, type StatusCause, type StatusError } from '../status-error.ts';
import { paths, type FieldSet } from './field-set.ts';
import type { ManagerEntries, ManagerEntry } from './manager-entries.ts';
import { formatPath } from './path-element.ts';

/** Fields in conflict, by the id of the entry that owns them. */
export type Conflicts = ReadonlyMap<string, FieldSet>;

/** The manager as messages show it: `"helm"`, `"kubectl" using v1`, `"hpa" with subresource "scale" using apps/v1`. */
function showManager(entry: ManagerEntry): string {
  const subresource = entry.subresource === '' ? '' : ` with subresource ${quoteGo(entry.subresource)}`;
  const version = entry.operation === 'Update' ? ` using ${entry.apiVersion}` : '';
  return `${quoteGo(entry.manager)}${subresource}${version}`;
}

/** A 409 that names every field in conflict, manager by manager. */
export function applyConflict(conflicts: Conflicts, entries: ManagerEntries): StatusError {
  const ids = [...conflicts.keys()].sort(compareBytes);
  const causes: StatusCause[] = [];
  const lines: string[] = [];
  for (const id of ids) {
    const entry = entries.get(id);
    const fields = conflicts.get(id);
    if (entry === undefined || fields === undefined) continue;
    const manager = showManager(entry);
    lines.push(`conflicts with ${manager}:`);
    for (const path of paths(fields)) {
      const field = formatPath(path);
      causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field });
      lines.push(`- ${field}`);
    }
  }
  const only = causes.length === 1 ? causes[0] : undefined;
  const message = only === undefined ? `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}` : `Apply failed with 1 conflict: ${only.message}: ${only.field}`;
  return failure({ code: 409, reason: 'Conflict', message, details: { causes } });
}

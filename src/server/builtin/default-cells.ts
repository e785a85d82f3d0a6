import { formatHumanDuration } from '../../machinery/duration.ts';
import type { DeepReadonly, JsonValue } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { TableColumn } from '../registry/resource-type.ts';

/** What kubectl shows for a time that is not known. */
const UNKNOWN = '<unknown>';

/** Cells of kinds without a printer of their own: name and age are known, the rest is left empty. */
export function defaultCells(columns: readonly TableColumn[], object: DeepReadonly<KubeObject>, nowMs: number): JsonValue[] {
  return columns.map((column) => {
    switch (column.name) {
      case 'Name':
        return object.metadata.name ?? '';
      case 'Age':
        return ageCell(object.metadata.creationTimestamp, nowMs);
      case 'Created At':
        return object.metadata.creationTimestamp ?? null;
      default:
        return '';
    }
  });
}

/** `5d3h`, as kubectl shows how long ago a time was. */
export function ageCell(time: string | undefined, nowMs: number): string {
  if (time === undefined) return UNKNOWN;
  return formatHumanDuration(nowMs - Date.parse(time));
}

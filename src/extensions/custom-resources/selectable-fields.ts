import type { DeepReadonly } from '../../machinery/json.ts';
import { parseFieldPath } from '../../machinery/field-path.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { SelectableField } from './custom-resource-definition.ts';
import { nestedField, NestedFieldError } from './nested-field.ts';

export type FieldReader = (object: DeepReadonly<KubeObject>) => string;

/** Field selector labels (`spec.color`) to readers of their values; an absent field reads as ''. */
export function selectableFieldReaders(fields: readonly SelectableField[] | undefined): ReadonlyMap<string, FieldReader> {
  const readers = new Map<string, FieldReader>();
  for (const { jsonPath } of fields ?? []) {
    const names = parseFieldPath(jsonPath);
    readers.set(selectableLabel(jsonPath), (object) => readText(object, names));
  }
  return readers;
}

/** The label by which selectors name a field: its path without the first dot. */
export function selectableLabel(jsonPath: string): string {
  return jsonPath.startsWith('.') ? jsonPath.slice(1) : jsonPath;
}

function readText(object: DeepReadonly<KubeObject>, names: readonly string[]): string {
  try {
    const value = nestedField(object, names);
    return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
  } catch (error) {
    if (error instanceof NestedFieldError) return '';
    throw error;
  }
}

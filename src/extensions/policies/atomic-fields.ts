import { listItemElement, ListItemError } from '../../machinery/apply/list-item.ts';
import { formatElement } from '../../machinery/apply/path-element.ts';
import { isJsonObject } from '../../machinery/json.ts';
import { ANY_SCHEMA, type ListSchema, type MergeSchema } from '../../machinery/merge-schema.ts';

/**
 * Paths of what a value holds of lists, maps and structs that are owned as a whole: an apply configuration of a policy
 * may not set those, since it would take away what others put there. `value` fits the schema.
 */
export function findAtomicFields(value: unknown, schema: MergeSchema): string[] {
  const found: string[] = [];
  visit(value, schema, '', found);
  return found;
}

function visit(value: unknown, schema: MergeSchema, path: string, found: string[]): void {
  if (schema.kind === 'list' && Array.isArray(value)) visitList(value as unknown[], schema, path, found);
  if ((schema.kind !== 'struct' && schema.kind !== 'map') || !isJsonObject(value)) return;
  if (schema.atomic) {
    found.push(path);
    return;
  }
  for (const key of Object.keys(value)) {
    const child = schema.kind === 'map' ? schema.element : schema.field(key)?.schema;
    visit(value[key], child ?? ANY_SCHEMA, `${path}.${key}`, found);
  }
}

function visitList(items: readonly unknown[], schema: ListSchema, path: string, found: string[]): void {
  if (schema.listType === 'atomic') {
    found.push(path);
    return;
  }
  for (const item of items) visit(item, schema.element, `${path}${elementOf(schema, item)}`, found);
}

function elementOf(schema: ListSchema, item: unknown): string {
  try {
    return formatElement(listItemElement(schema, item));
  } catch (error) {
    if (error instanceof ListItemError) return '[]';
    throw error;
  }
}

/** Table columns of a custom resource, as its definition asks: the name, then what `additionalPrinterColumns` point at. */
import { formatHumanDuration } from '../../machinery/duration.ts';
import type { DeepReadonly, JsonValue } from '../../machinery/json.ts';
import { formatJsonPathValue, JsonPathError, parseJsonPath, type JsonPath } from '../../machinery/json-path.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { TableColumnDefinition } from '../../machinery/table.ts';
import { timeToMs } from '../../machinery/time.ts';
import type { DefinitionColumn } from './custom-resource-definition.ts';

const NAME: TableColumnDefinition = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name of the object, unique within its namespace and resource.',
  priority: 0,
};

/** What is shown where the definition names no columns. */
const AGE: DefinitionColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'When the object was created.' };

interface Column {
  readonly type: string;
  readonly path: JsonPath;
}

/** Paths are compiled on the first table. */
export class CustomColumns {
  readonly #declared: readonly DeepReadonly<DefinitionColumn>[];
  #definitions: readonly TableColumnDefinition[] | undefined;
  #columns: readonly Column[] | undefined;

  constructor(declared: readonly DeepReadonly<DefinitionColumn>[] | undefined) {
    this.#declared = declared === undefined || declared.length === 0 ? [AGE] : declared;
  }

  get definitions(): readonly TableColumnDefinition[] {
    this.#definitions ??= [
      NAME,
      ...this.#declared.slice(0, this.#compiled().length).map((column) => ({
        name: column.name,
        type: column.type,
        format: column.format ?? '',
        description: column.description ?? '',
        priority: column.priority ?? 0,
      })),
    ];
    return this.#definitions;
  }

  /** One cell per definition; null where a path finds nothing, or not what the column's type promises. */
  cells(object: DeepReadonly<KubeObject>, nowMs: number): JsonValue[] {
    const cells: JsonValue[] = [object.metadata.name ?? ''];
    for (const { type, path } of this.#compiled()) {
      const value = path.first(object);
      cells.push(value === undefined ? null : cellOf(type, value, nowMs));
    }
    return cells;
  }

  /** A path that cannot be parsed ends the table: the columns before it are shown. */
  #compiled(): readonly Column[] {
    if (this.#columns !== undefined) return this.#columns;
    const columns: Column[] = [];
    try {
      for (const { type, jsonPath } of this.#declared) columns.push({ type, path: parseJsonPath(jsonPath) });
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
    }
    this.#columns = columns;
    return columns;
  }
}

function cellOf(type: string, value: JsonValue, nowMs: number): JsonValue {
  if (type === 'string') return value === null ? '<no value>' : formatJsonPathValue(value);
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  switch (type) {
    case 'integer':
      return isNumber ? (typeof value === 'number' ? Math.trunc(value) : value) : null;
    case 'number':
      return isNumber ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? dateCell(value, nowMs) : null;
    default:
      return null;
  }
}

/** How long ago a time was: `5d3h`. */
function dateCell(text: string, nowMs: number): string {
  if (text === '' || text === 'null') return '<unknown>';
  const time = timeToMs(text);
  return time === undefined ? '<invalid>' : formatHumanDuration(nowMs - time);
}

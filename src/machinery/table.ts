import type { KubeObject } from './object-meta.ts';

/** meta/v1 Table: a list, or one object, as rows of cells. */

export interface TableColumnDefinition {
  name: string;
  /** An OpenAPI type: `string`, `integer`, `number`, `boolean`, `date`. */
  type: string;
  /** An OpenAPI format, or `name` for the column that names the row. */
  format: string;
  description: string;
  /** 0 is always shown; more is shown where there is room (`-o wide`). */
  priority: number;
}

export interface TableRowCondition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
}

/** A cell's JSON value, or null where there is nothing to show. */
export type TableCell = string | number | bigint | boolean | null | object;

export interface TableRow {
  cells: TableCell[];
  /** `Completed` dims a row. */
  conditions?: TableRowCondition[];
  /** The object as the request's `includeObject` asks: whole, its metadata (a PartialObjectMetadata), or left out. */
  object?: KubeObject;
}

export interface Table {
  kind: 'Table';
  apiVersion: 'meta.k8s.io/v1';
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  /** Watch events after the first may leave the definitions out: then null. */
  columnDefinitions: TableColumnDefinition[] | null;
  rows: TableRow[];
}

/** What of each row's object a client wants to see. */
export type IncludeObjectPolicy = 'None' | 'Metadata' | 'Object';

/** Without an answer for an unknown value: the caller refuses it. '' means Metadata. */
export function parseIncludeObject(text: string | undefined): IncludeObjectPolicy | undefined {
  if (text === undefined || text === '' || text === 'Metadata') return 'Metadata';
  return text === 'None' || text === 'Object' ? text : undefined;
}

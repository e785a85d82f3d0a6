import type { CelType } from './types.ts';
import type { CelValue } from './values.ts';
import type { ObjectDeclaration } from './object-declaration.ts';

/** Sizes are counted as the cost rules count them: characters of strings, bytes, items, entries. */
export const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/**
 * How JSON of one place is seen by expressions: its type, and how it becomes a value. Nothing is converted before an
 * expression asks for it; lists, maps and objects stay the JSON they are, with the schema of their items beside them.
 */
export interface ValueSchema {
  readonly type: CelType;
  /** True when the JSON value is the CEL value already, so that reading costs nothing. */
  readonly identity: boolean;
  /** @throws EvaluationError for JSON that the schema does not allow. */
  read(json: unknown): CelValue;
  /** Of lists and maps. */
  readonly element?: ValueSchema;
  /** Of objects. */
  readonly object?: ObjectDeclaration;
  /** Lists whose order does not count (`set`), or whose items have keys (`map`). */
  readonly listType?: 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  /** The greatest size a valid value can have; undefined for values that have no size. */
  readonly maxElements?: number;
}

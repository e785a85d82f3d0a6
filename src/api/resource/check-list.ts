import { fieldDuplicate, fieldTooMany, type FieldPath } from '../../machinery/field-error.ts';
import type { Findings } from '../pod-template/findings.ts';

export interface ListRules<T> {
  readonly max?: number;
  /** What tells items apart: two with the same key are one too many. */
  readonly key?: (item: T) => string;
  check?(item: T, path: FieldPath): void;
}

/** A bounded list, whose items are judged one after the other. */
export function checkList<T>(findings: Findings, items: readonly T[] | null | undefined, path: FieldPath, rules: ListRules<T>): void {
  const seen = new Set<string>();
  (items ?? []).forEach((item, i) => {
    rules.check?.(item, path.index(i));
    if (rules.key === undefined) return;
    const key = rules.key(item);
    if (seen.has(key)) findings.push(fieldDuplicate(path.index(i), key));
    seen.add(key);
  });
  const length = items?.length ?? 0;
  if (rules.max !== undefined && length > rules.max) findings.push(fieldTooMany(path, length, rules.max));
}

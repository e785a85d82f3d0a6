import { fieldInvalid, type FieldPath } from '../../machinery/field-error.ts';
import { checkNonnegative, type Findings } from '../pod-template/findings.ts';

type Counts = Readonly<Record<string, unknown>>;

const numberOf = (counts: Counts, field: string): number => {
  const value = counts[field];
  return typeof value === 'number' ? value : 0;
};

/** None of the counts is negative; what is absent is not looked at. */
export function checkCounts(findings: Findings, counts: Counts, fields: readonly string[], path: FieldPath): void {
  for (const field of fields) if (counts[field] !== undefined) checkNonnegative(findings, path.child(field), numberOf(counts, field));
}

/** None of the counts is above another; absent ones count as 0. */
export function checkNotAbove(findings: Findings, counts: Counts, fields: readonly string[], limit: { field: string; path: FieldPath; message: string }): void {
  for (const field of fields) {
    const count = numberOf(counts, field);
    if (count > numberOf(counts, limit.field)) findings.push(fieldInvalid(limit.path.child(field), count, limit.message));
  }
}

/** Collisions of names are counted for ever. */
export function checkCollisionCount(findings: Findings, status: Counts, old: Counts, path: FieldPath): void {
  if (old['collisionCount'] === undefined) return;
  const count = numberOf(status, 'collisionCount');
  if (status['collisionCount'] === undefined || count < numberOf(old, 'collisionCount')) findings.push(fieldInvalid(path.child('collisionCount'), count, 'cannot be decremented'));
}

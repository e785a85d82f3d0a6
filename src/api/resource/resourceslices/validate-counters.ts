import { fieldInvalid, fieldRequired, type FieldPath } from '../../../machinery/field-error.ts';
import type { Findings } from '../../pod-template/findings.ts';
import { checkLabelName } from '../names.ts';
import type { CounterSet } from '../shapes.ts';

const MAX_COUNTERS = 32;

/** Named amounts that devices share; there must be some. */
export function checkCounters(findings: Findings, counters: CounterSet['counters'] | null, path: FieldPath): void {
  const names = Object.keys(counters ?? {});
  if (names.length === 0) findings.push(fieldRequired(path));
  if (names.length > MAX_COUNTERS) findings.push(fieldInvalid(path, names.length, `the number of counters must not exceed ${MAX_COUNTERS}`));
  for (const name of names) checkLabelName(findings, name, path);
}

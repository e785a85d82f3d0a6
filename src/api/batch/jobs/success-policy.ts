import { fieldInvalid, fieldRequired, fieldTooLong, fieldTooMany, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import { checkNonnegative } from '../../pod-template/findings.ts';
import { countIndexes, IndexIntervalsError, parseIndexIntervals } from './index-intervals.ts';
import type { JobSpec } from './job.ts';

type Rule = NonNullable<NonNullable<JobSpec['successPolicy']>['rules']>[number];

const MAX_RULES = 20;
const MAX_INDEXES_LENGTH = 64 * 1024;

/** Of an indexed job. */
export function checkSuccessPolicy(findings: FieldError[], spec: JobSpec, path: FieldPath): void {
  const rules = spec.successPolicy?.rules ?? [];
  const rulesPath = path.child('rules');
  if (rules.length === 0) findings.push(fieldRequired(rulesPath, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > MAX_RULES) findings.push(fieldTooMany(rulesPath, rules.length, MAX_RULES));
  rules.forEach((rule, i) => checkRule(findings, rule, rulesPath.index(i), spec.completions ?? 0));
}

function checkRule(findings: FieldError[], { succeededIndexes, succeededCount }: Rule, path: FieldPath, completions: number): void {
  if (succeededIndexes === undefined && succeededCount === undefined) {
    findings.push(fieldRequired(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  }
  let total = 0;
  if (succeededIndexes !== undefined) {
    const indexesPath = path.child('succeededIndexes');
    if (Buffer.byteLength(succeededIndexes) > MAX_INDEXES_LENGTH) findings.push(fieldTooLong(indexesPath, MAX_INDEXES_LENGTH));
    try {
      total = countIndexes(parseIndexIntervals(succeededIndexes, completions));
    } catch (error) {
      if (!(error instanceof IndexIntervalsError)) throw error;
      findings.push(fieldInvalid(indexesPath, succeededIndexes, `error parsing succeededIndexes: ${error.message}`));
    }
  }
  if (succeededCount === undefined) return;
  const countPath = path.child('succeededCount');
  checkNonnegative(findings, countPath, succeededCount);
  if (succeededCount > completions) {
    findings.push(fieldInvalid(countPath, succeededCount, `must be less than or equal to ${completions} (the number of specified completions)`));
  }
  if (succeededIndexes !== undefined && succeededCount > total) {
    findings.push(fieldInvalid(countPath, succeededCount, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`));
  }
}

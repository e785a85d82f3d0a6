import { FieldPath, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import { commonIndex, IndexIntervalsError, parseIndexIntervals, type IndexInterval } from './index-intervals.ts';
import { isIndexed } from './job.ts';
import type { StatusChange } from './status-change.ts';

const COMPLETED = FieldPath.root('status').child('completedIndexes');
const FAILED = FieldPath.root('status').child('failedIndexes');

/** The lists of indexes that have come to an end: well formed, of an indexed job, and apart from each other. */
export function checkIndexes(findings: FieldError[], { spec, status, changed }: StatusChange): void {
  const { completions } = spec;
  const completed = status.completedIndexes ?? '';
  const { failedIndexes } = status;
  const completedChanged = changed('completedIndexes');
  const failedChanged = changed('failedIndexes');
  const completedList = parse(completed, completions);
  const failedList = parse(failedIndexes ?? '', completions);
  if (completedChanged && typeof completedList === 'string') findings.push(fieldInvalid(COMPLETED, completed, `error parsing completedIndexes: ${completedList}`));
  if (failedChanged && spec.backoffLimitPerIndex !== undefined && failedIndexes !== undefined && typeof failedList === 'string') {
    findings.push(fieldInvalid(FAILED, failedIndexes, `error parsing failedIndexes: ${failedList}`));
  }
  if (completedChanged && completed !== '' && !isIndexed(spec)) {
    findings.push(fieldInvalid(COMPLETED, completed, 'cannot set non-empty completedIndexes when non-indexed completion mode'));
  }
  if (failedChanged && spec.backoffLimitPerIndex === undefined && failedIndexes !== undefined) {
    findings.push(fieldInvalid(FAILED, failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  }
  if (!(completedChanged || failedChanged) || failedIndexes === undefined || typeof completedList === 'string' || typeof failedList === 'string') return;
  const common = commonIndex(completedList, failedList);
  if (common !== undefined) findings.push(fieldInvalid(FAILED, failedIndexes, `failedIndexes and completedIndexes overlap at index: ${common}`));
}

/** The intervals, or what is wrong with them. */
function parse(text: string, completions: number | undefined): IndexInterval[] | string {
  if (completions === undefined) return [];
  try {
    return parseIndexIntervals(text, completions);
  } catch (error) {
    if (error instanceof IndexIntervalsError) return error.message;
    throw error;
  }
}

import { FieldPath, fieldDuplicate, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkCounts } from '../../apps/status-counts.ts';
import { hasTrueCondition, isIndexed, type Job, type JobStatus } from './job.ts';
import { invalidAsAWhole } from './pod-failure-policy.ts';
import { statusChangeOf, type StatusChange } from './status-change.ts';
import { checkIndexes } from './status-indexes.ts';

const STATUS = FieldPath.root('status');
const CONDITIONS = STATUS.child('conditions');
const TERMINAL_CONDITIONS = ['Failed', 'Complete', 'FailureTarget', 'SuccessCriteriaMet'];

export function validateStatusUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const change = statusChangeOf(object as Job, oldObject as Job);
  const findings: FieldError[] = [];
  checkCounts(findings, change.status, ['active', 'succeeded', 'failed', 'ready', 'terminating'], STATUS);
  checkUncountedPods(findings, change.status);
  checkConditions(findings, change);
  checkFinished(findings, change);
  checkIndexes(findings, change);
  checkPodCounts(findings, change);
  checkSuccessCriteria(findings, change);
  checkOneWayChanges(findings, change);
  return findings;
}

function checkUncountedPods(findings: FieldError[], { uncountedTerminatedPods: pods }: JobStatus): void {
  const seen = new Set<string>();
  for (const list of ['succeeded', 'failed'] as const) {
    (pods?.[list] ?? []).forEach((uid, i) => {
      const path = STATUS.child('uncountedTerminatedPods', list).index(i);
      if (uid === '') findings.push(fieldInvalid(path, uid, 'must not be empty'));
      else if (seen.has(uid)) findings.push(fieldDuplicate(path, uid));
      else seen.add(uid);
    });
  }
}

/** Which conditions go together, and what an end needs: a time, and the decision that came before it. */
function checkConditions(findings: FieldError[], change: StatusChange): void {
  const { status, isComplete, isFailed, completeChanged, failedChanged } = change;
  const has = (type: string): boolean => hasTrueCondition(status, type);
  const targetChanged = has('FailureTarget') !== hasTrueCondition(change.old, 'FailureTarget');
  const criteriaChanged = has('SuccessCriteriaMet') !== hasTrueCondition(change.old, 'SuccessCriteriaMet');
  if ((completeChanged || failedChanged) && isComplete && isFailed) findings.push(invalidAsAWhole(CONDITIONS, 'cannot set Complete=True and Failed=true conditions'));
  if ((completeChanged || targetChanged) && isComplete && has('FailureTarget')) findings.push(invalidAsAWhole(CONDITIONS, 'cannot set Complete=True and FailureTarget=true conditions'));
  checkCompletionTime(findings, change);
  if ((failedChanged || change.changed('failedIndexes')) && isFailed && !has('FailureTarget')) {
    findings.push(invalidAsAWhole(CONDITIONS, 'cannot set Failed=True condition without the FailureTarget=true condition'));
  }
  if ((completeChanged || criteriaChanged) && isComplete && !has('SuccessCriteriaMet')) {
    findings.push(invalidAsAWhole(CONDITIONS, 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition'));
  }
}

function checkCompletionTime(findings: FieldError[], { status, isComplete, completeChanged, changed }: StatusChange): void {
  const path = STATUS.child('completionTime');
  const { startTime, completionTime } = status;
  if (completeChanged || changed('completionTime')) {
    if (completionTime !== undefined && !isComplete) findings.push(fieldInvalid(path, completionTime, 'cannot set completionTime when there is no Complete=True condition'));
    if (completionTime === undefined && isComplete) findings.push(fieldRequired(path, 'completionTime is required for Complete jobs'));
  }
  if (!changed('startTime', 'completionTime') || startTime === undefined || completionTime === undefined) return;
  if (Date.parse(completionTime) < Date.parse(startTime)) findings.push(fieldInvalid(path, completionTime, 'must be equal to or after `startTime`'));
}

/** A finished job has started, and nothing of it is left. */
function checkFinished(findings: FieldError[], { spec, status, isFinished, finishedChanged, changed }: StatusChange): void {
  if (!isFinished) return;
  if ((finishedChanged || changed('active')) && (status.active ?? 0) > 0) findings.push(fieldInvalid(STATUS.child('active'), status.active, 'active>0 is invalid for finished job'));
  const neverRan = spec.suspend === true && spec.completions === 0;
  if ((finishedChanged || changed('startTime')) && !neverRan && status.startTime === undefined) {
    findings.push(fieldRequired(STATUS.child('startTime'), 'startTime is required for finished job'));
  }
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if ((finishedChanged || changed('uncountedTerminatedPods')) && succeeded.length + failed.length > 0) {
    const shown = { Succeeded: status.uncountedTerminatedPods?.succeeded ?? null, Failed: status.uncountedTerminatedPods?.failed ?? null };
    findings.push(fieldInvalid(STATUS.child('uncountedTerminatedPods'), shown, 'uncountedTerminatedPods needs to be empty for finished job'));
  }
}

function checkPodCounts(findings: FieldError[], { status, isFinished, finishedChanged, changed }: StatusChange): void {
  const { terminating = 0, ready, active = 0 } = status;
  if ((finishedChanged || changed('terminating')) && isFinished && terminating > 0) {
    findings.push(fieldInvalid(STATUS.child('terminating'), terminating, 'terminating>0 is invalid for finished job'));
  }
  if (changed('ready', 'active') && ready !== undefined && ready > active) findings.push(fieldInvalid(STATUS.child('ready'), ready, 'cannot set more ready pods than active'));
}

function checkSuccessCriteria(findings: FieldError[], { status, isFailed }: StatusChange): void {
  if (!hasTrueCondition(status, 'SuccessCriteriaMet')) return;
  if (isFailed) findings.push(invalidAsAWhole(CONDITIONS, 'cannot set Failed=True and SuccessCriteriaMet=true conditions'));
  if (hasTrueCondition(status, 'FailureTarget')) findings.push(invalidAsAWhole(CONDITIONS, 'cannot set FailureTarget=true and SuccessCriteriaMet=true conditions'));
}

/** What was decided and counted stays so. */
function checkOneWayChanges(findings: FieldError[], { spec, status, old }: StatusChange): void {
  for (const type of TERMINAL_CONDITIONS) {
    if (hasTrueCondition(old, type) && !hasTrueCondition(status, type)) findings.push(invalidAsAWhole(CONDITIONS, `cannot disable the terminal ${type}=True condition`));
  }
  const { failed = 0, succeeded = 0, startTime, completionTime } = status;
  if (failed < (old.failed ?? 0)) findings.push(fieldInvalid(STATUS.child('failed'), failed, 'cannot decrease the failed counter'));
  // A job that grows and shrinks as a whole may lose indexes that had succeeded.
  const mayShrink = isIndexed(spec) && spec.completions === spec.parallelism;
  if (!mayShrink && succeeded < (old.succeeded ?? 0)) findings.push(fieldInvalid(STATUS.child('succeeded'), succeeded, 'cannot decrease the succeeded counter'));
  if (completionTime !== undefined && old.completionTime !== undefined && completionTime !== old.completionTime) {
    findings.push(fieldInvalid(STATUS.child('completionTime'), completionTime, 'field is immutable'));
  }
  if (spec.suspend === true || old.startTime === undefined || startTime === old.startTime) return;
  findings.push(fieldRequired(STATUS.child('startTime'), `startTime cannot be ${startTime === undefined ? 'removed' : 'modified'} for unsuspended job`));
}

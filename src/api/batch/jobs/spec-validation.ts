import { fieldInvalid, fieldNotSupported, fieldRequired, fieldTooLong, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import { checkNonnegative, checkOneOf } from '../../pod-template/findings.ts';
import { validatePodTemplate } from '../../pod-template/validate-pod-template.ts';
import { checkDomainPrefixedPath } from '../domain-prefixed-path.ts';
import { isIndexed, type JobSpec } from './job.ts';
import { checkPodFailurePolicy } from './pod-failure-policy.ts';
import { shownSuccessPolicy } from './shown-policies.ts';
import { checkSuccessPolicy } from './success-policy.ts';

const MAX_MANAGED_BY_LENGTH = 63;
const MAX_PARALLELISM = 100_000;
const MAX_FAILED_INDEXES = 100_000;
/** Above so many completions, retries per index are bounded more tightly. */
const MANY_COMPLETIONS = 100_000;
const MANY_COMPLETIONS_LIMIT = 10_000;

/** What holds for a job's spec in a cron job's template too: everything but its selector. */
export function checkJobSpec(findings: FieldError[], spec: JobSpec, path: FieldPath): void {
  for (const field of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    checkNonnegative(findings, path.child(field), spec[field]);
  }
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    findings.push(fieldRequired(path.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  }
  if (spec.managedBy !== undefined) {
    checkDomainPrefixedPath(findings, path.child('managedBy'), spec.managedBy);
    if (Buffer.byteLength(spec.managedBy) > MAX_MANAGED_BY_LENGTH) findings.push(fieldTooLong(path.child('managedBy'), MAX_MANAGED_BY_LENGTH));
  }
  checkCompletionMode(findings, spec, path);
  if (spec.podFailurePolicy !== undefined) checkPodFailurePolicy(findings, spec, path.child('podFailurePolicy'));
  if (spec.successPolicy !== undefined) {
    if (isIndexed(spec)) checkSuccessPolicy(findings, spec, path.child('successPolicy'));
    else findings.push(fieldInvalid(path.child('successPolicy'), shownSuccessPolicy(spec.successPolicy), 'requires indexed completion mode'));
  }
  checkPodReplacementPolicy(findings, spec, path.child('podReplacementPolicy'));
  findings.push(...validatePodTemplate(spec.template ?? {}, path.child('template')));
  checkRestartPolicy(findings, spec, path.child('template', 'spec', 'restartPolicy'));
}

function checkCompletionMode(findings: FieldError[], spec: JobSpec, path: FieldPath): void {
  if (spec.completionMode !== undefined) checkOneOf(findings, path.child('completionMode'), spec.completionMode, ['NonIndexed', 'Indexed']);
  if (isIndexed(spec)) checkIndexed(findings, spec, path);
  if (spec.completionMode !== undefined && spec.completionMode !== 'NonIndexed') return;
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    if (spec[field] !== undefined) findings.push(fieldInvalid(path.child(field), spec[field], 'requires indexed completion mode'));
  }
}

function checkIndexed(findings: FieldError[], { completions, parallelism, maxFailedIndexes, backoffLimitPerIndex }: JobSpec, path: FieldPath): void {
  if (completions === undefined) findings.push(fieldRequired(path.child('completions'), 'when completion mode is Indexed'));
  if (parallelism !== undefined && parallelism > MAX_PARALLELISM) {
    findings.push(fieldInvalid(path.child('parallelism'), parallelism, `must be less than or equal to ${MAX_PARALLELISM} when completion mode is Indexed`));
  }
  const failedPath = path.child('maxFailedIndexes');
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions) {
    findings.push(fieldInvalid(failedPath, maxFailedIndexes, 'must be less than or equal to completions'));
  }
  if (maxFailedIndexes !== undefined && maxFailedIndexes > MAX_FAILED_INDEXES) {
    findings.push(fieldInvalid(failedPath, maxFailedIndexes, `must be less than or equal to ${MAX_FAILED_INDEXES}`));
  }
  if (completions === undefined || completions <= MANY_COMPLETIONS || backoffLimitPerIndex === undefined) return;
  const limit = `must be less than or equal to ${MANY_COMPLETIONS_LIMIT} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined) findings.push(fieldRequired(failedPath, `must be specified when completions is above ${MANY_COMPLETIONS}`));
  if (parallelism !== undefined && parallelism > MANY_COMPLETIONS_LIMIT) findings.push(fieldInvalid(path.child('parallelism'), parallelism, limit));
  if (maxFailedIndexes !== undefined && maxFailedIndexes > MANY_COMPLETIONS_LIMIT) findings.push(fieldInvalid(failedPath, maxFailedIndexes, limit));
}

/** A failure policy judges pods that have failed: they are replaced only then. */
function checkPodReplacementPolicy(findings: FieldError[], { podReplacementPolicy, podFailurePolicy }: JobSpec, path: FieldPath): void {
  if (podReplacementPolicy === undefined) return;
  checkOneOf(findings, path, podReplacementPolicy, podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']);
}

function checkRestartPolicy(findings: FieldError[], spec: JobSpec, path: FieldPath): void {
  const policy: string = spec.template?.spec?.restartPolicy ?? '';
  // A template without a policy has got Always by default.
  if (policy === '' || policy === 'Always') findings.push(fieldRequired(path, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never') findings.push(fieldNotSupported(path, policy, ['OnFailure', 'Never']));
  else if (spec.podFailurePolicy !== undefined && policy !== 'Never') {
    findings.push(fieldInvalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified'));
  } else if (spec.backoffLimitPerIndex !== undefined && policy !== 'Never') {
    findings.push(fieldInvalid(path, policy, 'only "Never" is supported when backoffLimitPerIndex is specified'));
  }
}

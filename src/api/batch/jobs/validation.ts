import { FieldPath, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson, getOwn } from '../../../machinery/json.ts';
import { isDns1123Label } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkSelectorUnchanged, compileSelector } from '../../apps/selectors.ts';
import { checkSelected } from '../../apps/workload-template.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import type { PodTemplateSpec } from '../../pod-template/shapes.ts';
import { selectorFindings } from '../../pod-template/validate-affinity.ts';
import { takeTemplateLabels } from './defaults.ts';
import { checkGeneratedSelector, CONTROLLER_UID_LABEL, JOB_NAME_LABEL } from './generated-selector.ts';
import { isIndexed, type Job, type JobSpec } from './job.ts';
import { checkJobSpec } from './spec-validation.ts';
import { shownPodFailurePolicy, shownSuccessPolicy } from './shown-policies.ts';
import { withMutableParts } from './suspended-template.ts';

const SPEC = FieldPath.root('spec');
const IMMUTABLE = 'field is immutable';

export function validate(object: KubeObject): FieldError[] {
  const job = object as Job;
  const findings = jobFindings(job, true);
  // Kubernetes gives a job without labels those of its template whenever it is read, so that they are never judged.
  takeTemplateLabels(job);
  return findings;
}

/** Kubernetes judges the job as if it were new, and then again as an update: findings about its spec come twice. */
export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const job = object as Job;
  const old = oldObject as Job;
  const spec = job.spec ?? {};
  const oldSpec = old.spec ?? {};
  const oldLabels = oldSpec.template?.metadata?.labels ?? {};
  const findings = jobFindings(job, getOwn(oldLabels, JOB_NAME_LABEL) !== undefined && getOwn(oldLabels, CONTROLLER_UID_LABEL) !== undefined);
  checkSpecWithSelector(findings, spec);
  checkCompletions(findings, spec, oldSpec);
  checkSelectorUnchanged(findings, spec.selector, oldSpec.selector, SPEC.child('selector'));
  checkTemplate(findings, spec.template ?? {}, withMutableParts(spec.template ?? {}, old));
  const compare = (field: keyof JobSpec, shown: unknown): void => {
    if (!equalJson(spec[field], oldSpec[field])) findings.push(fieldInvalid(SPEC.child(field), shown, IMMUTABLE));
  };
  compare('completionMode', spec.completionMode ?? null);
  compare('podFailurePolicy', shownPodFailurePolicy(spec.podFailurePolicy));
  compare('backoffLimitPerIndex', spec.backoffLimitPerIndex ?? null);
  compare('managedBy', spec.managedBy ?? null);
  compare('successPolicy', shownSuccessPolicy(spec.successPolicy));
  return findings;
}

function jobFindings(job: Job, wantsPrefixedLabels: boolean): FieldError[] {
  const findings: FieldError[] = [];
  const spec = job.spec ?? {};
  checkGeneratedSelector(findings, job, wantsPrefixedLabels);
  checkSpecWithSelector(findings, spec);
  const completions = spec.completions ?? 0;
  if (isIndexed(spec) && completions > 0) {
    const name = job.metadata.name ?? '';
    const lastHostname = `${name}-${completions - 1}`;
    if (isDns1123Label(lastHostname).length > 0) {
      findings.push(fieldInvalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${lastHostname}`));
    }
  }
  return findings;
}

function checkSpecWithSelector(findings: FieldError[], spec: JobSpec): void {
  checkJobSpec(findings, spec, SPEC);
  if (spec.selector === undefined) findings.push(fieldRequired(SPEC.child('selector')));
  else findings.push(...selectorFindings(spec.selector, SPEC.child('selector')));
  const selector = compileSelector(spec.selector);
  if (selector !== undefined) checkSelected(findings, selector, spec.template ?? {}, SPEC.child('template'));
}

/** `allowed` is the old template as far as it may not change. Its long form is made only for those that differ. */
function checkTemplate(findings: FieldError[], template: PodTemplateSpec, allowed: PodTemplateSpec): void {
  if (equalJson(template, allowed)) return;
  const shown = internalForm(template, 'PodTemplateSpec');
  if (!equalJson(shown, internalForm(allowed, 'PodTemplateSpec'))) findings.push(fieldInvalid(SPEC.child('template'), shown, IMMUTABLE));
}

/** An indexed job grows and shrinks as a whole: all its indexes run side by side. */
function checkCompletions(findings: FieldError[], spec: JobSpec, old: JobSpec): void {
  if (spec.completions === old.completions) return;
  const path = SPEC.child('completions');
  if (!isIndexed(spec)) findings.push(fieldInvalid(path, spec.completions ?? null, IMMUTABLE));
  else if (spec.completions !== undefined && spec.completions !== spec.parallelism) {
    findings.push(fieldInvalid(path, spec.completions, 'can only be modified in tandem with spec.parallelism'));
  }
}

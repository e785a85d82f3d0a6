import { fieldForbidden, fieldInvalid, fieldNotSupported, type FieldPath } from '../../machinery/field-error.ts';
import { isDns1123Label } from '../../machinery/names.ts';
import type { LabelSelector as CompiledSelector } from '../../machinery/label-selector.ts';
import { defaultPodTemplate } from '../pod-template/defaults.ts';
import type { Findings } from '../pod-template/findings.ts';
import type { PodTemplateSpec } from '../pod-template/shapes.ts';
import { validatePodTemplate } from '../pod-template/validate-pod-template.ts';
import { compileSelector, shownLabels, shownSelector } from './selectors.ts';
import type { WorkloadSpec } from './workload.ts';

/** What runs for ever: its template is always there, and so is the template's spec. */
export function defaultWorkloadTemplate(spec: WorkloadSpec<object>): void {
  const template = (spec.template ??= {});
  template.spec ??= {};
  defaultPodTemplate(template);
}

/**
 * The template of deployments and replica sets: it carries the labels that the selector wants, and its pods run for ever.
 * `path` is the spec's.
 */
export function checkReplicaTemplate(findings: Findings, spec: WorkloadSpec<object>, path: FieldPath): void {
  const selector = compileSelector(spec.selector);
  if (selector === undefined) {
    findings.push(fieldInvalid(path.child('selector'), shownSelector(spec.selector), 'invalid label selector'));
    return;
  }
  const template = spec.template ?? {};
  const templatePath = path.child('template');
  checkSelected(findings, selector, template, templatePath);
  findings.push(...validatePodTemplate(template, templatePath));
  checkRunsForever(findings, template, templatePath, 'ReplicaSet');
}

export function checkSelected(findings: Findings, selector: CompiledSelector, template: PodTemplateSpec, path: FieldPath): void {
  const labels = template.metadata?.labels;
  if (!selector.matches(labels)) findings.push(fieldInvalid(path.child('metadata', 'labels'), shownLabels(labels), '`selector` does not match template `labels`'));
}

/** `workload` is the word of the message. */
export function checkRunsForever(findings: Findings, template: PodTemplateSpec, path: FieldPath, workload: string): void {
  const restartPolicy = template.spec?.restartPolicy ?? '';
  if (restartPolicy !== 'Always') findings.push(fieldNotSupported(path.child('spec', 'restartPolicy'), restartPolicy, ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    findings.push(fieldForbidden(path.child('spec', 'activeDeadlineSeconds'), `activeDeadlineSeconds in ${workload} is not Supported`));
  }
}

/** For workloads whose pods have the workload's name in their own. */
export function podNameWarnings(name: string | undefined): string[] {
  const texts = isDns1123Label(name ?? '');
  if (texts.length === 0) return [];
  return [`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${texts.join(' ')}]`];
}

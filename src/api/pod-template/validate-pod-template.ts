import { fieldForbidden, type FieldError, type FieldPath } from '../../machinery/field-error.ts';
import { validateLabels } from '../../machinery/label-validation.ts';
import { validateAnnotations } from '../../machinery/object-meta-validation.ts';
import type { PodTemplateSpec } from './shapes.ts';
import { checkPodAnnotations, checkPodSpec } from './validate-pod-spec.ts';

/** Findings about the template of a workload. `path` is the template's own: `spec.template`. */
export function validatePodTemplate(template: PodTemplateSpec, path: FieldPath): FieldError[] {
  const findings: FieldError[] = [];
  const { metadata } = template;
  const spec = template.spec ?? {};
  findings.push(...validateLabels(metadata?.labels, path.child('labels')));
  findings.push(...validateAnnotations(metadata?.annotations, path.child('annotations')));
  checkPodAnnotations(findings, metadata?.annotations, spec, path.child('annotations'));
  checkPodSpec(findings, spec, path.child('spec'), { isPod: false });
  if ((spec.ephemeralContainers ?? []).length > 0) {
    findings.push(fieldForbidden(path.child('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template'));
  }
  return findings;
}

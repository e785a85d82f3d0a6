import { FieldPath, fieldForbidden, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkImageWhitespace } from '../../pod-template/validate-containers.ts';
import { checkPodAnnotations, checkPodSpec } from '../../pod-template/validate-pod-spec.ts';
import type { Pod } from './pod.ts';

const SPEC = FieldPath.root('spec');

export function validate(object: KubeObject): FieldError[] {
  const pod = object as Pod;
  const findings = validatePod(pod);
  if ((pod.spec?.ephemeralContainers ?? []).length > 0) findings.push(fieldForbidden(SPEC.child('ephemeralContainers'), 'cannot be set on create'));
  if (pod.spec?.nodeName && (pod.spec.schedulingGates ?? []).length > 0) {
    findings.push(fieldForbidden(SPEC.child('nodeName'), 'cannot be set until all schedulingGates have been cleared'));
  }
  return findings;
}

/** What holds for a pod at any time; its metadata is the registry's matter. */
export function validatePod(pod: Pod): FieldError[] {
  const findings: FieldError[] = [];
  const spec = pod.spec ?? {};
  checkPodAnnotations(findings, pod.metadata.annotations, spec, FieldPath.root('metadata').child('annotations'));
  checkPodSpec(findings, spec, SPEC, { isPod: true, metadata: pod.metadata });
  if (!spec.serviceAccountName) {
    (spec.volumes ?? []).forEach((volume, i) => {
      (volume.projected?.sources ?? []).forEach((source, j) => {
        if (source.serviceAccountToken === undefined) return;
        const path = SPEC.child('volumes').index(i).child('projected', 'sources').index(j).child('serviceAccountToken');
        findings.push(fieldForbidden(path, 'must not be specified when serviceAccountName is not set'));
      });
    });
  }
  for (const list of ['containers', 'initContainers'] as const) {
    (spec[list] ?? []).forEach((container, i) => checkImageWhitespace(findings, container, SPEC.child(list).index(i)));
  }
  return findings;
}

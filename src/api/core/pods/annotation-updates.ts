import { FieldPath, fieldForbidden, type FieldError } from '../../../machinery/field-error.ts';
import { getOwn } from '../../../machinery/json.ts';
import { checkPodAnnotations } from '../../pod-template/validate-pod-spec.ts';
import { MIRROR_ANNOTATION, type Pod } from './pod.ts';

const ANNOTATIONS = FieldPath.root('metadata').child('annotations');
const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

/** Annotations that say what a pod is cannot change with it. */
export function checkAnnotationUpdates(findings: FieldError[], pod: Pod, old: Pod): void {
  const now = pod.metadata.annotations ?? {};
  const before = old.metadata.annotations ?? {};
  for (const [key, value] of Object.entries(before)) {
    if (getOwn(now, key) === value) continue;
    if (key.startsWith(APP_ARMOR_PREFIX)) findings.push(fieldForbidden(ANNOTATIONS.key(key), 'may not remove or update AppArmor annotations'));
    if (key === MIRROR_ANNOTATION) findings.push(fieldForbidden(ANNOTATIONS.key(key), 'may not remove or update mirror pod annotation'));
  }
  for (const key of Object.keys(now)) {
    if (Object.hasOwn(before, key)) continue;
    if (key.startsWith(APP_ARMOR_PREFIX)) findings.push(fieldForbidden(ANNOTATIONS.key(key), 'may not add AppArmor annotations'));
    if (key === MIRROR_ANNOTATION) findings.push(fieldForbidden(ANNOTATIONS.key(key), 'may not add mirror pod annotation'));
  }
  checkPodAnnotations(findings, pod.metadata.annotations, pod.spec ?? {}, ANNOTATIONS);
}

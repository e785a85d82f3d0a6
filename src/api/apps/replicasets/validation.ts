import { FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkNonnegative } from '../../pod-template/findings.ts';
import { checkRequiredSelector, checkSelectorUnchanged } from '../selectors.ts';
import { checkCounts, checkNotAbove } from '../status-counts.ts';
import { checkReplicaTemplate } from '../workload-template.ts';
import type { ReplicaSet } from '../workload.ts';

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');
const COUNTS = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'terminatingReplicas', 'observedGeneration'];

export function validate(object: KubeObject): FieldError[] {
  const spec = (object as ReplicaSet).spec ?? {};
  const findings: FieldError[] = [];
  checkNonnegative(findings, SPEC.child('replicas'), spec.replicas);
  checkNonnegative(findings, SPEC.child('minReadySeconds'), spec.minReadySeconds);
  // The message names deployments here as well.
  checkRequiredSelector(findings, spec.selector, SPEC.child('selector'), 'deployment');
  checkReplicaTemplate(findings, spec, SPEC);
  return findings;
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const findings = validate(object);
  checkSelectorUnchanged(findings, (object as ReplicaSet).spec?.selector, (old as ReplicaSet).spec?.selector, SPEC.child('selector'));
  return findings;
}

export function validateStatusUpdate(object: KubeObject): FieldError[] {
  const status = (object as ReplicaSet).status ?? {};
  const findings: FieldError[] = [];
  checkCounts(findings, status, COUNTS, STATUS);
  checkNotAbove(findings, status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], { field: 'replicas', path: STATUS, message: 'cannot be greater than status.replicas' });
  checkNotAbove(findings, status, ['availableReplicas'], { field: 'readyReplicas', path: STATUS, message: 'cannot be greater than readyReplicas' });
  return findings;
}

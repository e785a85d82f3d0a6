import { FieldPath, fieldForbidden, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkNonnegative } from '../../pod-template/findings.ts';
import type { Lease } from './lease.ts';

const SPEC = FieldPath.root('spec');

export function validate(object: KubeObject): FieldError[] {
  const { leaseDurationSeconds: seconds, leaseTransitions, strategy, preferredHolder } = (object as Lease).spec ?? {};
  const findings: FieldError[] = [];
  if (seconds !== undefined && seconds <= 0) findings.push(fieldInvalid(SPEC.child('leaseDurationSeconds'), seconds, 'must be greater than 0'));
  checkNonnegative(findings, SPEC.child('leaseTransitions'), leaseTransitions);
  if (preferredHolder && !strategy) findings.push(fieldForbidden(SPEC.child('preferredHolder'), 'may only be specified if `strategy` is defined'));
  return findings;
}

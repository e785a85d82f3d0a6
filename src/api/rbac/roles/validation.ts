import { FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Role } from '../role.ts';
import { checkPolicyRules } from '../validate-policy-rules.ts';

export function validate(object: KubeObject): FieldError[] {
  const findings: FieldError[] = [];
  checkPolicyRules(findings, (object as Role).rules, FieldPath.root('rules'), true);
  return findings;
}

/** Kubernetes judges the object twice on update, and lists both findings. */
export function validateUpdate(object: KubeObject): FieldError[] {
  return [...validate(object), ...validate(object)];
}

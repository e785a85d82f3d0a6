/** Groups of the Kubernetes community (`*.k8s.io`, `*.kubernetes.io`) need an approval, or an admission that there is none. */
import { fieldInvalid, fieldRequired, FieldPath, type FieldError } from '../../machinery/field-error.ts';
import { getOwn } from '../../machinery/json.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';

export const APPROVAL_ANNOTATION = 'api-approved.kubernetes.io';
const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111';

export type ApprovalState = 'missing' | 'invalid' | 'bypassed' | 'approved';

export interface Approval {
  readonly state: ApprovalState;
  /** What a finding or the condition says. */
  readonly message: string;
}

export function isProtectedGroup(group: string): boolean {
  return /(?:^|\.)(?:k8s|kubernetes)\.io$/.test(group);
}

export function approvalOf(definition: CustomResourceDefinition): Approval {
  const annotation = getOwn(definition.metadata.annotations ?? {}, APPROVAL_ANNOTATION) ?? '';
  const must = `protected groups must have approval annotation "${APPROVAL_ANNOTATION}"`;
  if (annotation === '') return { state: 'missing', message: `${must}, ${SEE}` };
  if (annotation.startsWith('unapproved')) return { state: 'bypassed', message: `not approved: ${JSON.stringify(annotation)}` };
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#\s]+/.test(annotation)) return { state: 'approved', message: `approved in ${annotation}` };
  return { state: 'invalid', message: `${must} with either a URL or a reason starting with "unapproved", ${SEE}` };
}

/** A state that was there before is not held against an update. */
export function validateApproval(definition: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  if (!isProtectedGroup(definition.spec.group)) return [];
  const { state, message } = approvalOf(definition);
  if (old !== undefined && approvalOf(old).state === state) return [];
  const path = FieldPath.root('metadata').child('annotations').key(APPROVAL_ANNOTATION);
  if (state === 'missing') return [fieldRequired(path, message)];
  return state === 'invalid' ? [fieldInvalid(path, getOwn(definition.metadata.annotations ?? {}, APPROVAL_ANNOTATION), message)] : [];
}

import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, fieldTooLong, fieldTooMany, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { JsonPathError, parseJsonPath } from '../../../machinery/json-path.ts';
import { isQualifiedName } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { reportTexts, type Findings } from '../../pod-template/findings.ts';
import { checkConditions } from '../../policy/conditions.ts';
import type { ExpressionChecker, ExpressionSession } from '../expressions.ts';
import type { AuditAnnotation, Validation, ValidatingPolicy } from '../shapes.ts';
import { checkPolicySpec } from '../validate-policies.ts';

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');
const NOTHING_TO_DO = 'validations or auditAnnotations must contain at least one item';
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const MAX_AUDIT_ANNOTATIONS = 20;
const MAX_AUDIT_EXPRESSION_BYTES = 5 * 1024;
const NOT_EMPTY = 'must be non-empty if specified';

export function validatePolicy(object: KubeObject, old: KubeObject | undefined, checker: ExpressionChecker): FieldError[] {
  const findings: Findings = [];
  const { metadata, spec = {} } = object as ValidatingPolicy;
  const session = checkPolicySpec(findings, spec, SPEC, { checker, old: (old as ValidatingPolicy | undefined)?.spec });
  const validations = spec.validations ?? [];
  const annotations = spec.auditAnnotations ?? [];
  if (validations.length === 0 && annotations.length === 0) {
    findings.push(fieldRequired(SPEC.child('validations'), NOTHING_TO_DO), fieldRequired(SPEC.child('auditAnnotations'), NOTHING_TO_DO));
    return findings;
  }
  validations.forEach((validation, i) => checkValidation(findings, validation, SPEC.child('validations').index(i), session));
  checkAuditAnnotations(findings, annotations, metadata.name ?? '', session);
  return findings;
}

/** Warnings of the type checker and conditions: written by the controller that checks policies. */
export function validateStatusUpdate(object: KubeObject): FieldError[] {
  const findings: Findings = [];
  const { status = {} } = object as ValidatingPolicy;
  (status.typeChecking?.expressionWarnings ?? []).forEach(({ fieldRef = '', warning = '' }, i) => {
    const path = STATUS.child('typeChecking', 'expressionWarnings').index(i);
    if (warning === '') findings.push(fieldRequired(path.child('warning')));
    if (fieldRef.trim() === '') findings.push(fieldRequired(path.child('fieldRef')));
    else if (!isJsonPath(fieldRef)) findings.push(fieldInvalid(path.child('fieldRef'), fieldRef, 'invalid JSON Path'));
  });
  checkConditions(findings, status.conditions, STATUS.child('conditions'));
  return findings;
}

function isJsonPath(text: string): boolean {
  try {
    parseJsonPath(`{.${text}}`);
    return true;
  } catch (error) {
    if (error instanceof JsonPathError) return false;
    throw error;
  }
}

function checkValidation(findings: Findings, validation: Validation, path: FieldPath, session: ExpressionSession): void {
  const { expression = '', message = '', messageExpression = '', reason } = validation;
  if (expression.trim() === '') findings.push(fieldRequired(path.child('expression'), 'expression is not specified'));
  else checkExpression(findings, expression, path.child('expression'), session.check(expression, { type: 'bool', hasAuthorizer: true }));
  if (messageExpression !== '') {
    const at = path.child('messageExpression');
    if (messageExpression.trim() === '') findings.push(fieldInvalid(at, messageExpression, NOT_EMPTY));
    else checkExpression(findings, messageExpression, at, session.check(messageExpression, { type: 'string', hasAuthorizer: false }));
  }
  if (message !== '' && message.trim() === '') findings.push(fieldInvalid(path.child('message'), message, NOT_EMPTY));
  else if (/[\n\r]/.test(message.trim())) findings.push(fieldInvalid(path.child('message'), message, 'must not contain line breaks'));
  if (reason !== undefined && !REASONS.includes(reason)) findings.push(fieldNotSupported(path.child('reason'), reason, REASONS));
}

/** Annotations are keyed by the policy's name and their own. */
function checkAuditAnnotations(findings: Findings, annotations: readonly AuditAnnotation[], policy: string, session: ExpressionSession): void {
  const path = SPEC.child('auditAnnotations');
  if (annotations.length > MAX_AUDIT_ANNOTATIONS) {
    findings.push(fieldTooMany(path, annotations.length, MAX_AUDIT_ANNOTATIONS));
    return;
  }
  const keys = new Set<string>();
  annotations.forEach(({ key = '', valueExpression = '' }, i) => {
    const at = path.index(i);
    const qualified = policy === '' ? key : `${policy}/${key}`;
    reportTexts(findings, at.child('key'), qualified, isQualifiedName(qualified));
    const trimmed = valueExpression.trim();
    const valuePath = at.child('valueExpression');
    if (trimmed === '') findings.push(fieldRequired(valuePath, 'valueExpression is not specified'));
    else if (Buffer.byteLength(trimmed) > MAX_AUDIT_EXPRESSION_BYTES) findings.push(fieldTooLong(valuePath, MAX_AUDIT_EXPRESSION_BYTES));
    else checkExpression(findings, valueExpression, valuePath, session.check(valueExpression, { type: 'string or null', hasAuthorizer: true }));
    if (keys.has(key)) findings.push(fieldDuplicate(at.child('key'), key));
    keys.add(key);
  });
}

function checkExpression(findings: Findings, expression: string, path: FieldPath, problem: string | undefined): void {
  if (problem !== undefined) findings.push(fieldInvalid(path, expression, problem));
}

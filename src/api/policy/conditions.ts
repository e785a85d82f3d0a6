import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, fieldTooLong, type FieldError, type FieldPath } from '../../machinery/field-error.ts';
import { regexText } from '../../machinery/names.ts';
import { checkQualifiedName } from '../pod-template/findings.ts';

/** meta/v1 Condition, as rules see it. */
export interface Condition {
  type?: string | undefined;
  status?: string | undefined;
  observedGeneration?: number | undefined;
  lastTransitionTime?: string | null | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

const STATUSES = ['False', 'True', 'Unknown'];
const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reasonPattern = /^[A-Za-z](?:[A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const REASON_TEXT = regexText(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  REASON,
  'my_name',
  'MY_NAME',
  'MyName',
  'ReasonA,ReasonB',
  'ReasonA:ReasonB',
);
const MAX_REASON = 1024;
const MAX_MESSAGE = 32 * 1024;

/** Conditions of the newer kinds, which are all of the one shared type: complete, and each type once. */
export function checkConditions(findings: FieldError[], conditions: readonly Condition[] | undefined, path: FieldPath): void {
  const types = new Set<string>();
  (conditions ?? []).forEach((condition, i) => {
    const type = condition.type ?? '';
    if (types.has(type)) findings.push(fieldDuplicate(path.index(i).child('type'), type));
    types.add(type);
    checkCondition(findings, condition, path.index(i));
  });
}

function checkCondition(findings: FieldError[], condition: Condition, path: FieldPath): void {
  const { type = '', status = '', observedGeneration = 0, reason = '', message = '' } = condition;
  checkQualifiedName(findings, path.child('type'), type);
  if (!STATUSES.includes(status)) findings.push(fieldNotSupported(path.child('status'), status, STATUSES));
  if (observedGeneration < 0) findings.push(fieldInvalid(path.child('observedGeneration'), observedGeneration, 'must be greater than or equal to zero'));
  if (condition.lastTransitionTime == null) findings.push(fieldRequired(path.child('lastTransitionTime')));
  if (reason === '') findings.push(fieldRequired(path.child('reason')));
  else {
    if (!reasonPattern.test(reason)) findings.push(fieldInvalid(path.child('reason'), reason, REASON_TEXT));
    if (Buffer.byteLength(reason) > MAX_REASON) findings.push(fieldTooLong(path.child('reason'), MAX_REASON));
  }
  if (Buffer.byteLength(message) > MAX_MESSAGE) findings.push(fieldTooLong(path.child('message'), MAX_MESSAGE));
}

import { FieldPath, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkNonnegative } from '../../pod-template/findings.ts';

export interface ControllerRevision extends KubeObject {
  data?: unknown;
  revision?: number;
}

const DATA = FieldPath.root('data');

export function validate(object: KubeObject): FieldError[] {
  const { data, revision } = object as ControllerRevision;
  const findings: FieldError[] = [];
  if (data == null) findings.push(fieldRequired(DATA, 'data is mandatory'));
  checkNonnegative(findings, FieldPath.root('revision'), revision);
  return findings;
}

/** A revision is a record: only its number may change. */
export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const findings = validate(object);
  if (!equalJson(object['data'], old['data'])) findings.push(fieldInvalid(DATA, object['data'], 'field is immutable'));
  return findings;
}

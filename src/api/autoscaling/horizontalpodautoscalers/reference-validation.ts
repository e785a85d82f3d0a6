import { fieldInvalid, fieldRequired, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import { parseApiVersion } from '../../../machinery/group-version.ts';
import { isPathSegmentName } from '../../../machinery/names.ts';
import { reportTexts } from '../../pod-template/findings.ts';
import type { ObjectReference } from './horizontal-pod-autoscaler.ts';

export function hasGroup(reference: ObjectReference): boolean {
  return (parseApiVersion(reference.apiVersion ?? '')?.group ?? '') !== '';
}

/** A name with its kind in some group; whether a group is wanted depends on what is meant. */
export function checkReference(findings: FieldError[], reference: ObjectReference, path: FieldPath, { needsGroup, checksApiVersion }: { needsGroup: boolean; checksApiVersion: boolean }): void {
  for (const field of ['kind', 'name'] as const) {
    const value = reference[field] ?? '';
    if (value === '') findings.push(fieldRequired(path.child(field)));
    else reportTexts(findings, path.child(field), value, isPathSegmentName(value));
  }
  const { apiVersion = '' } = reference;
  if (checksApiVersion && apiVersion.split('/').length > 2) findings.push(fieldInvalid(path.child('apiVersion'), apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else if (needsGroup && !hasGroup(reference)) findings.push(fieldInvalid(path.child('apiVersion'), apiVersion, 'apiVersion must specify API group'));
}

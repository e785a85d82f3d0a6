import { fieldRequired, type FieldError, type FieldPath } from '../../machinery/field-error.ts';
import { isDns1123Subdomain, isPathSegmentName } from '../../machinery/names.ts';
import { reportTexts } from '../pod-template/findings.ts';

/** An object of the same namespace, or of none, by its kind. */
export interface TypedReference {
  /** Null where a body has none. */
  readonly apiGroup?: string | null | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
}

export function checkTypedReference(findings: FieldError[], reference: TypedReference, path: FieldPath): void {
  if (reference.apiGroup != null) reportTexts(findings, path.child('apiGroup'), reference.apiGroup, isDns1123Subdomain(reference.apiGroup));
  checkPathSegment(findings, reference.kind, path.child('kind'));
  checkPathSegment(findings, reference.name, path.child('name'));
}

/** Wanted, and something that fits between two slashes. */
export function checkPathSegment(findings: FieldError[], value: string | undefined, path: FieldPath): void {
  if (!value) findings.push(fieldRequired(path));
  else reportTexts(findings, path, value, isPathSegmentName(value));
}

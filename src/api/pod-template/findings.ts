import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError, type FieldPath } from '../../machinery/field-error.ts';
import { isDns1123Label, isDns1123Subdomain, isQualifiedName } from '../../machinery/names.ts';

/** The validators of this folder add what they find to a list they are handed, in Kubernetes' order. */
export type Findings = FieldError[];

/** One finding for each text a name check gave. */
export function reportTexts(findings: Findings, path: FieldPath, value: unknown, texts: readonly string[]): void {
  for (const text of texts) findings.push(fieldInvalid(path, value, text));
}

export function checkDnsLabel(findings: Findings, path: FieldPath, value: string): void {
  reportTexts(findings, path, value, isDns1123Label(value));
}

export function checkDnsSubdomain(findings: Findings, path: FieldPath, value: string): void {
  reportTexts(findings, path, value, isDns1123Subdomain(value));
}

export function checkQualifiedName(findings: Findings, path: FieldPath, value: string): void {
  reportTexts(findings, path, value, isQualifiedName(value));
}

export function checkNonnegative(findings: Findings, path: FieldPath, value: number | undefined): void {
  if (value !== undefined && value < 0) findings.push(fieldInvalid(path, value, 'must be greater than or equal to 0'));
}

export function checkOneOf(findings: Findings, path: FieldPath, value: string, supported: readonly string[]): void {
  if (!supported.includes(value)) findings.push(fieldNotSupported(path, value, supported));
}

/** As checkOneOf, for fields that must not be empty either. */
export function checkRequiredOneOf(findings: Findings, path: FieldPath, value: string | undefined, supported: readonly string[]): void {
  if (!value) findings.push(fieldRequired(path));
  else checkOneOf(findings, path, value, supported);
}

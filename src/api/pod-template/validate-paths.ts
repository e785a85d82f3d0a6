import { fieldInvalid, type FieldPath } from '../../machinery/field-error.ts';
import type { Findings } from './findings.ts';

/** A path below some folder: relative, and never going up. */
export function checkLocalDescendingPath(findings: Findings, path: FieldPath, value: string): void {
  if (value.startsWith('/')) findings.push(fieldInvalid(path, value, 'must be a relative path'));
  checkNoBacksteps(findings, path, value);
}

export function checkNoBacksteps(findings: Findings, path: FieldPath, value: string): void {
  if (hasBacksteps(value)) findings.push(fieldInvalid(path, value, "must not contain '..'"));
}

export function hasBacksteps(value: string): boolean {
  return value.split('/').includes('..');
}

/** As checkLocalDescendingPath, for files in volumes whose names starting with two dots are the kubelet's own. */
export function checkLocalNonReservedPath(findings: Findings, path: FieldPath, value: string): void {
  checkLocalDescendingPath(findings, path, value);
  if (value.startsWith('..') && !value.startsWith('../')) findings.push(fieldInvalid(path, value, "must not start with '..'"));
}

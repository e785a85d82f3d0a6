import { fieldInvalid, type FieldPath } from '../../machinery/field-error.ts';
import { equalJson } from '../../machinery/json.ts';
import type { Findings } from '../pod-template/findings.ts';

/** A field that keeps the value it was created with. */
export function checkImmutable(findings: Findings, path: FieldPath | string, value: unknown, old: unknown): void {
  if (!equalJson(value, old)) findings.push(fieldInvalid(path, value, 'field is immutable'));
}

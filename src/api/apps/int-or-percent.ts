import { fieldInvalid, type FieldPath } from '../../machinery/field-error.ts';
import { parsePercent, type IntOrString } from '../../machinery/int-or-string.ts';
import { isPercent } from '../../machinery/names.ts';
import { checkNonnegative, reportTexts, type Findings } from '../pod-template/findings.ts';

/** A number that is not negative, or a percentage. */
export function checkIntOrPercent(findings: Findings, path: FieldPath, value: IntOrString): void {
  if (typeof value === 'number') checkNonnegative(findings, path, value);
  else reportTexts(findings, path, value, isPercent(value));
}

/** Numbers may be any: only a percentage can be too much. */
export function checkAtMostAll(findings: Findings, path: FieldPath, value: IntOrString): void {
  const percent = percentOf(value);
  if (percent !== undefined && percent > 100) findings.push(fieldInvalid(path, value, 'must not be greater than 100%'));
}

/** The number, of a percentage too; texts that are neither count as 0. */
export function intOrPercentValue(value: IntOrString): number {
  if (typeof value === 'number') return value;
  return percentOf(value) ?? (/^[+-]?[0-9]{1,15}$/.test(value) ? Number(value) : 0);
}

function percentOf(value: IntOrString): number | undefined {
  return typeof value === 'string' && isPercent(value).length === 0 ? (parsePercent(value) ?? Number.MAX_SAFE_INTEGER) : undefined;
}

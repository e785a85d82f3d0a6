import { fieldForbidden, fieldInvalid, fieldRequired, fieldTooLong, type FieldPath } from '../../machinery/field-error.ts';
import { isJsonObject } from '../../machinery/json.ts';
import type { Findings } from '../pod-template/findings.ts';
import { checkList } from './check-list.ts';
import { checkDeviceDriver } from './names.ts';
import type { SelectorChecker } from './selector-checker.ts';
import type { DeviceSelector } from './shapes.ts';

const MAX_SELECTORS = 32;
const MAX_EXPRESSION_BYTES = 10 * 1024;
export const MAX_RAW_BYTES = 10 * 1024;

/** How devices are chosen: by expressions. */
export function checkSelectors(findings: Findings, selectors: readonly DeviceSelector[] | undefined, path: FieldPath, checker: SelectorChecker): void {
  checkList(findings, selectors, path, {
    max: MAX_SELECTORS,
    check(selector, at) {
      if (selector.cel === undefined) findings.push(fieldRequired(at.child('cel')));
      else checkExpression(findings, selector.cel.expression ?? '', at.child('cel', 'expression'), checker);
    },
  });
}

function checkExpression(findings: Findings, expression: string, path: FieldPath, checker: SelectorChecker): void {
  if (Buffer.byteLength(expression) > MAX_EXPRESSION_BYTES) {
    findings.push(fieldTooLong(path, MAX_EXPRESSION_BYTES));
    return;
  }
  const problem = checker.check(expression);
  if (problem === undefined) return;
  findings.push(problem.type === 'forbidden' ? fieldForbidden(path, problem.text) : fieldInvalid(path, expression, problem.text));
}

/** Settings for a driver, which alone understands them. */
export function checkOpaque(findings: Findings, opaque: { readonly driver?: string | undefined; readonly parameters?: unknown } | undefined, path: FieldPath): void {
  if (opaque === undefined) {
    findings.push(fieldRequired(path));
    return;
  }
  checkDeviceDriver(findings, opaque.driver ?? '', path.child('driver'));
  checkRawObject(findings, opaque.parameters, path.child('parameters'));
}

export function checkRawObject(findings: Findings, value: unknown, path: FieldPath): void {
  if (value === undefined || value === null) findings.push(fieldRequired(path));
  else if (Buffer.byteLength(JSON.stringify(value)) > MAX_RAW_BYTES) findings.push(fieldTooLong(path, MAX_RAW_BYTES));
  else if (!isJsonObject(value)) findings.push(fieldInvalid(path, '<value omitted>', 'must be a valid JSON object'));
}

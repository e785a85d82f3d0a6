import { fieldForbidden, fieldInvalid, fieldRequired, fieldTooMany, type FieldPath } from '../../../machinery/field-error.ts';
import { compareQuantity, parseQuantity, formatQuantity, scaledQuantityValue, subQuantity, type Quantity } from '../../../machinery/quantity.ts';
import type { Findings } from '../../pod-template/findings.ts';
import type { DeviceCapacity } from '../shapes.ts';

type RequestPolicy = NonNullable<DeviceCapacity['requestPolicy']>;

const MAX_VALUES = 10;
const NANO = -9;

/** Policies say how a device that is shared is divided. */
export function checkCapacity(findings: Findings, capacity: DeviceCapacity, path: FieldPath, shared: boolean): void {
  const { requestPolicy: policy } = capacity;
  if (policy === undefined) return;
  const at = path.child('requestPolicy');
  if (!shared) {
    findings.push(fieldForbidden(at, 'allowMultipleAllocations must be true'));
    return;
  }
  const total = parseQuantity(capacity.value ?? '0');
  const { validRange, validValues = [] } = policy;
  if (validValues.length > 0 && validRange !== undefined) {
    findings.push(fieldForbidden(at, 'exactly one policy can be specified, cannot specify `validValues` and `validRange` at the same time'));
    return;
  }
  if (policy.default === undefined && (validValues.length > 0 || validRange !== undefined)) findings.push(fieldRequired(at.child('default')));
  if (validValues.length > 0) checkValues(findings, policy, total, at);
  if (validRange !== undefined) checkRange(findings, policy, total, at);
}

function checkValues(findings: Findings, policy: RequestPolicy, total: Quantity, path: FieldPath): void {
  const values = policy.validValues ?? [];
  const at = path.child('validValues');
  if (values.length > MAX_VALUES) findings.push(fieldTooMany(at, values.length, MAX_VALUES));
  values.forEach((value, i) => {
    if (compareQuantity(parseQuantity(value), total) > 0) findings.push(fieldInvalid(at.index(i), value, `option is larger than capacity value: ${shown(total)}`));
    const before = values[i - 1];
    if (before !== undefined && compareQuantity(parseQuantity(before), parseQuantity(value)) >= 0) {
      findings.push(fieldInvalid(at.index(i), value, 'must be sorted in ascending order'));
    }
  });
  const standard = policy.default;
  if (standard !== undefined && !values.some((value) => compareQuantity(parseQuantity(value), parseQuantity(standard)) === 0)) {
    findings.push(fieldInvalid(path.child('default'), standard, 'must be one of the valid values'));
  }
}

function checkRange(findings: Findings, policy: RequestPolicy, total: Quantity, path: FieldPath): void {
  const { min, max, step } = policy.validRange ?? {};
  const at = path.child('validRange');
  if (min === undefined) {
    findings.push(fieldRequired(at.child('min')));
    return;
  }
  const low = parseQuantity(min);
  const high = max === undefined ? total : parseQuantity(max);
  if (compareQuantity(low, total) > 0) findings.push(fieldInvalid(at.child('min'), min, `minimum is larger than capacity value: ${shown(total)}`));
  if (compareQuantity(high, total) > 0) findings.push(fieldInvalid(at.child('max'), max, `maximum is larger than capacity value: ${shown(total)}`));
  if (compareQuantity(low, high) > 0) findings.push(fieldInvalid(at.child('min'), min, `minimum is larger than maximum: ${shown(high)}`));
  if (step !== undefined && max !== undefined && !isReached(low, high, parseQuantity(step))) {
    findings.push(fieldInvalid(at.child('max'), max, 'maximum must be a whole number of steps above the minimum'));
  }
  if (policy.default === undefined) return;
  const standard = parseQuantity(policy.default);
  const inRange = compareQuantity(standard, low) >= 0 && compareQuantity(standard, high) <= 0;
  if (!inRange || (step !== undefined && !isReached(low, standard, parseQuantity(step)))) {
    findings.push(fieldInvalid(path.child('default'), policy.default, 'must be within the valid range'));
  }
}

/** Whether a whole number of steps leads from one amount to the other. */
function isReached(from: Quantity, to: Quantity, step: Quantity): boolean {
  const size = scaledQuantityValue(step, NANO);
  return size > 0n && scaledQuantityValue(subQuantity(to, from), NANO) % size === 0n;
}

function shown(quantity: Quantity): string {
  return formatQuantity(quantity);
}

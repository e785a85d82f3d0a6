import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, fieldTooLong, type FieldPath } from '../../../machinery/field-error.ts';
import { validateLabelName } from '../../../machinery/label-validation.ts';
import { isLabelValue } from '../../../machinery/names.ts';
import { reportTexts, type Findings } from '../../pod-template/findings.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import { checkList } from '../check-list.ts';
import { CLAIM_LAYOUTS } from '../internal-layouts.ts';
import { checkAttributeName, checkRequiredLabelName } from '../names.ts';
import { checkBindingConditions } from '../resourceclaims/validate-allocation.ts';
import type { Device, DeviceAttribute } from '../shapes.ts';
import { TAINT_EFFECTS } from '../validate-claim-spec.ts';
import { checkCapacity } from './validate-capacity.ts';
import { checkCounters } from './validate-counters.ts';
import { checkPlacement } from './validate-placement.ts';

const MAX_PROPERTIES = 32;
const MAX_TAINTS = 16;
const MAX_CONSUMPTIONS = 2;
const MAX_VALUE_BYTES = 64;
const DEVICE_PLACES = 'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true';
/** semver.org, 2.0.0. */
const SEMVER = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

export function checkDevice(findings: Findings, device: Device, path: FieldPath, perDeviceNodeSelection: boolean): void {
  checkRequiredLabelName(findings, device.name ?? '', path.child('name'));
  checkProperties(findings, device, path);
  checkList(findings, device.taints, path.child('taints'), { max: MAX_TAINTS, check: (taint, at) => checkTaint(findings, taint, at) });
  checkList(findings, device.consumesCounters, path.child('consumesCounters'), {
    max: MAX_CONSUMPTIONS,
    key: (consumption) => consumption.counterSet ?? '',
    check(consumption, at) {
      checkRequiredLabelName(findings, consumption.counterSet ?? '', at.child('counterSet'));
      checkCounters(findings, consumption.counters, at.child('counters'));
    },
  });
  checkBindingConditions(findings, device, path);
  if (perDeviceNodeSelection) {
    checkPlacement(findings, device, path, { none: `${DEVICE_PLACES} in the ResourceSlice spec`, many: `${DEVICE_PLACES} in the ResourceSlice spec, but multiple fields are set` });
    return;
  }
  for (const field of ['nodeName', 'nodeSelector', 'allNodes'] as const) {
    if (device[field] === undefined) continue;
    findings.push(fieldForbidden(path.child(field), '`nodeName`, `nodeSelector` and `allNodes` can only be set when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'));
  }
}

function checkProperties(findings: Findings, device: Device, path: FieldPath): void {
  const attributes = Object.entries(device.attributes ?? {});
  const capacities = Object.entries(device.capacity ?? {});
  const count = attributes.length + capacities.length;
  if (count > MAX_PROPERTIES) findings.push(fieldInvalid(path, count, `the total number of attributes and capacities must not exceed ${MAX_PROPERTIES}`));
  for (const [name, attribute] of attributes) {
    checkAttributeName(findings, name, path.child('attributes'));
    checkAttribute(findings, attribute ?? {}, path.child('attributes').key(name));
  }
  for (const [name, capacity] of capacities) {
    checkAttributeName(findings, name, path.child('capacity'));
    checkCapacity(findings, capacity ?? {}, path.child('capacity').key(name), device.allowMultipleAllocations === true);
  }
}

/** Exactly one value, of one type. */
function checkAttribute(findings: Findings, attribute: DeviceAttribute, path: FieldPath): void {
  const { string, version } = attribute;
  if (string !== undefined && Buffer.byteLength(string) > MAX_VALUE_BYTES) findings.push(fieldTooLong(path.child('string'), MAX_VALUE_BYTES));
  if (version !== undefined) {
    if (Buffer.byteLength(version) > MAX_VALUE_BYTES) findings.push(fieldTooLong(path.child('version'), MAX_VALUE_BYTES));
    else if (!SEMVER.test(version)) findings.push(fieldInvalid(path.child('version'), version, 'must be a string compatible with semver.org spec 2.0.0'));
  }
  const set = Object.values(attribute).filter((value) => value !== undefined).length;
  if (set === 1) return;
  findings.push(fieldInvalid(path, set === 0 ? '' : internalForm(attribute, 'DeviceAttribute', CLAIM_LAYOUTS), 'exactly one value must be specified'));
}

function checkTaint(findings: Findings, taint: NonNullable<Device['taints']>[number], path: FieldPath): void {
  const effect: string = taint.effect ?? '';
  findings.push(...validateLabelName(taint.key ?? '', path.child('key')));
  if (taint.value) reportTexts(findings, path.child('value'), taint.value, isLabelValue(taint.value));
  if (effect === '') findings.push(fieldRequired(path.child('effect')));
  else if (!TAINT_EFFECTS.includes(effect)) findings.push(fieldNotSupported(path.child('effect'), effect, TAINT_EFFECTS));
}

import { fieldDuplicate, fieldInvalid, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import { isQualifiedName } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkNonnegative, type Findings } from '../../pod-template/findings.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import type { CsiNode, CsiNodeDriver } from '../shapes.ts';
import { checkDriverName } from '../validate-provisioner.ts';

const DRIVERS = FieldPath.root('spec').child('drivers');
const MAX_NODE_ID_LENGTH = 192;
const LAYOUTS = { CSINodeDriver: 'Name:s NodeID=nodeID:s TopologyKeys:* Allocatable:&VolumeNodeResources', VolumeNodeResources: 'Count:*' };

export function validate(object: KubeObject): FieldError[] {
  const findings: Findings = [];
  const names = new Set<string>();
  driversOf(object).forEach((driver, i) => {
    const path = DRIVERS.index(i);
    const { name = '' } = driver;
    checkDriver(findings, driver, path);
    if (names.has(name)) findings.push(fieldDuplicate(path.child('name'), name));
    names.add(name);
    checkTopologyKeys(findings, driver.topologyKeys ?? [], path);
  });
  return findings;
}

/**
 * A driver that stays is as it was, but for how many volumes it can attach. Kubernetes judges the object twice on update,
 * and lists both findings.
 */
export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const findings = [...validate(object), ...validate(object)];
  const drivers = driversOf(object);
  for (const oldDriver of driversOf(old)) {
    for (const driver of drivers) {
      if (driver.name !== oldDriver.name || equalJson(withoutAllocatable(driver), withoutAllocatable(oldDriver))) continue;
      findings.push(fieldInvalid('CSINodeDriver', internalForm(driver, 'CSINodeDriver', LAYOUTS), 'field is immutable'));
    }
  }
  return findings;
}

function driversOf(object: KubeObject): CsiNodeDriver[] {
  return (object as CsiNode).spec?.drivers ?? [];
}

function withoutAllocatable(driver: CsiNodeDriver): CsiNodeDriver {
  return { ...driver, allocatable: undefined };
}

function checkDriver(findings: Findings, driver: CsiNodeDriver, path: FieldPath): void {
  const { nodeID = '' } = driver;
  checkDriverName(findings, driver.name ?? '', path.child('name'));
  if (nodeID === '') findings.push(fieldRequired(path.child('nodeID')));
  if (Buffer.byteLength(nodeID) > MAX_NODE_ID_LENGTH) findings.push(fieldInvalid(path.child('nodeID'), nodeID, `must be ${MAX_NODE_ID_LENGTH} characters or less`));
  checkNonnegative(findings, path.child('allocatable', 'count'), driver.allocatable?.count);
}

function checkTopologyKeys(findings: Findings, keys: readonly string[], path: FieldPath): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (key === '') findings.push(fieldRequired(path));
    if (seen.has(key)) findings.push(fieldDuplicate(path, key));
    seen.add(key);
    for (const text of isQualifiedName(key)) findings.push(fieldInvalid(path, keys, text));
  }
}

import { fieldInvalid, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { validateLabelSelector, type LabelSelectorObject } from '../../../machinery/label-selector.ts';
import { isDns1123Subdomain } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { parseQuantity, quantitySign } from '../../../machinery/quantity.ts';
import { reportTexts } from '../../pod-template/findings.ts';
import { checkImmutable } from '../immutable.ts';
import type { CsiStorageCapacity } from '../shapes.ts';

const ROOT = FieldPath.root();

export function validate(object: KubeObject): FieldError[] {
  return findingsOf(object as CsiStorageCapacity, false);
}

/** What was asked of the driver does not change; what it answered may. */
export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const capacity = object as CsiStorageCapacity;
  const old = oldObject as CsiStorageCapacity;
  const hadInvalidValue = topologyFindings(old, false).length > topologyFindings(old, true).length;
  const findings = findingsOf(capacity, hadInvalidValue);
  checkImmutable(findings, 'nodeTopology', capacity.nodeTopology, old.nodeTopology);
  checkImmutable(findings, 'storageClassName', capacity.storageClassName ?? '', old.storageClassName ?? '');
  return findings;
}

function findingsOf(capacity: CsiStorageCapacity, allowInvalidLabelValues: boolean): FieldError[] {
  const findings = topologyFindings(capacity, allowInvalidLabelValues);
  const { storageClassName = '' } = capacity;
  reportTexts(findings, ROOT.child('storageClassName'), storageClassName, isDns1123Subdomain(storageClassName));
  for (const name of ['capacity', 'maximumVolumeSize'] as const) {
    const amount = capacity[name];
    if (amount !== undefined && quantitySign(parseQuantity(amount)) < 0) findings.push(fieldInvalid(name, amount, 'must be greater than or equal to 0'));
  }
  return findings;
}

function topologyFindings(capacity: CsiStorageCapacity, allowInvalidLabelValues: boolean): FieldError[] {
  return validateLabelSelector(capacity.nodeTopology as LabelSelectorObject | undefined, ROOT.child('nodeTopology'), { allowInvalidLabelValues });
}

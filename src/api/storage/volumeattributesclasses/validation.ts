import { fieldForbidden, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Findings } from '../../pod-template/findings.ts';
import type { VolumeAttributesClass } from '../shapes.ts';
import { checkParameters, checkProvisioner } from '../validate-provisioner.ts';

const ROOT = FieldPath.root();

export function validate(object: KubeObject): FieldError[] {
  const { driverName = '', parameters } = object as VolumeAttributesClass;
  const findings: Findings = [];
  checkProvisioner(findings, driverName, ROOT.child('driverName'));
  checkParameters(findings, parameters, ROOT.child('parameters'), { mayBeEmpty: false });
  return findings;
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const findings = validate(object);
  for (const field of ['driverName', 'parameters'] as const) {
    if (!equalJson(object[field], old[field])) findings.push(fieldForbidden(field, `updates to ${field} are forbidden.`));
  }
  return findings;
}

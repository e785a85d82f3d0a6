import { fieldInvalid, fieldRequired, fieldTooLong, type FieldPath } from '../../machinery/field-error.ts';
import { isDns1123Subdomain, isQualifiedName } from '../../machinery/names.ts';
import { reportTexts, type Findings } from '../pod-template/findings.ts';
import type { Parameters } from './shapes.ts';

const MAX_PARAMETERS = 512;
const MAX_PARAMETERS_BYTES = 256 * 1024;
const MAX_DRIVER_NAME_LENGTH = 63;

/** The name of a provisioner or driver as classes have it; letter case does not matter. */
export function checkProvisioner(findings: Findings, provisioner: string, path: FieldPath): void {
  if (provisioner === '') findings.push(fieldRequired(path));
  else reportTexts(findings, path, provisioner.toLowerCase(), isQualifiedName(provisioner.toLowerCase()));
}

/** The settings of a class: how many and how long together, and whether there may be none. */
export function checkParameters(findings: Findings, parameters: Parameters | undefined, path: FieldPath, options: { readonly mayBeEmpty: boolean }): void {
  const entries = Object.entries(parameters ?? {});
  if (entries.length > MAX_PARAMETERS) {
    findings.push(fieldTooLong(path, MAX_PARAMETERS));
    return;
  }
  let size = 0;
  for (const [name, value = ''] of entries) {
    if (name === '') findings.push(fieldInvalid(path, name, 'field can not be empty.'));
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (size > MAX_PARAMETERS_BYTES) findings.push(fieldTooLong(path, MAX_PARAMETERS_BYTES));
  if (entries.length === 0 && !options.mayBeEmpty) findings.push(fieldRequired(path, 'must contain at least one key/value pair'));
}

/** The name of a CSI driver where an object refers to it. */
export function checkDriverName(findings: Findings, name: string, path: FieldPath): void {
  if (name === '') findings.push(fieldRequired(path));
  if (Buffer.byteLength(name) > MAX_DRIVER_NAME_LENGTH) findings.push(fieldTooLong(path, MAX_DRIVER_NAME_LENGTH));
  reportTexts(findings, path, name, isDns1123Subdomain(name.toLowerCase()));
}

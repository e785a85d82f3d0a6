import { fieldInvalid, fieldRequired, fieldTooLong, type FieldPath } from '../../machinery/field-error.ts';
import { isCIdentifier, isDns1123Label, isDns1123Subdomain } from '../../machinery/names.ts';
import { reportTexts, type Findings } from '../pod-template/findings.ts';
import { checkDriverName } from '../storage/validate-provisioner.ts';

const MAX_ID_LENGTH = 32;
const MAX_POOL_NAME_LENGTH = 253;
const NO_DOMAIN = 'a fully qualified name must be a domain and a name separated by a slash';

export function checkLabelName(findings: Findings, name: string, path: FieldPath): void {
  reportTexts(findings, path, name, isDns1123Label(name));
}

/** As checkLabelName, for names that are asked for in so many words. */
export function checkRequiredLabelName(findings: Findings, name: string, path: FieldPath): void {
  if (name === '') findings.push(fieldRequired(path));
  else checkLabelName(findings, name, path);
}

/** The name of a driver of devices; letter case does not matter. */
export function checkDeviceDriver(findings: Findings, name: string, path: FieldPath): void {
  if (name === '') findings.push(fieldRequired(path));
  else checkDriverName(findings, name, path);
}

/** Subdomains with slashes between them. */
export function checkPoolName(findings: Findings, name: string, path: FieldPath): void {
  if (name === '') {
    findings.push(fieldRequired(path));
    return;
  }
  if (Buffer.byteLength(name) > MAX_POOL_NAME_LENGTH) findings.push(fieldTooLong(path, MAX_POOL_NAME_LENGTH));
  for (const part of name.split('/')) reportTexts(findings, path, part, isDns1123Subdomain(part));
}

/** An attribute's name: an identifier, in the driver's domain unless it names another one. */
export function checkAttributeName(findings: Findings, name: string, path: FieldPath): void {
  const parts = name.split('/');
  const [domain = '', id = ''] = parts;
  if (name === '') findings.push(fieldRequired(path, 'name required'));
  else if (parts.length === 1) checkIdentifier(findings, name, path);
  else if (parts.length > 2) findings.push(fieldInvalid(path, name, NO_DOMAIN));
  else {
    if (domain === '') findings.push(fieldRequired(path, 'the domain must not be empty'));
    else checkDriverName(findings, domain, path);
    if (id === '') findings.push(fieldRequired(path, 'the name must not be empty'));
    else checkIdentifier(findings, id, path);
  }
}

/** An attribute's name outside of any driver, where the domain does not go without saying. */
export function checkQualifiedAttributeName(findings: Findings, name: string, path: FieldPath): void {
  checkAttributeName(findings, name, path);
  if (name !== '' && !name.includes('/')) findings.push(fieldInvalid(path, name, NO_DOMAIN));
}

function checkIdentifier(findings: Findings, id: string, path: FieldPath): void {
  if (Buffer.byteLength(id) > MAX_ID_LENGTH) findings.push(fieldTooLong(path, MAX_ID_LENGTH));
  reportTexts(findings, path, id, isCIdentifier(id));
}

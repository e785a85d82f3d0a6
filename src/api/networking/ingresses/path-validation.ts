import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import { isPortName, isPortNumber } from '../../../machinery/names.ts';
import { checkDnsLabel, reportTexts } from '../../pod-template/findings.ts';
import { checkTypedReference } from '../typed-reference.ts';
import type { IngressBackend, IngressPath } from './ingress.ts';

const INVALID_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const INVALID_ENDS = ['/..', '/.'];

export function checkPaths(findings: FieldError[], paths: readonly IngressPath[], path: FieldPath): void {
  if (paths.length === 0) findings.push(fieldRequired(path));
  paths.forEach((entry, i) => checkPath(findings, entry, path.index(i)));
}

function checkPath(findings: FieldError[], { path: text = '', pathType, backend }: IngressPath, path: FieldPath): void {
  // The field is always there: null where a body has none.
  if (pathType == null) {
    findings.push(fieldRequired(path.child('pathType'), 'pathType must be specified'));
    return;
  }
  const isAbsolute = text.startsWith('/');
  const report = (detail: string): void => void findings.push(fieldInvalid(path.child('path'), text, detail));
  if (pathType === 'ImplementationSpecific') {
    if (text !== '' && !isAbsolute) report('must be an absolute path');
  } else if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!isAbsolute) report('must be an absolute path');
    for (const sequence of INVALID_SEQUENCES) if (text.includes(sequence)) report(`must not contain '${sequence}'`);
    for (const end of INVALID_ENDS) if (text.endsWith(end)) report(`cannot end with '${end}'`);
  } else {
    findings.push(fieldNotSupported(path.child('pathType'), pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
  }
  checkBackend(findings, backend ?? {}, path.child('backend'));
}

/** Either a service with a port, by name or by number, or an object of any kind. */
export function checkBackend(findings: FieldError[], { service, resource }: IngressBackend, path: FieldPath): void {
  if (service !== undefined && resource !== undefined) findings.push(fieldInvalid(path, '', 'cannot set both resource and service backends'));
  else if (resource !== undefined) checkTypedReference(findings, resource, path.child('resource'));
  else if (service !== undefined) checkService(findings, service, path);
  else findings.push(fieldInvalid(path, '', 'resource or service backend is required'));
}

function checkService(findings: FieldError[], { name, port }: NonNullable<IngressBackend['service']>, path: FieldPath): void {
  const namePath = path.child('service', 'name');
  if (!name) findings.push(fieldRequired(namePath));
  else checkDnsLabel(findings, namePath, name);
  const { name: portName, number } = port ?? {};
  if (portName && number) findings.push(fieldInvalid(path, '', 'cannot set both port name & port number'));
  else if (portName) reportTexts(findings, path.child('service', 'port', 'name'), portName, isPortName(portName));
  else if (number) reportTexts(findings, path.child('service', 'port', 'number'), number, isPortNumber(number));
  else findings.push(fieldRequired(path, 'port name or number is required'));
}

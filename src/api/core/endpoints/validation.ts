import { FieldPath, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { isPortNumber } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkDnsLabel, checkDnsSubdomain, checkQualifiedName, checkRequiredOneOf, reportTexts } from '../../pod-template/findings.ts';
import { checkIpAddress } from '../../pod-template/ip-address.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import { PORT_PROTOCOLS } from '../../pod-template/validate-ports.ts';
import type * as v1 from '../../types/generated/core-v1.ts';
import { checkNonSpecialIp } from './special-addresses.ts';

type Subset = Loose<v1.EndpointSubset>;

export interface Endpoints extends KubeObject {
  subsets?: Subset[];
}

export function validate(object: KubeObject): FieldError[] {
  const findings: FieldError[] = [];
  ((object as Endpoints).subsets ?? []).forEach((subset, i) => {
    const path = FieldPath.root('subsets').index(i);
    if ((subset.addresses ?? []).length === 0 && (subset.notReadyAddresses ?? []).length === 0) {
      findings.push(fieldRequired(path, 'must specify `addresses` or `notReadyAddresses`'));
    }
    for (const list of ['addresses', 'notReadyAddresses'] as const) {
      (subset[list] ?? []).forEach((address, j) => checkAddress(findings, address, path.child(list).index(j)));
    }
    const ports = subset.ports ?? [];
    ports.forEach((port, j) => {
      const portPath = path.child('ports').index(j);
      if (port.name) checkDnsLabel(findings, portPath.child('name'), port.name);
      else if (ports.length > 1) findings.push(fieldRequired(portPath.child('name')));
      reportTexts(findings, portPath.child('port'), port.port ?? 0, isPortNumber(port.port ?? 0));
      checkRequiredOneOf(findings, portPath.child('protocol'), port.protocol, PORT_PROTOCOLS);
      if (port.appProtocol !== undefined) checkQualifiedName(findings, portPath.child('appProtocol'), port.appProtocol);
    });
  });
  return findings;
}

function checkAddress(findings: FieldError[], address: NonNullable<Subset['addresses']>[number], path: FieldPath): void {
  const ip = address.ip ?? '';
  const before = findings.length;
  const parsed = checkIpAddress(findings, path.child('ip'), ip);
  if (address.hostname) checkDnsLabel(findings, path.child('hostname'), address.hostname);
  if (address.nodeName !== undefined) checkDnsSubdomain(findings, path.child('nodeName'), address.nodeName);
  if (parsed !== undefined && findings.length === before) checkNonSpecialIp(findings, path.child('ip'), ip);
}

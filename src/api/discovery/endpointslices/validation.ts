import { FieldPath, fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, fieldTooMany, type FieldError } from '../../../machinery/field-error.ts';
import { validateLabels } from '../../../machinery/label-validation.ts';
import { isLabelValue, isPortName } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkDnsLabel, checkDnsSubdomain, checkQualifiedName, checkRequiredOneOf, reportTexts } from '../../pod-template/findings.ts';
import { checkAddress } from './address-validation.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from './endpoint-slice.ts';

const ADDRESS_TYPE = FieldPath.root('addressType');
const MAX_PORTS = 20_000;
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_TOPOLOGY_LABELS = 16;
const MAX_HINTS = 8;

export function validate(object: KubeObject): FieldError[] {
  return sliceFindings(object, new Set());
}

/** Addresses that stood there before may stay, however they are spelled. */
export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const findings = sliceFindings(object, new Set(((old as EndpointSlice).endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? [])));
  const { addressType = '' } = object as EndpointSlice;
  if (addressType !== (old as EndpointSlice).addressType) findings.push(fieldInvalid(ADDRESS_TYPE, addressType, 'field is immutable'));
  return findings;
}

function sliceFindings(object: KubeObject, known: ReadonlySet<string>): FieldError[] {
  const slice = object as EndpointSlice;
  const findings: FieldError[] = [];
  checkRequiredOneOf(findings, ADDRESS_TYPE, slice.addressType, ['FQDN', 'IPv4', 'IPv6']);
  checkPorts(findings, slice.ports ?? [], FieldPath.root('ports'));
  const endpoints = slice.endpoints ?? [];
  const path = FieldPath.root('endpoints');
  if (endpoints.length > MAX_ENDPOINTS) findings.push(fieldTooMany(path, endpoints.length, MAX_ENDPOINTS));
  else endpoints.forEach((endpoint, i) => checkEndpoint(findings, endpoint, path.index(i), { addressType: slice.addressType ?? '', known }));
  return findings;
}

/** Port numbers are nobody's business here: ranges and absent ones have their meaning. */
function checkPorts(findings: FieldError[], ports: readonly EndpointPort[], path: FieldPath): void {
  if (ports.length > MAX_PORTS) {
    findings.push(fieldTooMany(path, ports.length, MAX_PORTS));
    return;
  }
  const names = new Set<string>();
  ports.forEach(({ name = '', protocol, appProtocol }, i) => {
    const portPath = path.index(i);
    if (name !== '') reportTexts(findings, portPath.child('name'), name, isPortName(name));
    if (names.has(name)) findings.push(fieldDuplicate(portPath.child('name'), name));
    names.add(name);
    if (protocol === undefined) findings.push(fieldRequired(portPath.child('protocol')));
    else if (!['SCTP', 'TCP', 'UDP'].includes(protocol)) findings.push(fieldNotSupported(portPath.child('protocol'), protocol, ['SCTP', 'TCP', 'UDP']));
    if (appProtocol !== undefined) checkQualifiedName(findings, portPath.child('appProtocol'), appProtocol);
  });
}

function checkEndpoint(findings: FieldError[], endpoint: Endpoint, path: FieldPath, slice: { addressType: string; known: ReadonlySet<string> }): void {
  const addresses = endpoint.addresses ?? [];
  const addressesPath = path.child('addresses');
  if (addresses.length === 0) findings.push(fieldRequired(addressesPath, 'must contain at least 1 address'));
  else if (addresses.length > MAX_ADDRESSES) findings.push(fieldTooMany(addressesPath, addresses.length, MAX_ADDRESSES));
  addresses.forEach((address, i) => checkAddress(findings, address, { path: addressesPath, index: i, ...slice }));
  if (endpoint.nodeName !== undefined) checkDnsSubdomain(findings, path.child('nodeName'), endpoint.nodeName);
  const topology = endpoint.deprecatedTopology as Record<string, string> | undefined;
  const topologyPath = path.child('deprecatedTopology');
  const count = Object.keys(topology ?? {}).length;
  if (count > MAX_TOPOLOGY_LABELS) findings.push(fieldTooMany(topologyPath, count, MAX_TOPOLOGY_LABELS));
  findings.push(...validateLabels(topology, topologyPath));
  if (endpoint.hostname !== undefined) checkDnsLabel(findings, path.child('hostname'), endpoint.hostname);
  if (endpoint.hints !== undefined) checkHints(findings, endpoint.hints, path.child('hints'));
}

function checkHints(findings: FieldError[], { forZones = [], forNodes = [] }: NonNullable<Endpoint['hints']>, path: FieldPath): void {
  const check = (field: string, names: readonly string[], judge: (name: string, namePath: FieldPath) => void): void => {
    const listPath = path.child(field);
    if (names.length > MAX_HINTS) {
      findings.push(fieldTooMany(listPath, names.length, MAX_HINTS));
      return;
    }
    const seen = new Set<string>();
    names.forEach((name, i) => {
      const namePath = listPath.index(i).child('name');
      if (seen.has(name)) findings.push(fieldDuplicate(namePath, name));
      else judge(name, namePath);
      seen.add(name);
    });
  };
  check('forZones', forZones.map((zone) => zone.name ?? ''), (name, namePath) => reportTexts(findings, namePath, name, isLabelValue(name)));
  check('forNodes', forNodes.map((node) => node.name ?? ''), (name, namePath) => checkDnsSubdomain(findings, namePath, name));
}

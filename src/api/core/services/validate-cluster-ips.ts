import { FieldPath, fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { checkIpAddress, parseIpAddress } from '../../pod-template/ip-address.ts';
import { HEADLESS, isHeadless, type ServiceSpec } from './service.ts';

const SPEC = FieldPath.root('spec');
const IPS = SPEC.child('clusterIPs');
const FAMILIES = ['IPv4', 'IPv6'];
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** Cluster IPs, IP families and their policy, in themselves and with each other. */
export function validateClusterIps(spec: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName') return [];
  const findings: FieldError[] = [];
  const addresses = spec.clusterIPs ?? [];
  const first = spec.clusterIP ?? '';
  if (first !== '' && addresses.length === 0) findings.push(fieldRequired(IPS));
  else if (first !== '' && addresses[0] !== first) findings.push(fieldInvalid(IPS, addresses, 'first value must match `clusterIP`'));
  else if (first === '' && addresses.length > 0) findings.push(fieldInvalid(IPS, addresses, 'must be empty when `clusterIP` is not specified'));
  checkFamilies(findings, spec);
  if (!checkAddresses(findings, addresses)) return findings;
  if (addresses.length > 1 && parseIpAddress(addresses[0] ?? '')?.family === parseIpAddress(addresses[1] ?? '')?.family) {
    findings.push(fieldInvalid(IPS, addresses, 'may specify no more than one IP for each IP family'));
  }
  if (findings.length > 0 || isHeadless(spec)) return findings;
  for (const [i, address] of addresses.entries()) {
    const family = spec.ipFamilies?.[i];
    if (family !== undefined && parseIpAddress(address)?.family !== family) {
      findings.push(fieldInvalid(IPS.index(i), address, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``));
    }
  }
  return findings;
}

function checkFamilies(findings: FieldError[], spec: ServiceSpec): void {
  const families = spec.ipFamilies ?? [];
  families.forEach((family, i) => {
    const path = SPEC.child('ipFamilies').index(i);
    if (!FAMILIES.includes(family)) findings.push(fieldNotSupported(path, family, FAMILIES));
    if (families.indexOf(family) < i) findings.push(fieldDuplicate(path, family));
  });
  if (spec.ipFamilyPolicy !== undefined && !POLICIES.includes(spec.ipFamilyPolicy)) {
    findings.push(fieldNotSupported(SPEC.child('ipFamilyPolicy'), spec.ipFamilyPolicy, POLICIES));
  }
}

/** False when an address is malformed: then there is no use in comparing them. */
function checkAddresses(findings: FieldError[], addresses: readonly string[]): boolean {
  let sound = true;
  for (const [i, address] of addresses.entries()) {
    if (address === HEADLESS) {
      if (addresses.length === 1) continue;
      findings.push(fieldInvalid(IPS, addresses, "'None' must be the first and only value"));
      sound = false;
    } else {
      const before = findings.length;
      checkIpAddress(findings, IPS.index(i), address);
      if (findings.length > before) sound = false;
    }
  }
  if (addresses.length > 2) findings.push(fieldInvalid(IPS, addresses, 'may only hold up to 2 values'));
  return sound;
}

/** Once set, the first of the addresses or families stays; a second may come and go. */
export function validateClusterIpChange(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  const findings: FieldError[] = [];
  for (const [field, what] of [['clusterIPs', 'clusterIP'], ['ipFamilies', 'ipFamily']] as const) {
    const now = spec[field] ?? [];
    const before = old[field] ?? [];
    const path = SPEC.child(field);
    if (now.length === before.length) {
      before.forEach((value, i) => {
        if (value !== now[i]) findings.push(fieldInvalid(path.index(i), now, 'may not change once set'));
      });
      continue;
    }
    if (now.length === 0) findings.push(fieldInvalid(path.index(0), now, `primary ${what} can not be unset`));
    else if (before.length > 0 && now[0] !== before[0]) findings.push(fieldInvalid(path.index(0), now, 'may not change once set'));
    if (before.length === 2 && now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
      findings.push(fieldInvalid(SPEC.child('ipFamilyPolicy'), spec.ipFamilyPolicy ?? null, `must be set to 'SingleStack' when releasing the secondary ${what}`));
    }
  }
  return findings;
}

import { FieldPath, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import { parseIpAddress } from '../../pod-template/ip-address.ts';
import { keepAllocatedValues, normalizeClusterIps } from './allocated-values.ts';
import { HEADLESS, type Service, type ServiceSpec } from './service.ts';
import { validateClusterIps } from './validate-cluster-ips.ts';

const SPEC = FieldPath.root('spec');

export type IpFamily = 'IPv4' | 'IPv6';

/**
 * Makes a service ready for allocation, in place: carries over what it had, agrees its cluster IPs, and says its IP
 * families and policy. `families` are those the cluster has addresses of, the default one first. Nothing may be
 * allocated when there are findings.
 */
export function prepareServiceAddresses(service: Service, old: Service | undefined, families: readonly IpFamily[]): FieldError[] {
  const spec = (service.spec ??= {});
  const before = old?.spec;
  if (before !== undefined) keepAllocatedValues(spec, before);
  normalizeClusterIps(spec, before);
  if (spec.type === 'ExternalName') return [];
  const findings = validateClusterIps(spec);
  if (findings.length > 0) return findings;
  if (before !== undefined) trimToSingleStack(spec, before);
  if (spec.ipFamilyPolicy === undefined && ((spec.clusterIPs ?? []).length === 2 || (spec.ipFamilies ?? []).length === 2)) spec.ipFamilyPolicy = 'RequireDualStack';
  return inferFamilies(spec, families) ?? settleFamilies(spec, families);
}

/** A service that becomes single-stack keeps its first address. */
function trimToSingleStack(spec: ServiceSpec, before: ServiceSpec): void {
  if (spec.ipFamilyPolicy !== 'SingleStack' || before.ipFamilyPolicy === 'SingleStack') return;
  if (spec.clusterIPs?.length === 2 && equalJson(spec.clusterIPs, before.clusterIPs)) spec.clusterIPs = spec.clusterIPs.slice(0, 1);
  if (spec.ipFamilies?.length === 2 && equalJson(spec.ipFamilies, before.ipFamilies)) spec.ipFamilies = spec.ipFamilies.slice(0, 1);
}

/** Addresses that were asked for say their families. Findings, or undefined when there are none. */
function inferFamilies(spec: ServiceSpec, families: readonly IpFamily[]): FieldError[] | undefined {
  const findings: FieldError[] = [];
  for (const [i, address] of (spec.clusterIPs ?? []).entries()) {
    if (address === HEADLESS) break;
    if (i < (spec.ipFamilies ?? []).length) continue;
    const family = parseIpAddress(address)?.family ?? 'IPv4';
    if (families.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else findings.push(fieldInvalid(SPEC.child('clusterIPs').index(i), spec.clusterIPs, `${family} is not configured on this cluster`));
  }
  return findings.length > 0 ? findings : undefined;
}

function settleFamilies(spec: ServiceSpec, families: readonly IpFamily[]): FieldError[] {
  const defaultFamily = families[0] ?? 'IPv4';
  const wanted = spec.ipFamilies ?? [];
  // Its endpoints are the user's own, of any family, whatever the cluster has.
  if (spec.clusterIPs?.[0] === HEADLESS && Object.keys(spec.selector ?? {}).length === 0) {
    const first = wanted[0] ?? defaultFamily;
    const second = first === 'IPv4' ? 'IPv6' : 'IPv4';
    spec.ipFamilies = wanted.length < 2 && spec.ipFamilyPolicy !== 'SingleStack' ? [first, second] : wanted.length === 0 ? [first] : wanted;
    spec.ipFamilyPolicy ??= spec.ipFamilies.length > 1 ? 'RequireDualStack' : 'SingleStack';
    return [];
  }
  const findings: FieldError[] = [];
  if (spec.ipFamilyPolicy === 'RequireDualStack' && families.length < 2) {
    findings.push(fieldInvalid(SPEC.child('ipFamilyPolicy'), spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
  }
  wanted.forEach((family, i) => {
    if (!families.includes(family as IpFamily)) findings.push(fieldInvalid(SPEC.child('ipFamilies').index(i), family, 'not configured on this cluster'));
  });
  if (findings.length > 0) return findings;
  spec.ipFamilyPolicy ??= 'SingleStack';
  const settled = wanted.length === 0 ? [defaultFamily] : wanted;
  const missing = families.find((family) => !settled.includes(family));
  const addsSecond = spec.ipFamilyPolicy !== 'SingleStack' && settled.length === 1 && missing !== undefined;
  spec.ipFamilies = addsSecond ? [...settled, missing] : settled;
  return [];
}

import { FieldPath } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { cidrWarnings, ipWarnings } from '../../pod-template/ip-address.ts';
import { isHeadless, type Service } from './service.ts';

const SPEC = FieldPath.root('spec');

export function serviceWarnings(object: KubeObject): string[] {
  const { metadata, spec = {} } = object as Service;
  const warnings: string[] = [];
  if (metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined) {
    warnings.push("annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead");
  }
  if (!isHeadless(spec)) (spec.clusterIPs ?? []).forEach((address, i) => warnings.push(...ipWarnings(SPEC.child('clusterIPs').index(i), address)));
  if (spec.loadBalancerIP) warnings.push(...ipWarnings(SPEC.child('loadBalancerIP'), spec.loadBalancerIP));
  (spec.externalIPs ?? []).forEach((address, i) => warnings.push(...ipWarnings(SPEC.child('externalIPs').index(i), address)));
  (spec.loadBalancerSourceRanges ?? []).forEach((range, i) => warnings.push(...cidrWarnings(SPEC.child('loadBalancerSourceRanges').index(i), range)));
  if (spec.type === 'ExternalName' && (spec.externalIPs ?? []).length > 0) warnings.push(`${SPEC.child('externalIPs').text} is ignored when spec.type is "ExternalName"`);
  if (spec.type !== 'ExternalName' && spec.externalName) warnings.push(`${SPEC.child('externalName').text} is ignored when spec.type is not "ExternalName"`);
  if ((spec.externalIPs ?? []).length > 0) warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  return warnings;
}

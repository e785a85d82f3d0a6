import type { KubeObject } from '../../../machinery/object-meta.ts';
import { directions, type NetworkPolicy } from './network-policy.ts';

/** A policy without types is about what comes in, and about what goes out when it says something of that. */
export function defaults(object: KubeObject): void {
  const policy = object as NetworkPolicy;
  const spec = (policy.spec ??= {});
  if ((spec.policyTypes ?? []).length === 0) spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  for (const { list } of directions(policy)) for (const { ports } of list) for (const port of ports) port.protocol ??= 'TCP';
}

/**
 * What of a service the server allocates, and how an update that does not mention it keeps it. Pure: the registry
 * allocates and releases.
 */
import { equalJson } from '../../../machinery/json.ts';
import { HEADLESS, needsClusterIp, needsHealthCheckNodePort, needsNodePort, type Service, type ServiceSpec } from './service.ts';

/** `clusterIP` is the first of `clusterIPs`; writers that know only the former are served too. Before allocation. */
export function normalizeClusterIps(spec: ServiceSpec, old: ServiceSpec | undefined): void {
  if (old === undefined) {
    if (spec.clusterIP && (spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const oldIps = old.clusterIPs ?? [];
  if (oldIps.length > 0 && (spec.clusterIPs ?? []).length === 0 && (old.clusterIP ?? '') === (spec.clusterIP ?? '')) spec.clusterIPs = [...oldIps];
  if ((old.clusterIP ?? '') === (spec.clusterIP ?? '') || !equalJson(spec.clusterIPs ?? [], oldIps)) return;
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  else delete spec.clusterIPs;
}

/** Puts back what was allocated before and the writer left out. */
export function keepAllocatedValues(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIp(old) && needsClusterIp(spec)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if ((spec.clusterIPs ?? []).length === 0 && spec.clusterIP === old.clusterIP && old.clusterIPs !== undefined) spec.clusterIPs = [...old.clusterIPs];
  }
  if (needsNodePort(old) && needsNodePort(spec)) keepNodePorts(spec, old);
  if (needsHealthCheckNodePort(old) && needsHealthCheckNodePort(spec) && !spec.healthCheckNodePort && old.healthCheckNodePort) {
    spec.healthCheckNodePort = old.healthCheckNodePort;
  }
}

/** By the port's name, unless the number is named for another port. */
function keepNodePorts(spec: ServiceSpec, old: ServiceSpec): void {
  const named = new Set((spec.ports ?? []).map((port) => port.nodePort ?? 0));
  for (const port of spec.ports ?? []) {
    if (port.nodePort) continue;
    const before = old.ports?.findLast((candidate) => (candidate.name ?? '') === (port.name ?? ''))?.nodePort;
    if (before && !named.has(before)) port.nodePort = before;
  }
}

/** Drops what the new type has no use for, where the writer left it as it was. After allocation. */
export function dropUnusedValues(spec: ServiceSpec, old: ServiceSpec): void {
  const same = (field: keyof ServiceSpec): boolean => equalJson(spec[field], old[field]);
  if (needsClusterIp(old) && !needsClusterIp(spec)) {
    if (same('clusterIPs')) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (same('ipFamilies')) delete spec.ipFamilies;
    if (same('ipFamilyPolicy')) delete spec.ipFamilyPolicy;
  }
  if (needsNodePort(old) && !needsNodePort(spec) && sameNodePorts(spec, old)) for (const port of spec.ports ?? []) delete port.nodePort;
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(spec) && same('healthCheckNodePort')) delete spec.healthCheckNodePort;
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (same('allocateLoadBalancerNodePorts')) delete spec.allocateLoadBalancerNodePorts;
    if (same('loadBalancerClass')) delete spec.loadBalancerClass;
  }
  const usesPolicy = (candidate: ServiceSpec): boolean => candidate.type === 'LoadBalancer' || candidate.type === 'NodePort' || (candidate.externalIPs ?? []).length > 0;
  if (usesPolicy(old) && !usesPolicy(spec) && same('externalTrafficPolicy')) delete spec.externalTrafficPolicy;
}

/** Ports are told apart by their names; a port that is new has changed nothing. */
function sameNodePorts(spec: ServiceSpec, old: ServiceSpec): boolean {
  const before = new Set((old.ports ?? []).map((port) => port.nodePort ?? 0));
  return (spec.ports ?? []).every((port) => before.has(port.nodePort ?? 0));
}

export interface ServiceAllocations {
  readonly clusterIps: readonly string[];
  readonly nodePorts: readonly { readonly port: number; readonly protocol: string }[];
}

/** What a service holds of the cluster's addresses and ports: to be released when it goes or changes. */
export function allocationsOf(service: Service): ServiceAllocations {
  const spec = service.spec ?? {};
  const nodePorts = (spec.ports ?? []).flatMap((port) => (port.nodePort ? [{ port: port.nodePort, protocol: port.protocol ?? 'TCP' }] : []));
  if (spec.healthCheckNodePort) nodePorts.push({ port: spec.healthCheckNodePort, protocol: 'TCP' });
  return { clusterIps: needsClusterIp(spec) ? (spec.clusterIPs ?? []).filter((ip) => ip !== HEADLESS) : [], nodePorts };
}

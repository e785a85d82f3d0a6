import { FieldPath, fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { validateLabels } from '../../../machinery/label-validation.ts';
import { isPortNumber } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkDnsLabel, checkDnsSubdomain, checkOneOf, checkQualifiedName, checkRequiredOneOf, reportTexts } from '../../pod-template/findings.ts';
import { checkCidr, checkIpAddress, parseIpAddress } from '../../pod-template/ip-address.ts';
import { checkPortNumberOrName, PORT_PROTOCOLS } from '../../pod-template/validate-ports.ts';
import { checkNonSpecialIp } from '../endpoints/special-addresses.ts';
import { isExternallyAccessible, isHeadless, needsClusterIp, needsHealthCheckNodePort, type Service, type ServiceSpec } from './service.ts';
import { validateClusterIpChange, validateClusterIps } from './validate-cluster-ips.ts';

const SPEC = FieldPath.root('spec');
const PORTS = SPEC.child('ports');
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const LOAD_BALANCER_ONLY = "may only be used when `type` is 'LoadBalancer'";
const NOT_FOR_EXTERNAL_NAME = 'may not be set for ExternalName services';
const SOURCE_RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const KUBELET_PORT = 10_250;
const MAX_AFFINITY_SECONDS = 86_400;

export function validate(object: KubeObject): FieldError[] {
  const spec = (object as Service).spec ?? {};
  const findings: FieldError[] = [];
  if ((spec.ports ?? []).length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') findings.push(fieldRequired(PORTS));
  checkByType(findings, spec);
  checkPorts(findings, spec);
  findings.push(...validateLabels(spec.selector as Record<string, string> | undefined, SPEC.child('selector')));
  checkSessionAffinity(findings, spec);
  findings.push(...validateClusterIps(spec));
  (spec.externalIPs ?? []).forEach((address, i) => {
    const path = SPEC.child('externalIPs').index(i);
    const before = findings.length;
    const parsed = checkIpAddress(findings, path, address);
    if (parsed !== undefined && findings.length === before) checkNonSpecialIp(findings, path, address);
  });
  checkRequiredOneOf(findings, SPEC.child('type'), spec.type, TYPES);
  checkPortNumbers(findings, spec);
  checkLoadBalancerFields(findings, object as Service, spec);
  checkTrafficPolicies(findings, spec);
  return findings;
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const spec = (object as Service).spec ?? {};
  const before = (old as Service).spec ?? {};
  const findings = validateClusterIpChange(spec, before);
  const keepsType = spec.type === 'LoadBalancer' && before.type === 'LoadBalancer';
  if (keepsType && spec.loadBalancerClass !== before.loadBalancerClass) {
    findings.push(fieldInvalid(SPEC.child('loadBalancerClass'), spec.loadBalancerClass ?? null, 'may not change once set'));
  }
  findings.push(...validate(object));
  return findings;
}

function checkByType(findings: FieldError[], spec: ServiceSpec): void {
  if (spec.type === 'LoadBalancer') {
    (spec.ports ?? []).forEach((port, i) => {
      if (port.port === KUBELET_PORT) findings.push(fieldInvalid(PORTS.index(i), port.port, `may not expose port ${KUBELET_PORT} externally since it is used by kubelet`));
    });
  }
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    findings.push(fieldInvalid(SPEC.child('clusterIPs').index(0), spec.clusterIPs?.[0], `may not be set to 'None' for ${spec.type} services`));
  }
  if (spec.type !== 'ExternalName') return;
  if ((spec.clusterIPs ?? []).length > 0) findings.push(fieldForbidden(SPEC.child('clusterIPs'), NOT_FOR_EXTERNAL_NAME));
  if ((spec.ipFamilies ?? []).length > 0) findings.push(fieldForbidden(SPEC.child('ipFamilies'), NOT_FOR_EXTERNAL_NAME));
  if (spec.ipFamilyPolicy !== undefined) findings.push(fieldForbidden(SPEC.child('ipFamilyPolicy'), NOT_FOR_EXTERNAL_NAME));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') findings.push(fieldRequired(SPEC.child('externalName')));
  else checkDnsSubdomain(findings, SPEC.child('externalName'), name);
}

function checkPorts(findings: FieldError[], spec: ServiceSpec): void {
  const ports = spec.ports ?? [];
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const path = PORTS.index(i);
    const name = port.name ?? '';
    if (name === '') {
      if (ports.length > 1) findings.push(fieldRequired(path.child('name')));
    } else {
      checkDnsLabel(findings, path.child('name'), name);
      if (names.has(name)) findings.push(fieldDuplicate(path.child('name'), name));
      names.add(name);
    }
    reportTexts(findings, path.child('port'), port.port ?? 0, isPortNumber(port.port ?? 0));
    checkRequiredOneOf(findings, path.child('protocol'), port.protocol, PORT_PROTOCOLS);
    checkPortNumberOrName(findings, path.child('targetPort'), port.targetPort ?? 0);
    if (port.appProtocol !== undefined) checkQualifiedName(findings, path.child('appProtocol'), port.appProtocol);
  });
}

/** Numbers are told apart together with their protocol. */
function checkPortNumbers(findings: FieldError[], spec: ServiceSpec): void {
  const ports = spec.ports ?? [];
  if (spec.type === 'ClusterIP') {
    ports.forEach((port, i) => {
      if (port.nodePort) findings.push(fieldForbidden(PORTS.index(i).child('nodePort'), "may not be used when `type` is 'ClusterIP'"));
    });
  }
  const nodePorts = new Set<string>();
  ports.forEach((port, i) => {
    if (!port.nodePort) return;
    const key = `${port.protocol}/${port.nodePort}`;
    if (nodePorts.has(key)) findings.push(fieldDuplicate(PORTS.index(i).child('nodePort'), port.nodePort));
    nodePorts.add(key);
  });
  const numbers = new Set<string>();
  ports.forEach((port, i) => {
    const key = `${port.protocol}/${port.port}`;
    const shown = { Name: '', Protocol: port.protocol ?? '', AppProtocol: null, Port: port.port ?? 0, TargetPort: 0, NodePort: 0 };
    if (numbers.has(key)) findings.push(fieldDuplicate(PORTS.index(i), shown));
    numbers.add(key);
  });
}

function checkSessionAffinity(findings: FieldError[], spec: ServiceSpec): void {
  checkRequiredOneOf(findings, SPEC.child('sessionAffinity'), spec.sessionAffinity, ['ClientIP', 'None']);
  const path = SPEC.child('sessionAffinityConfig');
  if (spec.sessionAffinity === 'None' && spec.sessionAffinityConfig !== undefined) {
    findings.push(fieldForbidden(path, 'must not be set when session affinity is None'));
  }
  if (spec.sessionAffinity !== 'ClientIP') return;
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (seconds === undefined) {
    findings.push(fieldRequired(path, 'when session affinity type is ClientIP'));
  } else if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
    findings.push(fieldInvalid(path.child('clientIP', 'timeoutSeconds'), seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`));
  }
}

function checkLoadBalancerFields(findings: FieldError[], service: Service, spec: ServiceSpec): void {
  const isLoadBalancer = spec.type === 'LoadBalancer';
  checkSourceRanges(findings, service, spec);
  const allocatePath = SPEC.child('allocateLoadBalancerNodePorts');
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer) findings.push(fieldForbidden(allocatePath, LOAD_BALANCER_ONLY));
  if (spec.allocateLoadBalancerNodePorts === undefined && isLoadBalancer) findings.push(fieldRequired(allocatePath, "field is required when `type` is 'LoadBalancer'"));
  if (spec.loadBalancerClass === undefined) return;
  if (!isLoadBalancer) findings.push(fieldForbidden(SPEC.child('loadBalancerClass'), LOAD_BALANCER_ONLY));
  checkQualifiedName(findings, SPEC.child('loadBalancerClass'), spec.loadBalancerClass);
}

/** The field, or the annotation it took the place of; both take padding. */
function checkSourceRanges(findings: FieldError[], service: Service, spec: ServiceSpec): void {
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) {
    const path = SPEC.child('LoadBalancerSourceRanges');
    if (spec.type !== 'LoadBalancer') findings.push(fieldForbidden(path, LOAD_BALANCER_ONLY));
    else ranges.forEach((range, i) => checkCidr(findings, path.index(i), range.trim()));
    return;
  }
  const annotation = service.metadata.annotations?.[SOURCE_RANGES_ANNOTATION];
  if (annotation === undefined) return;
  const path = FieldPath.root('metadata').child('annotations').key(SOURCE_RANGES_ANNOTATION);
  if (spec.type !== 'LoadBalancer') findings.push(fieldForbidden(path, LOAD_BALANCER_ONLY));
  else if (annotation.trim() !== '') for (const range of annotation.split(',')) checkCidr(findings, path, range.trim());
}

function checkTrafficPolicies(findings: FieldError[], spec: ServiceSpec): void {
  const externalPath = SPEC.child('externalTrafficPolicy');
  const external = spec.externalTrafficPolicy ?? '';
  if (isExternallyAccessible(spec)) checkRequiredOneOf(findings, externalPath, external, TRAFFIC_POLICIES);
  else if (external !== '') findings.push(fieldInvalid(externalPath, external, 'may only be set for externally-accessible services'));
  const healthPath = SPEC.child('healthCheckNodePort');
  if (spec.healthCheckNodePort) {
    if (needsHealthCheckNodePort(spec)) reportTexts(findings, healthPath, spec.healthCheckNodePort, isPortNumber(spec.healthCheckNodePort));
    else findings.push(fieldInvalid(healthPath, spec.healthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
  }
  const internal = spec.internalTrafficPolicy;
  if (internal === undefined && needsClusterIp(spec)) findings.push(fieldRequired(SPEC.child('internalTrafficPolicy')));
  if (internal !== undefined) checkOneOf(findings, SPEC.child('internalTrafficPolicy'), internal, TRAFFIC_POLICIES);
  if (spec.trafficDistribution !== undefined) {
    checkOneOf(findings, SPEC.child('trafficDistribution'), spec.trafficDistribution, ['PreferClose', 'PreferSameZone', 'PreferSameNode']);
  }
}

export function validateStatusUpdate(object: KubeObject): FieldError[] {
  const { spec, status } = object as Service;
  const path = FieldPath.root('status').child('loadBalancer', 'ingress');
  return validateLoadBalancerIngress(status?.loadBalancer?.ingress, path, spec?.type === 'LoadBalancer');
}

type Ingress = NonNullable<NonNullable<NonNullable<Service['status']>['loadBalancer']>['ingress']>;

/** Where a load balancer can be reached. */
export function validateLoadBalancerIngress(ingress: Ingress | undefined, path: FieldPath, isLoadBalancer: boolean): FieldError[] {
  const findings: FieldError[] = [];
  if ((ingress ?? []).length > 0 && !isLoadBalancer) return [fieldForbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  (ingress ?? []).forEach((point, i) => {
    const pointPath = path.index(i);
    if (point.ip) checkIpAddress(findings, pointPath.child('ip'), point.ip);
    if (point.ipMode === undefined) {
      if (point.ip) findings.push(fieldRequired(pointPath.child('ipMode'), 'must be specified when `ip` is set'));
    } else if (!point.ip) findings.push(fieldForbidden(pointPath.child('ipMode'), 'may not be specified when `ip` is not set'));
    else if (!['Proxy', 'VIP'].includes(point.ipMode)) findings.push(fieldNotSupported(pointPath.child('ipMode'), point.ipMode, ['Proxy', 'VIP']));
    if (!point.hostname) return;
    checkDnsSubdomain(findings, pointPath.child('hostname'), point.hostname);
    if (parseIpAddress(point.hostname) !== undefined) findings.push(fieldInvalid(pointPath.child('hostname'), point.hostname, 'must be a DNS name, not an IP address'));
  });
  return findings;
}

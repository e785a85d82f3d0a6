import { FieldPath, fieldDuplicate, fieldForbidden, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import { isDns1123Subdomain } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkQualifiedName, reportTexts } from '../../pod-template/findings.ts';
import { checkIpAddress } from '../../pod-template/ip-address.ts';
import type { ContainerStatus, PodSpec, PodStatus } from '../../pod-template/shapes.ts';
import { checkAnnotationUpdates } from './annotation-updates.ts';
import type { Pod } from './pod.ts';

const STATUS = FieldPath.root('status');
const SYSTEM_CONDITIONS = new Set(['PodScheduled', 'Ready', 'Initialized', 'ContainersReady']);
const BACK_TO_LIFE = 'may not be transitioned to non-terminated state';

export function validateStatusUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const pod = object as Pod;
  const status = pod.status ?? {};
  const old = (oldObject as Pod).status ?? {};
  const spec = (oldObject as Pod).spec ?? {};
  const findings: FieldError[] = [];
  checkAnnotationUpdates(findings, pod, oldObject as Pod);
  checkConditions(findings, status);
  if (status.nominatedNodeName && status.nominatedNodeName !== old.nominatedNodeName) {
    reportTexts(findings, STATUS.child('nominatedNodeName'), status.nominatedNodeName, isDns1123Subdomain(status.nominatedNodeName));
  }
  if ((old.qosClass ?? '') !== '' && status.qosClass !== old.qosClass) findings.push(fieldInvalid(STATUS.child('qosClass'), status.qosClass ?? '', 'field is immutable'));
  checkTransitions(findings, { now: status.containerStatuses, before: old.containerStatuses, path: STATUS.child('containerStatuses') }, (before) => mayRestart(before, spec, spec.containers));
  checkTransitions(findings, { now: status.initContainerStatuses, before: old.initContainerStatuses, path: STATUS.child('initContainerStatuses') }, (before) =>
    mayRestart(before, spec, spec.initContainers),
  );
  checkTransitions(findings, { now: status.ephemeralContainerStatuses, before: old.ephemeralContainerStatuses, path: STATUS.child('ephemeralContainerStatuses') }, () => false);
  checkClaimStatuses(findings, status, spec);
  checkAddresses(findings, status.podIPs, STATUS.child('podIPs'), '');
  checkHostAddresses(findings, status);
  if ((status.observedGeneration ?? 0) < 0) findings.push(fieldInvalid(STATUS.child('observedGeneration'), status.observedGeneration, 'must be a non-negative integer'));
  return findings;
}

function checkConditions(findings: FieldError[], status: PodStatus): void {
  (status.conditions ?? []).forEach((condition, i) => {
    const path = STATUS.child('conditions').index(i);
    if (!SYSTEM_CONDITIONS.has(condition.type ?? '')) checkQualifiedName(findings, path.child('Type'), condition.type ?? '');
    if ((condition.observedGeneration ?? 0) < 0) findings.push(fieldInvalid(path.child('observedGeneration'), condition.observedGeneration, 'must be a non-negative integer'));
  });
}

interface Transition {
  readonly now: readonly ContainerStatus[] | undefined;
  readonly before: readonly ContainerStatus[] | undefined;
  readonly path: FieldPath;
}

/** A container that has ended stays so, unless it may be restarted. */
function checkTransitions(findings: FieldError[], { now, before, path }: Transition, mayLeave: (before: ContainerStatus) => boolean): void {
  (before ?? []).forEach((old, i) => {
    if (old.state?.terminated === undefined || mayLeave(old)) return;
    for (const status of now ?? []) {
      if (status.name === old.name && status.state?.terminated === undefined) findings.push(fieldForbidden(path.index(i).child('state'), BACK_TO_LIFE));
    }
  });
}

function mayRestart(status: ContainerStatus, spec: PodSpec, containers: PodSpec['containers']): boolean {
  const container = containers?.find((candidate) => candidate.name === status.name);
  if ((container?.restartPolicyRules ?? []).length > 0) return true;
  const policy = container?.restartPolicy ?? spec.restartPolicy;
  if (policy === 'Always') return true;
  return policy === 'OnFailure' && (status.state?.terminated?.exitCode ?? 0) !== 0;
}

function checkClaimStatuses(findings: FieldError[], status: PodStatus, spec: PodSpec): void {
  const known = new Set((spec.resourceClaims ?? []).map((claim) => claim.name));
  (status.resourceClaimStatuses ?? []).forEach((claim, i) => {
    const path = STATUS.child('resourceClaimStatuses').index(i);
    if (!known.has(claim.name)) findings.push(fieldInvalid(path.child('name'), claim.name ?? '', 'must match the name of an entry in `spec.resourceClaims`'));
    if (claim.resourceClaimName !== undefined) reportTexts(findings, path.child('name'), claim.resourceClaimName, isDns1123Subdomain(claim.resourceClaimName));
  });
}

/** At most one address of each family. */
function checkAddresses(findings: FieldError[], addresses: PodStatus['podIPs'], path: FieldPath, field: '' | 'ip'): void {
  if (addresses === undefined) return;
  const families = addresses.map((address, i) => checkIpAddress(findings, field === '' ? path.index(i) : path.index(i).child(field), address.ip ?? '')?.family);
  if (addresses.length < 2) return;
  if (families.length > 2 || families[0] === families[1]) {
    const shown = addresses.map((address) => ({ IP: address.ip ?? '' }));
    findings.push(fieldInvalid(path, shown, 'may specify no more than one IP for each IP family'));
  }
  addresses.forEach((address, i) => {
    if (addresses.slice(0, i).some((other) => other.ip === address.ip)) findings.push(fieldDuplicate(path.index(i), { IP: address.ip ?? '' }));
  });
}

function checkHostAddresses(findings: FieldError[], status: PodStatus): void {
  const first = status.hostIPs?.[0];
  if (first === undefined) return;
  const path = STATUS.child('hostIPs');
  if ((first.ip ?? '') !== (status.hostIP ?? '')) findings.push(fieldInvalid(path.index(0).child('ip'), first.ip ?? '', 'must be equal to `hostIP`'));
  checkAddresses(findings, status.hostIPs, path, '');
}

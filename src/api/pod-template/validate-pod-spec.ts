import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { validateLabels } from '../../machinery/label-validation.ts';
import { isDns1123Subdomain } from '../../machinery/names.ts';
import type { ObjectMeta } from '../../machinery/object-meta.ts';
import { checkDnsLabel, checkDnsSubdomain, checkQualifiedName, checkRequiredOneOf, reportTexts, type Findings } from './findings.ts';
import { internalForm } from './internal-form.ts';
import type { PodResourceClaim, PodSpec } from './shapes.ts';
import { checkAffinity } from './validate-affinity.ts';
import { checkContainers, checkEphemeralContainers, checkInitContainers, type ContainerContext } from './validate-containers.ts';
import { checkDnsConfig, checkHostAliases } from './validate-dns.ts';
import { checkHostProcess, checkOperatingSystem } from './validate-os.ts';
import { checkPodResources } from './validate-pod-resources.ts';
import { checkHostNetworkPorts } from './validate-ports.ts';
import { checkAmount, checkContainerResourceName, sortedAmounts } from './validate-resources.ts';
import { checkHostUsers, checkPodSecurityContext } from './validate-security-context.ts';
import { checkTolerations } from './validate-tolerations.ts';
import { checkTopologySpread } from './validate-topology-spread.ts';
import { checkVolumes } from './validate-volumes.ts';

const MAX_INT32 = 2 ** 31 - 1;
const MAX_HOSTNAME_OVERRIDE = 64;

export interface PodSpecCheckOptions {
  /** False for templates, which leave some things to the pod that will be made. */
  readonly isPod: boolean;
  readonly metadata?: ObjectMeta | undefined;
}

/** Everything about a PodSpec that does not depend on what it was before, in Kubernetes' order. */
export function checkPodSpec(findings: Findings, spec: PodSpec, path: FieldPath, options: PodSpecCheckOptions): void {
  const podName = options.metadata?.name ?? '';
  const volumes = checkVolumes(findings, spec.volumes, podName, path.child('volumes'));
  const claimNames = new Set((spec.resourceClaims ?? []).map((claim) => claim.name ?? '').filter((name) => name !== ''));
  checkResourceClaims(findings, spec.resourceClaims, podName, path.child('resourceClaims'));
  const context: ContainerContext = { spec, volumes, claimNames };
  checkContainers(findings, context, path.child('containers'));
  checkInitContainers(findings, context, path.child('initContainers'));
  checkEphemeralContainers(findings, context, path.child('ephemeralContainers'));
  checkPodResources(findings, spec, path.child('resources'));
  checkHostNetworkPorts(findings, spec, path, options.isPod);
  checkRequiredOneOf(findings, path.child('restartPolicy'), spec.restartPolicy, ['Always', 'OnFailure', 'Never']);
  checkRequiredOneOf(findings, path.child('dnsPolicy'), spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']);
  findings.push(...validateLabels(spec.nodeSelector as Record<string, string> | undefined, path.child('nodeSelector')));
  checkPodSecurityContext(findings, spec.securityContext, spec, path.child('securityContext'));
  checkAffinity(findings, spec.affinity, path.child('affinity'));
  checkDnsConfig(findings, spec, path.child('dnsConfig'));
  (spec.readinessGates ?? []).forEach((gate, i) => {
    checkQualifiedName(findings, path.child('readinessGates').index(i).child('conditionType'), gate.conditionType ?? '');
  });
  checkSchedulingGates(findings, spec, path.child('schedulingGates'));
  checkTopologySpread(findings, spec.topologySpreadConstraints, path.child('topologySpreadConstraints'));
  checkHostProcess(findings, spec, path);
  checkHostUsers(findings, spec, path);
  checkNames(findings, spec, path);
  checkOperatingSystem(findings, spec, path);
}

/** Single fields: names of other objects, deadlines, host names, tolerations, overhead. */
function checkNames(findings: Findings, spec: PodSpec, path: FieldPath): void {
  if (spec.serviceAccountName) checkDnsSubdomain(findings, path.child('serviceAccountName'), spec.serviceAccountName);
  if (spec.nodeName) checkDnsSubdomain(findings, path.child('nodeName'), spec.nodeName);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) {
    findings.push(fieldInvalid(path.child('activeDeadlineSeconds'), deadline, `must be between 1 and ${MAX_INT32}, inclusive`));
  }
  if (spec.hostname) checkDnsLabel(findings, path.child('hostname'), spec.hostname);
  if (spec.subdomain) checkDnsLabel(findings, path.child('subdomain'), spec.subdomain);
  checkHostnameOverride(findings, spec, path);
  checkTolerations(findings, spec.tolerations, path.child('tolerations'));
  checkHostAliases(findings, spec.hostAliases, path.child('hostAliases'));
  if (spec.priorityClassName) checkDnsSubdomain(findings, path.child('priorityClassName'), spec.priorityClassName);
  if (spec.runtimeClassName !== undefined) checkDnsSubdomain(findings, path.child('runtimeClassName'), spec.runtimeClassName);
  if (spec.preemptionPolicy !== undefined) checkRequiredOneOf(findings, path.child('preemptionPolicy'), spec.preemptionPolicy, ['PreemptLowerPriority', 'Never']);
  for (const [name, amount] of sortedAmounts(spec.overhead)) {
    const amountPath = path.child('overhead', 'limits').key(name);
    checkContainerResourceName(findings, name, amountPath);
    checkAmount(findings, name, amount, amountPath);
  }
}

function checkHostnameOverride(findings: Findings, spec: PodSpec, path: FieldPath): void {
  const name = spec.hostnameOverride;
  if (name === undefined) return;
  const namePath = path.child('hostnameOverride');
  if (spec.hostNetwork === true) findings.push(fieldForbidden(namePath, 'may not be set when `hostNetwork` is true'));
  if (spec.setHostnameAsFQDN === true) findings.push(fieldForbidden(namePath, 'may not be set when `setHostnameAsFQDN` is true'));
  if (name.length > MAX_HOSTNAME_OVERRIDE) {
    findings.push({ type: 'FieldValueTooLong', field: namePath.text, message: `Too long: may not be more than ${MAX_HOSTNAME_OVERRIDE} bytes` });
  }
  checkDnsSubdomain(findings, namePath, name);
}

function checkSchedulingGates(findings: Findings, spec: PodSpec, path: FieldPath): void {
  const names = new Set<string>();
  (spec.schedulingGates ?? []).forEach((gate, i) => {
    const name = gate.name ?? '';
    checkQualifiedName(findings, path.index(i), name);
    if (names.has(name)) findings.push(fieldDuplicate(path.index(i), name));
    names.add(name);
  });
}

function checkResourceClaims(findings: Findings, claims: readonly PodResourceClaim[] | undefined, podName: string, path: FieldPath): void {
  const names = new Set<string>();
  (claims ?? []).forEach((claim, i) => {
    const claimPath = path.index(i);
    const name = claim.name ?? '';
    if (name === '') findings.push(fieldRequired(claimPath.child('name')));
    else if (names.has(name)) findings.push(fieldDuplicate(claimPath.child('name'), name));
    else {
      checkDnsLabel(findings, claimPath.child('name'), name);
      names.add(name);
    }
    const { resourceClaimName, resourceClaimTemplateName } = claim;
    const shown = (): unknown => internalForm(claim, 'PodResourceClaim');
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      findings.push(fieldInvalid(claimPath, shown(), 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      findings.push(fieldInvalid(claimPath, shown(), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    }
    if (resourceClaimName !== undefined) checkDnsSubdomain(findings, claimPath.child('resourceClaimName'), resourceClaimName);
    if (resourceClaimTemplateName === undefined) return;
    checkDnsSubdomain(findings, claimPath.child('resourceClaimTemplateName'), resourceClaimTemplateName);
    if (podName !== '') {
      const made = `${podName}-${name}`;
      reportTexts(findings, claimPath.child('name'), made, isDns1123Subdomain(made));
    }
  });
}

/** A finding for each annotation of a pod or template that has a meaning to Kubernetes and breaks it. */
export function checkPodAnnotations(findings: Findings, annotations: Readonly<Record<string, string>> | undefined, spec: PodSpec, path: FieldPath): void {
  const mirror = annotations?.['kubernetes.io/config.mirror'];
  if (mirror !== undefined && !spec.nodeName) findings.push(fieldInvalid(path.key('kubernetes.io/config.mirror'), mirror, 'must set spec.nodeName if mirror pod annotation is set'));
  const tolerations = annotations?.['scheduler.alpha.kubernetes.io/tolerations'];
  if (tolerations !== undefined) checkTolerationsAnnotation(findings, tolerations, path);
  const cost = annotations?.['controller.kubernetes.io/pod-deletion-cost'];
  if (cost !== undefined && !/^-?(?:0|[1-9][0-9]*)$/.test(cost)) {
    findings.push(fieldInvalid(path.key('controller.kubernetes.io/pod-deletion-cost'), cost, 'must be a 32bit integer'));
  } else if (cost !== undefined && Math.abs(Number(cost)) > MAX_INT32) {
    findings.push(fieldInvalid(path.key('controller.kubernetes.io/pod-deletion-cost'), cost, 'must be a 32bit integer'));
  }
}

function checkTolerationsAnnotation(findings: Findings, text: string, path: FieldPath): void {
  const annotationPath = path.child('scheduler.alpha.kubernetes.io/tolerations');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    findings.push(fieldInvalid(path, 'scheduler.alpha.kubernetes.io/tolerations', error instanceof Error ? error.message : ''));
    return;
  }
  if (Array.isArray(value) && value.length > 0) checkTolerations(findings, value as PodSpec['tolerations'], annotationPath);
}

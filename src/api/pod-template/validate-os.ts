import { fieldForbidden, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { checkOneOf, type Findings } from './findings.ts';
import type { Container, PodSpec } from './shapes.ts';

const WINDOWS = 'cannot be set for a windows pod';
const LINUX = 'windows options cannot be set for a linux pod';

const LINUX_POD_FIELDS = [
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'shareProcessNamespace',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
] as const;
const LINUX_CONTAINER_FIELDS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;

/** A pod that names its operating system may only use what that system has. */
export function checkOperatingSystem(findings: Findings, spec: PodSpec, path: FieldPath): void {
  if (spec.os === undefined) return;
  const name = spec.os.name ?? '';
  if (name === '') findings.push(fieldRequired(path.child('os', 'name'), 'cannot be empty'));
  else if (name === 'windows') checkWindows(findings, spec, path);
  else if (name === 'linux') checkLinux(findings, spec, path);
  else checkOneOf(findings, path.child('os'), name, ['linux', 'windows']);
}

function checkWindows(findings: Findings, spec: PodSpec, path: FieldPath): void {
  const context = spec.securityContext;
  const contextPath = path.child('securityContext');
  const forbid = (field: FieldPath): void => void findings.push(fieldForbidden(field, WINDOWS));
  if (context?.appArmorProfile !== undefined) forbid(contextPath.child('appArmorProfile'));
  if (context?.seLinuxOptions !== undefined) forbid(contextPath.child('seLinuxOptions'));
  if (spec.hostUsers !== undefined) forbid(path.child('hostUsers'));
  if (spec.hostPID === true) forbid(path.child('hostPID'));
  if (spec.hostIPC === true) forbid(path.child('hostIPC'));
  for (const field of LINUX_POD_FIELDS) {
    if (field === 'shareProcessNamespace') {
      if (spec.shareProcessNamespace !== undefined) forbid(path.child(field));
    } else if (context?.[field] !== undefined) forbid(contextPath.child(field));
  }
  visitContainers(spec, path, (container, containerPath) => {
    for (const field of LINUX_CONTAINER_FIELDS) {
      if (container.securityContext?.[field] !== undefined) forbid(containerPath.child('securityContext', field));
    }
  });
}

function checkLinux(findings: Findings, spec: PodSpec, path: FieldPath): void {
  if (spec.securityContext?.windowsOptions !== undefined) findings.push(fieldForbidden(path.child('securityContext', 'windowsOptions'), LINUX));
  visitContainers(spec, path, (container, containerPath) => {
    if (container.securityContext?.windowsOptions !== undefined) findings.push(fieldForbidden(containerPath.child('securityContext', 'windowsOptions'), LINUX));
  });
}

/** Every container of the pod with its path: init containers, containers, ephemeral containers. */
export function visitContainers(spec: PodSpec, path: FieldPath, visit: (container: Container, path: FieldPath) => void): void {
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    (spec[list] ?? []).forEach((container, i) => visit(container, path.child(list).index(i)));
  }
}

/** HostProcess is all or nothing, and needs the host's network. */
export function checkHostProcess(findings: Findings, spec: PodSpec, path: FieldPath): void {
  const podValue = spec.securityContext?.windowsOptions?.hostProcess;
  const messages: Findings = [];
  let isHostProcess = podValue === true;
  let others = false;
  visitContainers(spec, path, (container, containerPath) => {
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (podValue !== undefined && own !== undefined && own !== podValue) {
      const valuePath = containerPath.child('securityContext', 'windowsOptions', 'hostProcess');
      messages.push({ type: 'FieldValueInvalid', field: valuePath.text, message: `Invalid value: ${own}: pod hostProcess value must be identical if both are specified, was ${podValue}` });
    }
    if (own ?? podValue ?? false) isHostProcess = true;
    else others = true;
  });
  findings.push(...messages);
  if (!isHostProcess) return;
  if (others) findings.push({ type: 'FieldValueInvalid', field: path.text, message: 'Invalid value: "": If pod contains any hostProcess containers then all containers must be HostProcess containers' });
  if (spec.hostNetwork !== true) findings.push({ type: 'FieldValueInvalid', field: path.child('hostNetwork').text, message: 'Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers' });
}

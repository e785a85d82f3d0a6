import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotFound, fieldNotSupported, fieldRequired, fieldTooMany, type FieldPath } from '../../machinery/field-error.ts';
import { checkDnsLabel, checkOneOf, checkRequiredOneOf, type Findings } from './findings.ts';
import type { Container, EphemeralContainer, PodSpec, Volume } from './shapes.ts';
import { checkEnv, checkEnvFrom } from './validate-env.ts';
import { checkVolumeDevices, checkVolumeMounts } from './validate-mounts.ts';
import { checkContainerPorts, checkHostPortConflicts } from './validate-ports.ts';
import { checkHooksAndProbes } from './validate-probes.ts';
import { checkResourceRequirements } from './validate-resources.ts';
import { checkSecurityContext } from './validate-security-context.ts';

/** What containers are judged by beside themselves. */
export interface ContainerContext {
  readonly spec: PodSpec;
  /** The pod's sound volumes, by name. */
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claimNames: ReadonlySet<string>;
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const TERMINATION_MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];
const MAX_RESTART_RULES = 20;
const MAX_EXIT_CODES = 255;
const NOT_FOR_INIT = 'may not be set for init containers without restartPolicy=Always';
const NOT_FOR_EPHEMERAL = 'cannot be set for an Ephemeral Container';
/** In the order of the internal struct, which findings follow. */
const FIELDS_NOT_FOR_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

export function checkContainers(findings: Findings, context: ContainerContext, path: FieldPath): void {
  const containers = context.spec.containers ?? [];
  if (containers.length === 0) {
    findings.push(fieldRequired(path));
    return;
  }
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const containerPath = path.index(i);
    const name = container.name ?? '';
    checkContainer(findings, container, context, containerPath);
    if (names.has(name)) findings.push(fieldDuplicate(containerPath.child('name'), name));
    names.add(name);
    checkHooksAndProbes(findings, container, context.spec, containerPath);
    checkRestartPolicy(findings, container, containerPath);
  });
  checkHostPortConflicts(findings, containers, path);
}

/** Init containers run one by one; those that always restart are sidecars and may have what containers have. */
export function checkInitContainers(findings: Findings, context: ContainerContext, path: FieldPath): void {
  const names = new Set((context.spec.containers ?? []).map((container) => container.name ?? ''));
  (context.spec.initContainers ?? []).forEach((container, i) => {
    const containerPath = path.index(i);
    const name = container.name ?? '';
    const isSidecar = container.restartPolicy === 'Always';
    checkContainer(findings, container, context, containerPath);
    if (names.has(name)) findings.push(fieldDuplicate(containerPath.child('name'), name));
    else if (name !== '') names.add(name);
    checkHostPortConflicts(findings, [container], path);
    if (isSidecar) checkHooksAndProbes(findings, container, context.spec, containerPath);
    else {
      for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
        if (container[field] !== undefined) findings.push(fieldForbidden(containerPath.child(field), NOT_FOR_INIT));
      }
    }
    if ((container.resizePolicy ?? []).length > 0 && !isSidecar) {
      findings.push(fieldInvalid(containerPath.child('resizePolicy'), container.resizePolicy, 'must not be set for init containers'));
    }
    checkRestartPolicy(findings, container, containerPath);
  });
}

export function checkEphemeralContainers(findings: Findings, context: ContainerContext, path: FieldPath): void {
  const { spec } = context;
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((container) => container.name ?? ''));
  const names = new Set(others);
  (spec.ephemeralContainers ?? []).forEach((container, i) => {
    const containerPath = path.index(i);
    const name = container.name ?? '';
    checkContainer(findings, container, context, containerPath);
    checkImageWhitespace(findings, container, containerPath);
    if (names.has(name)) findings.push(fieldDuplicate(containerPath.child('name'), name));
    else names.add(name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) findings.push(fieldNotFound(containerPath.child('targetContainerName'), target));
    checkEphemeralFields(findings, container, containerPath);
  });
}

function checkEphemeralFields(findings: Findings, container: EphemeralContainer, path: FieldPath): void {
  for (const field of FIELDS_NOT_FOR_EPHEMERAL) {
    const value = container[field];
    const isUnset = value === undefined || (Array.isArray(value) && value.length === 0) || (field === 'resources' && Object.keys(value).length === 0);
    if (!isUnset) findings.push(fieldForbidden(path.child(field), NOT_FOR_EPHEMERAL));
  }
  (container.volumeMounts ?? []).forEach((mount, i) => {
    const mountPath = path.child('volumeMounts').index(i);
    if (mount.subPath) findings.push(fieldForbidden(mountPath.child('subPath'), NOT_FOR_EPHEMERAL));
    if (mount.subPathExpr) findings.push(fieldForbidden(mountPath.child('subPathExpr'), NOT_FOR_EPHEMERAL));
  });
}

/** What holds for every kind of container. */
function checkContainer(findings: Findings, container: Container, context: ContainerContext, path: FieldPath): void {
  if (!container.name) findings.push(fieldRequired(path.child('name')));
  else checkDnsLabel(findings, path.child('name'), container.name);
  if (!container.image) findings.push(fieldRequired(path.child('image')));
  checkRequiredOneOf(findings, path.child('terminationMessagePolicy'), container.terminationMessagePolicy, TERMINATION_MESSAGE_POLICIES);
  checkContainerPorts(findings, container.ports, path.child('ports'));
  checkEnv(findings, container.env, path.child('env'));
  checkEnvFrom(findings, container.envFrom, path.child('envFrom'));
  checkVolumeMounts(findings, container, context.volumes, path.child('volumeMounts'));
  checkVolumeDevices(findings, container, context.volumes, path.child('volumeDevices'));
  checkRequiredOneOf(findings, path.child('imagePullPolicy'), container.imagePullPolicy, PULL_POLICIES);
  checkResourceRequirements(findings, container.resources, context.claimNames, path.child('resources'));
  checkResizePolicy(findings, container, context.spec.restartPolicy, path.child('resizePolicy'));
  checkSecurityContext(findings, container.securityContext, context.spec.hostUsers !== false, path.child('securityContext'));
}

/** Asked of pods only: templates may hold such images, as they always could. */
export function checkImageWhitespace(findings: Findings, container: Container, path: FieldPath): void {
  const image = container.image ?? '';
  if (image.trim() !== image) findings.push(fieldInvalid(path.child('image'), image, 'must not have leading or trailing whitespace'));
}

/** Findings stand at the list's path, as Kubernetes puts them. */
function checkResizePolicy(findings: Findings, container: Container, podRestartPolicy: string | undefined, path: FieldPath): void {
  const resources = new Set<string>();
  (container.resizePolicy ?? []).forEach((policy, i) => {
    const resource = policy.resourceName ?? '';
    const restart = policy.restartPolicy ?? '';
    if (resources.has(resource)) findings.push(fieldDuplicate(path.index(i), resource));
    resources.add(resource);
    checkRequiredOneOf(findings, path, resource, ['cpu', 'memory']);
    checkRequiredOneOf(findings, path, restart, ['NotRequired', 'RestartContainer']);
    if (podRestartPolicy === 'Never' && restart !== 'NotRequired') findings.push(fieldInvalid(path, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
  });
}

function checkRestartPolicy(findings: Findings, container: Container, path: FieldPath): void {
  const { restartPolicy, restartPolicyRules: rules = [] } = container;
  const rulesPath = path.child('restartPolicyRules');
  if (restartPolicy !== undefined) checkOneOf(findings, path.child('restartPolicy'), restartPolicy, RESTART_POLICIES);
  else if (rules.length > 0) findings.push(fieldRequired(path.child('restartPolicy'), 'must specify restartPolicy when restart rules are used'));
  if (rules.length > MAX_RESTART_RULES) findings.push(fieldTooMany(rulesPath, rules.length, MAX_RESTART_RULES));
  rules.forEach((rule, i) => {
    const rulePath = rulesPath.index(i);
    checkOneOf(findings, rulePath.child('action'), rule.action ?? '', ['Restart', 'RestartAllContainers']);
    if (rule.exitCodes === undefined) {
      findings.push(fieldRequired(rulePath.child('exitCodes'), 'must be specified'));
      return;
    }
    const codesPath = rulePath.child('exitCodes');
    const codes = rule.exitCodes.values ?? [];
    if (!['In', 'NotIn'].includes(rule.exitCodes.operator ?? '')) findings.push(fieldNotSupported(codesPath.child('operator'), rule.exitCodes.operator ?? '', ['In', 'NotIn']));
    if (codes.length === 0) findings.push(fieldRequired(codesPath.child('values'), 'must specify at least one value'));
    if (codes.length > MAX_EXIT_CODES) findings.push(fieldTooMany(codesPath.child('values'), codes.length, MAX_EXIT_CODES));
  });
}

import type { FieldPath } from '../../machinery/field-error.ts';
import { getOwn } from '../../machinery/json.ts';
import { quantityMilliValue } from '../../machinery/quantity.ts';
import { ipWarnings } from './ip-address.ts';
import { overlappingPathWarnings } from './path-overlaps.ts';
import { readQuantity } from './resource-list.ts';
import type { Container, ContainerPort, NodeSelectorTerm, PodSpec, PodTemplateSpec, ResourceList } from './shapes.ts';
import { visitContainers } from './validate-os.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const DEPRECATED_NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};
const DEPRECATED_ANNOTATIONS: readonly (readonly [string, string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
];
const DEPRECATED_VOLUMES = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const;

/** What a writer of a pod or template should know though it is accepted. `path` is the template's, or the empty root for a pod. */
export function podTemplateWarnings(template: PodTemplateSpec, path: FieldPath): string[] {
  const warnings: string[] = [];
  const spec = template.spec ?? {};
  const specPath = path.child('spec');
  warnPlacement(warnings, spec, specPath);
  for (const [key, text] of DEPRECATED_ANNOTATIONS) {
    if (getOwn(template.metadata?.annotations ?? {}, key) !== undefined) warnings.push(`${path.child('metadata', 'annotations').key(key).text}: ${text}`);
  }
  warnVolumes(warnings, spec, specPath);
  warnDuplicates(warnings, spec.hostAliases, (alias) => alias.ip ?? '', { path: specPath.child('hostAliases'), field: 'ip' });
  warnDuplicates(warnings, spec.imagePullSecrets, (secret) => secret.name ?? '', { path: specPath.child('imagePullSecrets'), field: 'name' });
  (spec.imagePullSecrets ?? []).forEach((secret, i) => {
    if (!secret.name) warnings.push(`${specPath.child('imagePullSecrets').index(i).child('name').text}: invalid empty name ""`);
  });
  warnFractions(warnings, spec.overhead, specPath.child('overhead'));
  visitContainers(spec, specPath, (container, containerPath) => {
    warnFractions(warnings, container.resources?.limits, containerPath.child('resources', 'limits'));
    warnFractions(warnings, container.resources?.requests, containerPath.child('resources', 'requests'));
    warnHiddenVariables(warnings, container, containerPath.child('env'));
  });
  warnPorts(warnings, spec, specPath);
  if (spec.terminationGracePeriodSeconds !== undefined && spec.terminationGracePeriodSeconds < 0) {
    warnings.push(`${specPath.child('terminationGracePeriodSeconds').text}: must be >= 0; negative values are invalid and will be treated as 1.`);
  }
  (spec.dnsConfig?.nameservers ?? []).forEach((address, i) => warnings.push(...ipWarnings(specPath.child('dnsConfig', 'nameservers').index(i), address)));
  (spec.hostAliases ?? []).forEach((alias, i) => warnings.push(...ipWarnings(specPath.child('hostAliases').index(i).child('ip'), alias.ip ?? '')));
  return warnings;
}

function warnPlacement(warnings: string[], spec: PodSpec, path: FieldPath): void {
  for (const key of Object.keys(spec.nodeSelector ?? {}).sort()) {
    const text = getOwn(DEPRECATED_NODE_LABELS, key);
    if (text !== undefined) warnings.push(`${path.child('nodeSelector').key(key).text}: ${text}`);
  }
  const affinity = spec.affinity?.nodeAffinity;
  const affinityPath = path.child('affinity', 'nodeAffinity');
  (affinity?.[REQUIRED]?.nodeSelectorTerms ?? []).forEach((term, i) => {
    warnings.push(...nodeSelectorTermWarnings(term, affinityPath.child(REQUIRED, 'nodeSelectorTerms').index(i), false));
  });
  (affinity?.[PREFERRED] ?? []).forEach((term, i) => {
    warnings.push(...nodeSelectorTermWarnings(term.preference ?? {}, affinityPath.child(PREFERRED).index(i).child('preference'), true));
  });
  (spec.topologySpreadConstraints ?? []).forEach((constraint, i) => {
    const constraintPath = path.child('topologySpreadConstraints').index(i);
    const text = getOwn(DEPRECATED_NODE_LABELS, constraint.topologyKey ?? '');
    if (text !== undefined) warnings.push(`${constraintPath.child('topologyKey').text}: ${constraint.topologyKey} is ${text}`);
    if (constraint.labelSelector === undefined) warnings.push(`${constraintPath.child('labelSelector').text}: a null labelSelector results in matching no pod`);
  });
}

/** `isPreference`: a preference without terms is said to have no effect, a requirement to match nothing. */
export function nodeSelectorTermWarnings(term: NodeSelectorTerm, path: FieldPath, isPreference: boolean): string[] {
  const expressions = term.matchExpressions ?? [];
  if (isPreference && expressions.length === 0 && (term.matchFields ?? []).length === 0) return [];
  return expressions.flatMap((requirement, i) => {
    const text = getOwn(DEPRECATED_NODE_LABELS, requirement.key ?? '');
    return text === undefined ? [] : [`${path.child('matchExpressions').index(i).child('key').text}: ${requirement.key} is ${text}`];
  });
}

function warnVolumes(warnings: string[], spec: PodSpec, path: FieldPath): void {
  (spec.volumes ?? []).forEach((volume, i) => {
    for (const [field, text] of DEPRECATED_VOLUMES) {
      if (volume[field] !== undefined) warnings.push(`${path.child('volumes').index(i).child(field).text}: ${text}`);
    }
    const claim = volume.ephemeral?.volumeClaimTemplate?.spec?.resources;
    const claimPath = path.child('volumes').index(i).child('ephemeral', 'volumeClaimTemplate', 'spec', 'resources');
    warnings.push(...fractionalStorageWarnings(claim, claimPath));
  });
  warnings.push(...overlappingPathWarnings(spec.volumes));
}

/** Of a claim's resources. */
export function fractionalStorageWarnings(resources: { requests?: ResourceList | undefined; limits?: ResourceList | undefined } | undefined, path: FieldPath): string[] {
  return (['requests', 'limits'] as const).flatMap((kind) => fractionWarning(resources?.[kind], 'storage', path.child(kind)));
}

function warnFractions(warnings: string[], list: ResourceList | undefined, path: FieldPath): void {
  warnings.push(...fractionWarning(list, 'memory', path), ...fractionWarning(list, 'ephemeral-storage', path));
}

function fractionWarning(list: ResourceList | undefined, name: string, path: FieldPath): string[] {
  const amount = getOwn(list ?? {}, name);
  const quantity = amount === undefined ? undefined : readQuantity(amount);
  if (quantity === undefined || quantityMilliValue(quantity) % 1000 === 0) return [];
  return [`${path.key(name).text}: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`];
}

function warnDuplicates<T>(warnings: string[], items: readonly T[] | undefined, keyOf: (item: T) => string, place: { path: FieldPath; field: string }): void {
  const seen = new Set<string>();
  (items ?? []).forEach((item, i) => {
    const key = keyOf(item);
    if (seen.has(key)) warnings.push(`${place.path.index(i).child(place.field).text}: duplicate ${place.field} ${JSON.stringify(key)}`);
    seen.add(key);
  });
}

/** A second definition is fine when it builds on the first: FOO=$(FOO)bar. */
function warnHiddenVariables(warnings: string[], container: Container, path: FieldPath): void {
  const names = new Set<string>();
  (container.env ?? []).forEach((variable, i) => {
    const name = variable.name ?? '';
    if (names.has(name) && !(variable.value ?? '').includes(`$(${name})`)) {
      warnings.push(`${path.index(i).text}: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`);
    }
    names.add(name);
  });
}

function warnPorts(warnings: string[], spec: PodSpec, path: FieldPath): void {
  const known = new Map<string, { path: FieldPath; port: ContainerPort }[]>();
  visitContainers(spec, path, (container, containerPath) => {
    (container.ports ?? []).forEach((port, i) => {
      const portPath = containerPath.child('ports').index(i);
      if (port.hostIP && !port.hostPort) {
        const shown = `{Name:${port.name ?? ''} HostPort:0 ContainerPort:${port.containerPort ?? 0} Protocol:${port.protocol ?? ''} HostIP:${port.hostIP}}`;
        warnings.push(`${portPath.text}: hostIP set without hostPort: ${shown}`);
      }
      const key = `${port.containerPort ?? 0}/${port.protocol ?? ''}`;
      const others = known.get(key) ?? [];
      for (const other of others) {
        const overlap = portOverlap(port, other.port);
        if (overlap !== undefined) warnings.push(`${portPath.text}: ${overlap} port definition with ${other.path.text}`);
      }
      known.set(key, [...others, { path: portPath, port }]);
    });
  });
}

function portOverlap(a: ContainerPort, b: ContainerPort): string | undefined {
  const [hostA, hostB] = [a.hostPort ?? 0, b.hostPort ?? 0];
  const [ipA, ipB] = [a.hostIP ?? '', b.hostIP ?? ''];
  if (ipA === ipB && hostA === hostB) return 'duplicate';
  if (hostA === 0 || hostB === 0) return 'overlapping';
  return hostA === hostB && (ipA === '') !== (ipB === '') ? 'dangerously ambiguous' : undefined;
}

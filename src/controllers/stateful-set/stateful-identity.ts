import type { StatefulSet } from '../../api/types/generated/apps-v1.ts';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { getOwn, type DeepReadonly } from '../../machinery/json.ts';
import type { SharedPod } from '../pods/pod-state.ts';

export type SharedStatefulSet = DeepReadonly<StatefulSet>;

export const REVISION_LABEL = 'controller-revision-hash';
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** The number of a pod of the set; undefined for a pod of another name. */
export function ordinalOf(set: SharedStatefulSet, { metadata }: SharedPod): number | undefined {
  const prefix = `${set.metadata.name ?? ''}-`;
  const { name = '' } = metadata;
  const digits = name.slice(prefix.length);
  return name.startsWith(prefix) && /^\d{1,10}$/.test(digits) ? Number(digits) : undefined;
}

export function podName(set: SharedStatefulSet, ordinal: number): string {
  return `${set.metadata.name ?? ''}-${ordinal}`;
}

export function firstOrdinal({ spec }: SharedStatefulSet): number {
  return spec?.ordinals?.start ?? 0;
}

export function replicasOf({ spec }: SharedStatefulSet): number {
  return spec?.replicas ?? 1;
}

/** The set still wants a pod of this number. */
export function isInRange(set: SharedStatefulSet, ordinal: number): boolean {
  const first = firstOrdinal(set);
  return ordinal >= first && ordinal < first + replicasOf(set);
}

/** The name of the revision that the pod was made at. */
export function revisionOf({ metadata }: SharedPod): string {
  return getOwn(metadata.labels ?? {}, REVISION_LABEL) ?? '';
}

/** What tells a pod apart from its siblings, beside its name. */
export function identityLabels(set: SharedStatefulSet, ordinal: number): Record<string, string> {
  return { [POD_NAME_LABEL]: podName(set, ordinal), [POD_INDEX_LABEL]: String(ordinal) };
}

/** A pod with its name on it is left as it is: older ones do not show their number. */
export function hasIdentity(set: SharedStatefulSet, ordinal: number, { metadata }: SharedPod): boolean {
  return getOwn(metadata.labels ?? {}, POD_NAME_LABEL) === podName(set, ordinal);
}

/** The names of the pod's claims, by the volumes that they are mounted as. */
export function claimNames(set: SharedStatefulSet, ordinal: number): ReadonlyMap<string, string> {
  return new Map((set.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => [metadata.name ?? '', `${metadata.name ?? ''}-${podName(set, ordinal)}`]));
}

/** The claims' volumes first, then those of the template that no claim replaces. */
export function withClaimVolumes(set: SharedStatefulSet, ordinal: number, pod: Pod): Pod {
  const claims = claimNames(set, ordinal);
  const { volumes = [] } = pod.spec ?? {};
  if (!pod.spec || claims.size === 0) return pod;
  const mounted = [...claims].map(([name, claimName]) => ({ name, persistentVolumeClaim: { claimName } }));
  return { ...pod, spec: { ...pod.spec, volumes: [...mounted, ...volumes.filter(({ name }) => !claims.has(name))] } };
}

export function hasClaimVolumes(set: SharedStatefulSet, ordinal: number, { spec }: SharedPod): boolean {
  return [...claimNames(set, ordinal)].every(([name, claimName]) => spec?.volumes?.find((volume) => volume.name === name)?.persistentVolumeClaim?.claimName === claimName);
}

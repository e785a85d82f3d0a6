import type { Deployment, ReplicaSet } from '../../api/types/generated/apps-v1.ts';
import { getOwn, type DeepReadonly } from '../../machinery/json.ts';
import { scaleIntOrPercent } from '../../machinery/int-or-string.ts';

export type SharedDeployment = DeepReadonly<Deployment>;
export type SharedReplicaSet = DeepReadonly<ReplicaSet>;

export const DESIRED_ANNOTATION = 'deployment.kubernetes.io/desired-replicas';
export const MAX_ANNOTATION = 'deployment.kubernetes.io/max-replicas';

/** A deployment's replica sets: the one of its present template, if there is one, and the others, the oldest first. */
export interface ReplicaSets {
  readonly current: SharedReplicaSet | undefined;
  readonly old: readonly SharedReplicaSet[];
}

export interface ScaleStep {
  readonly set: SharedReplicaSet;
  readonly replicas: number;
}

export function desiredReplicas({ spec }: SharedDeployment): number {
  return spec?.replicas ?? 1;
}

export function replicasOf({ spec }: SharedReplicaSet): number {
  return spec?.replicas ?? 1;
}

export function isRolling({ spec }: SharedDeployment): boolean {
  return spec?.strategy?.type !== 'Recreate';
}

/** How many pods a rolling update may have too many, and too few; never neither. */
export function rollingLimits(deployment: SharedDeployment): { readonly surge: number; readonly unavailable: number } {
  const desired = desiredReplicas(deployment);
  if (!isRolling(deployment)) return { surge: 0, unavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const surge = scaleIntOrPercent(maxSurge, desired, 'up');
  const unavailable = scaleIntOrPercent(maxUnavailable, desired, 'down');
  return { surge, unavailable: Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, desired) };
}

/** What the annotation of a replica set shows as the most pods that its deployment may have. */
export function maxReplicas(deployment: SharedDeployment): number {
  return desiredReplicas(deployment) + rollingLimits(deployment).surge;
}

/** How large the current replica set may be now, beside the others. */
export function currentSize(deployment: SharedDeployment, { current, old }: ReplicaSets): number {
  const desired = desiredReplicas(deployment);
  if (!isRolling(deployment)) return desired;
  const size = current ? replicasOf(current) : 0;
  const room = maxReplicas(deployment) - size - total(old, replicasOf);
  return room <= 0 ? size : size + Math.min(room, desired - size);
}

/** The next step of a rolling update: first the current replica set grows, then others shrink. Nothing: it waits, or is done. */
export function computeRollingStep(deployment: SharedDeployment, sets: ReplicaSets): ScaleStep[] {
  const { current, old } = sets;
  const desired = desiredReplicas(deployment);
  if (current && replicasOf(current) !== desired) {
    const replicas = replicasOf(current) > desired ? desired : currentSize(deployment, sets);
    if (replicas !== replicasOf(current)) return [{ set: current, replicas }];
  }
  const minimum = desired - rollingLimits(deployment).unavailable;
  const pending = current ? replicasOf(current) - availableOf(current) : 0;
  const spare = total(old, replicasOf) + (current ? replicasOf(current) : 0) - minimum - pending;
  if (spare <= 0) return [];
  const sizes = new Map(old.map((set) => [set, replicasOf(set)]));
  // Pods that are not available anyway go first.
  shrink(sizes, spare, (set, size) => Math.max(0, size - availableOf(set)));
  shrink(sizes, total([...old, ...(current ? [current] : [])], availableOf) - minimum, (_, size) => size);
  return stepsTo(sizes);
}

function shrink(sizes: Map<SharedReplicaSet, number>, count: number, most: (set: SharedReplicaSet, size: number) => number): void {
  let left = count;
  for (const [set, size] of sizes) {
    if (left <= 0) return;
    const less = Math.min(left, most(set, size), size);
    sizes.set(set, size - less);
    left -= less;
  }
}

function stepsTo(sizes: ReadonlyMap<SharedReplicaSet, number>): ScaleStep[] {
  return [...sizes].filter(([set, size]) => size !== replicasOf(set)).map(([set, replicas]) => ({ set, replicas }));
}

/** Whether the deployment was scaled since its replica sets were last. */
export function wasScaled(deployment: SharedDeployment, { current, old }: ReplicaSets): boolean {
  return [...old, ...(current ? [current] : [])].some((set) => {
    const known = numberAnnotation(set, DESIRED_ANNOTATION);
    return replicasOf(set) > 0 && known !== undefined && known !== desiredReplicas(deployment);
  });
}

/** Sizes after the deployment was scaled, in the midst of an update in proportion to what the replica sets have. */
export function computeScaling(deployment: SharedDeployment, { current, old }: ReplicaSets): ScaleStep[] {
  const desired = desiredReplicas(deployment);
  const active = [...old, ...(current ? [current] : [])].filter((set) => replicasOf(set) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? current ?? old.at(-1);
    return only && replicasOf(only) !== desired ? [{ set: only, replicas: desired }] : [];
  }
  if (current && replicasOf(current) === desired && numberAnnotation(current, DESIRED_ANNOTATION) === desired && availableOf(current) === desired) {
    return old.filter((set) => replicasOf(set) > 0).map((set) => ({ set, replicas: 0 }));
  }
  return isRolling(deployment) ? proportional(deployment, active) : [];
}

function proportional(deployment: SharedDeployment, active: readonly SharedReplicaSet[]): ScaleStep[] {
  const desired = desiredReplicas(deployment);
  const toAdd = (desired > 0 ? maxReplicas(deployment) : 0) - total(active, replicasOf);
  // The largest first; of equals the newest gets more, and the oldest loses more.
  const ordered = active.toSorted((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? 1 : -1) * (createdMs(b) - createdMs(a)));
  let added = 0;
  const steps = ordered.map((set) => {
    const share = fraction(deployment, set);
    const left = toAdd - added;
    const more = toAdd === 0 || left === 0 ? 0 : toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    added += more;
    return { set, replicas: replicasOf(set) + more };
  });
  // Every set is written, changed or not: its annotations tell of the new size.
  return steps.map(({ set, replicas }, i) => ({ set, replicas: i === 0 ? Math.max(0, replicas + toAdd - added) : replicas }));
}

function fraction(deployment: SharedDeployment, set: SharedReplicaSet): number {
  const size = replicasOf(set);
  if (desiredReplicas(deployment) === 0) return -size;
  const before = numberAnnotation(set, MAX_ANNOTATION) ?? deployment.status?.replicas ?? 0;
  return before === 0 ? 0 : Math.round((size * maxReplicas(deployment)) / before) - size;
}

export function numberAnnotation({ metadata }: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } }, name: string): number | undefined {
  const text = getOwn(metadata.annotations ?? {}, name) ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

export function availableOf({ status }: SharedReplicaSet): number {
  return status?.availableReplicas ?? 0;
}

export function createdMs({ metadata }: SharedReplicaSet): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0;
}

export function total(sets: readonly SharedReplicaSet[], count: (set: SharedReplicaSet) => number): number {
  return sets.reduce((sum, set) => sum + count(set), 0);
}

import type { ReplicaSet } from '../../api/types/generated/apps-v1.ts';
import { getOwn } from '../../machinery/json.ts';
import { createdMs, DESIRED_ANNOTATION, desiredReplicas, MAX_ANNOTATION, maxReplicas, replicasOf, type SharedDeployment, type SharedReplicaSet } from './compute-scale.ts';

export const REVISION_ANNOTATION = 'deployment.kubernetes.io/revision';
const HISTORY_ANNOTATION = 'deployment.kubernetes.io/revision-history';
const MAX_HISTORY_LENGTH = 2000;

/** What replica sets do not take over from their deployment. */
const OWN_ANNOTATIONS = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION_ANNOTATION,
  HISTORY_ANNOTATION,
  DESIRED_ANNOTATION,
  MAX_ANNOTATION,
  'deprecated.deployment.rollback.to',
]);

export function revisionOf({ metadata }: SharedReplicaSet): number {
  const text = getOwn(metadata.annotations ?? {}, REVISION_ANNOTATION) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

export function nextRevision(old: readonly SharedReplicaSet[]): number {
  return Math.max(0, ...old.map(revisionOf)) + 1;
}

/** The annotations of the current replica set: the deployment's, its revision, and which ones it had before. */
export function currentAnnotations(deployment: SharedDeployment, set: SharedReplicaSet | undefined, revision: number): Record<string, string> {
  const annotations: Record<string, string> = { ...set?.metadata.annotations };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (!OWN_ANNOTATIONS.has(key)) annotations[key] = value;
  const before = getOwn(annotations, REVISION_ANNOTATION);
  if (set && revisionOf(set) >= revision) return annotations;
  annotations[REVISION_ANNOTATION] = String(revision);
  if (set && before !== undefined) annotations[HISTORY_ANNOTATION] = history(getOwn(annotations, HISTORY_ANNOTATION), before);
  return annotations;
}

function history(known: string | undefined, revision: string): string {
  const revisions = [...(known ?? '').split(',').filter((text) => text !== ''), revision];
  while (revisions.join(',').length > MAX_HISTORY_LENGTH) revisions.shift();
  return revisions.join(',');
}

/** What replica sets are told of their deployment's size. */
export function sizeAnnotations(deployment: SharedDeployment): Record<string, string> {
  return { [DESIRED_ANNOTATION]: String(desiredReplicas(deployment)), [MAX_ANNOTATION]: String(maxReplicas(deployment)) };
}

/** Old replica sets beyond the limit of the history that nothing is left of. */
export function setsToForget({ spec }: SharedDeployment, old: readonly SharedReplicaSet[]): SharedReplicaSet[] {
  const limit = spec?.revisionHistoryLimit;
  if (limit === undefined || limit === 2_147_483_647) return [];
  const living = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return living
    .toSorted((a, b) => revisionOf(a) - revisionOf(b) || createdMs(a) - createdMs(b))
    .slice(0, Math.max(0, living.length - limit))
    .filter((set) => (set.status?.replicas ?? 0) === 0 && replicasOf(set) === 0 && isObserved(set));
}

function isObserved({ metadata, status }: SharedReplicaSet): boolean {
  return (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0);
}

export function copyOf(set: SharedReplicaSet, annotations: Record<string, string>, spec: Partial<NonNullable<ReplicaSet['spec']>>): ReplicaSet {
  const copy = structuredClone(set) as unknown as ReplicaSet;
  return { ...copy, metadata: { ...copy.metadata, annotations }, spec: { ...(copy.spec as NonNullable<ReplicaSet['spec']>), ...spec } };
}

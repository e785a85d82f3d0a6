import type { DeploymentCondition, DeploymentStatus } from '../../api/types/generated/apps-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { availableOf, desiredReplicas, replicasOf, rollingLimits, total, type ReplicaSets, type SharedDeployment } from './compute-scale.ts';

type Finding = Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>;

/** A deadline of the largest number that there is stands for none. */
const NO_DEADLINE = 2_147_483_647;

export function progressDeadlineMs({ spec }: SharedDeployment): number | undefined {
  const seconds = spec?.progressDeadlineSeconds;
  return seconds === undefined || seconds === NO_DEADLINE ? undefined : seconds * 1000;
}

export function conditionOf(conditions: DeploymentStatus['conditions'], type: string): DeploymentCondition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Conditions with this one; as they are when it says nothing new. Its time of transition is that of its last change of status. */
export function withCondition(conditions: readonly DeploymentCondition[], finding: Finding, nowMs: number): DeploymentCondition[] {
  const known = conditions.find(({ type }) => type === finding.type);
  if (known?.status === finding.status && known.reason === finding.reason) return [...conditions];
  return renewed(conditions, finding, nowMs);
}

function renewed(conditions: readonly DeploymentCondition[], finding: Finding, nowMs: number): DeploymentCondition[] {
  const now = formatTime(nowMs);
  const known = conditions.find(({ type }) => type === finding.type);
  const lastTransitionTime = known?.status === finding.status ? (known.lastTransitionTime ?? now) : now;
  return [...conditions.filter(({ type }) => type !== finding.type), { ...finding, lastTransitionTime, lastUpdateTime: now }];
}

/** Counts and availability; `rollout` adds how the update gets on. */
export function computeCounts(deployment: SharedDeployment, { current, old }: ReplicaSets, nowMs: number): DeploymentStatus {
  const all = [...old, ...(current ? [current] : [])];
  const available = total(all, availableOf);
  const enough = available >= desiredReplicas(deployment) - rollingLimits(deployment).unavailable;
  const conditions = withCondition(
    (deployment.status?.conditions ?? []) as readonly DeploymentCondition[],
    enough
      ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
      : { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' },
    nowMs,
  );
  const counts = {
    replicas: total(all, ({ status }) => status?.replicas ?? 0),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: total(all, ({ status }) => status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total(all, replicasOf) - available),
  };
  const tellsTerminating = all.every(({ status }) => status?.terminatingReplicas !== undefined);
  const { collisionCount } = deployment.status ?? {};
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(tellsTerminating && { terminatingReplicas: total(all, ({ status }) => status?.terminatingReplicas ?? 0) }),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions,
  };
}

/** True when all pods are of the current template, there, and available. */
export function isComplete(deployment: SharedDeployment, { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 }: DeploymentStatus): boolean {
  const desired = desiredReplicas(deployment);
  return updatedReplicas === desired && replicas === desired && availableReplicas === desired && observedGeneration >= (deployment.metadata.generation ?? 0);
}

/** The status while pods are rolled out: counts, progress, and what holds the replica sets up. */
export function computeRolloutStatus(deployment: SharedDeployment, sets: ReplicaSets, nowMs: number): DeploymentStatus {
  const status = computeCounts(deployment, sets, nowMs);
  const conditions = withFailure(withProgress(deployment, sets, { status, nowMs }), sets, nowMs);
  return { ...status, conditions };
}

function withProgress(deployment: SharedDeployment, { current }: ReplicaSets, { status, nowMs }: { status: DeploymentStatus; nowMs: number }): DeploymentCondition[] {
  const conditions = status.conditions ?? [];
  if (progressDeadlineMs(deployment) === undefined) return conditions.filter(({ type }) => type !== 'Progressing');
  const known = conditionOf(conditions, 'Progressing');
  const wasComplete = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && known?.reason === 'NewReplicaSetAvailable';
  if (wasComplete) return conditions;
  const what = current ? `ReplicaSet ${JSON.stringify(current.metadata.name)}` : `Deployment ${JSON.stringify(deployment.metadata.name)}`;
  if (isComplete(deployment, status)) return withCondition(conditions, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: `${what} has successfully progressed.` }, nowMs);
  if (progressed(deployment.status ?? {}, status)) return renewed(conditions, { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `${what} is progressing.` }, nowMs);
  if (deadlineLeftMs(deployment, known, nowMs) !== 0) return conditions;
  return withCondition(conditions, { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: `${what} has timed out progressing.` }, nowMs);
}

/** Milliseconds until the deadline, 0 when it has passed; undefined when nothing is waited for. */
export function deadlineLeftMs(deployment: SharedDeployment, progressing: DeploymentCondition | undefined, nowMs: number): number | undefined {
  const deadlineMs = progressDeadlineMs(deployment);
  if (deadlineMs === undefined || !progressing || progressing.reason === 'NewReplicaSetAvailable') return undefined;
  if (progressing.reason === 'ProgressDeadlineExceeded') return 0;
  return Math.max(0, Date.parse(progressing.lastUpdateTime ?? '') + deadlineMs - nowMs);
}

function progressed(before: SharedDeployment['status'] & object, now: DeploymentStatus): boolean {
  const old = (status: { readonly replicas?: number; readonly updatedReplicas?: number }): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** A failure of the current replica set counts more than one of an old one. */
function withFailure(conditions: readonly DeploymentCondition[], { current, old }: ReplicaSets, nowMs: number): DeploymentCondition[] {
  for (const set of [...(current ? [current] : []), ...old]) {
    const failed = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    if (!failed) continue;
    const { type, status, reason = '', message = '' } = failed;
    return withCondition(conditions, { type, status, reason, message }, nowMs);
  }
  return conditions.filter(({ type }) => type !== 'ReplicaFailure');
}

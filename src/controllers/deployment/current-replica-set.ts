import type { Deployment, DeploymentCondition, ReplicaSet } from '../../api/types/generated/apps-v1.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { cloneJson, equalJson } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { EventRecorder } from '../../runtime/event-recorder.ts';
import { templateHash } from '../history/template-hash.ts';
import { controllerOf, controllerRefTo } from '../ownership/controller-ref.ts';
import { isNamespaceTerminating } from '../unless-terminating.ts';
import { currentSize, type ReplicaSets, type SharedReplicaSet } from './compute-scale.ts';
import { conditionOf, progressDeadlineMs, withCondition } from './compute-status.ts';
import { copyOf, currentAnnotations, nextRevision, REVISION_ANNOTATION, revisionOf, sizeAnnotations } from './revisions.ts';
import { HASH_LABEL, sameTemplate } from './template-hash.ts';

export interface RolloutClients {
  readonly deployments: ResourceClient<Deployment>;
  readonly replicaSets: ResourceClient<ReplicaSet>;
  readonly events: EventRecorder;
  readonly nowMs: number;
}

/** A deployment as it was written last, with its replica sets. */
export interface Rollout {
  readonly deployment: Deployment;
  readonly sets: ReplicaSets;
}

/** The existing replica set of the present template brought up to date, and the deployment's revision with it. */
export async function syncCurrent({ deployment, sets }: Rollout, clients: RolloutClients): Promise<Rollout> {
  const { current, old } = sets;
  if (!current) return { deployment, sets };
  const annotations = currentAnnotations(deployment, current, nextRevision(old));
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  let updated: SharedReplicaSet = current;
  if (!equalJson(annotations, current.metadata.annotations ?? {}) || (current.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
    updated = await clients.replicaSets.update(copyOf(current, annotations, { minReadySeconds }));
  }
  const found = conditionOf(deployment.status?.conditions, 'Progressing') === undefined ? `Found new replica set ${JSON.stringify(current.metadata.name)}` : undefined;
  const noted = await noteRevision(deployment, revisionOf(updated), clients, found === undefined ? undefined : { reason: 'FoundNewReplicaSet', message: found });
  return { deployment: noted, sets: { current: updated, old } };
}

/** The same, but the replica set is made when there is none yet. */
export async function ensureCurrent(rollout: Rollout, clients: RolloutClients): Promise<Rollout> {
  const { deployment, sets } = rollout;
  if (sets.current) return syncCurrent(rollout, clients);
  const { replicaSets, events } = clients;
  const wanted = newReplicaSet(rollout);
  const name = wanted.metadata.name ?? '';
  let created: ReplicaSet;
  try {
    created = await replicaSets.create(wanted);
  } catch (error) {
    if (hasReason(error, 'AlreadyExists')) return taken(rollout, wanted, clients);
    if (!isNamespaceTerminating(error)) {
      const message = `Failed to create new replica set ${JSON.stringify(name)}: ${error instanceof Error ? error.message : String(error)}`;
      events.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
      if (progressDeadlineMs(deployment) !== undefined) await updateStatus(deployment, { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message }, clients);
    }
    throw error;
  }
  const replicas = created.spec?.replicas ?? 0;
  if (replicas > 0) events.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${replicas}`);
  const noted = await noteRevision(deployment, revisionOf(created), clients, { reason: 'NewReplicaSetCreated', message: `Created new replica set ${JSON.stringify(name)}` });
  return { deployment: noted, sets: { current: created, old: sets.old } };
}

function newReplicaSet({ deployment, sets }: Rollout): ReplicaSet {
  const { name = '', namespace = '' } = deployment.metadata;
  const { template, selector = {}, minReadySeconds } = deployment.spec ?? {};
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template?.metadata?.labels, [HASH_LABEL]: hash };
  const copy = cloneJson(template ?? {});
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { ...currentAnnotations(deployment, undefined, nextRevision(sets.old)), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerRefTo(deployment)],
    },
    spec: {
      replicas: currentSize(deployment, sets),
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...copy, metadata: { ...copy.metadata, labels } } as NonNullable<NonNullable<ReplicaSet['spec']>['template']>,
    },
  };
}

/** The name is taken: by an earlier try of ours, or by another template whose hash is the same. */
async function taken({ deployment, sets }: Rollout, wanted: ReplicaSet, clients: RolloutClients): Promise<Rollout> {
  const existing = await clients.replicaSets.get(wanted.metadata.name ?? '');
  if (controllerOf(existing)?.uid === deployment.metadata.uid && sameTemplate(existing.spec?.template, wanted.spec?.template)) {
    return syncCurrent({ deployment, sets: { current: existing, old: sets.old } }, clients);
  }
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  await clients.deployments.updateStatus({ ...deployment, status: { ...deployment.status, collisionCount } });
  throw new Error(`replica set ${wanted.metadata.name ?? ''} belongs to another template: it gets another name`);
}

/** The deployment shows its revision, and that its replica set was found or made. */
async function noteRevision(deployment: Deployment, revision: number, clients: RolloutClients, progress: { reason: string; message: string } | undefined): Promise<Deployment> {
  const { annotations = {} } = deployment.metadata;
  const noted = annotations[REVISION_ANNOTATION] === String(revision);
  const finding = progress && progressDeadlineMs(deployment) !== undefined ? { type: 'Progressing', status: 'True', ...progress } : undefined;
  if (noted && !finding) return deployment;
  const metadata = { ...deployment.metadata, annotations: { ...annotations, [REVISION_ANNOTATION]: String(revision) } };
  return updateStatus({ ...deployment, metadata }, finding, clients);
}

async function updateStatus(deployment: Deployment, finding: Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'> | undefined, { deployments, nowMs }: RolloutClients): Promise<Deployment> {
  const before = deployment.status?.conditions ?? [];
  const conditions = finding ? withCondition(before, finding, nowMs) : before;
  return deployments.updateStatus({ ...deployment, status: { ...deployment.status, ...(conditions.length > 0 && { conditions }) } });
}

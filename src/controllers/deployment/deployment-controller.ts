import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/types/generated/apps-v1.ts';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ApiObject, ResourceDefinition } from '../../client/resource-definition.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import { labelSelectorFromObject, type LabelSelector } from '../../machinery/label-selector.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { applyClaims, computeClaims } from '../ownership/claim.ts';
import { controlledBy, controlledOrOrphaned, controllerOf, indexByController } from '../ownership/controller-ref.ts';
import { hasEnded } from '../pods/pod-state.ts';
import { computeRollingStep, computeScaling, createdMs, desiredReplicas, isRolling, replicasOf, wasScaled, type ReplicaSets, type ScaleStep, type SharedDeployment, type SharedReplicaSet } from './compute-scale.ts';
import { computeCounts, computeRolloutStatus, conditionOf, deadlineLeftMs, isComplete, progressDeadlineMs, withCondition } from './compute-status.ts';
import { ensureCurrent, syncCurrent, type Rollout, type RolloutClients } from './current-replica-set.ts';
import { copyOf, setsToForget, sizeAnnotations } from './revisions.ts';
import { sameTemplate } from './template-hash.ts';

const WORKERS = 5;

/** Rolls pods of new templates out, one replica set for each template. */
export function startDeploymentController(context: ControllerContext): RunningController {
  const { client, clock, random, informers, log } = context;
  const events = new EventRecorder({ client, random, component: 'deployment-controller' });
  const parts: Parts = {
    deployments: informers.get<Deployment>(BUILTIN.deployments),
    sets: indexByController(informers.get<ReplicaSet>(BUILTIN.replicaSets)),
    pods: indexByController(informers.get<Pod>(BUILTIN.pods)),
    events,
  };
  const reconciler = new DeploymentReconciler(context, parts);
  const controller = new Controller({
    name: 'deployment-controller',
    clock,
    workers: WORKERS,
    reconcile: (key, { signal }) => reconciler.reconcile(key, signal),
    onError: failureLog(log, 'deployment-controller'),
  });
  controller.watch(parts.deployments);
  controller.watch(parts.sets, { keysOf: (set) => reconciler.keysOf(set) });
  // A deployment that recreates its pods waits for the old ones to end.
  controller.watch(parts.pods, { filter: ({ event, object }) => event === 'delete' || hasEnded(object), keysOf: (pod) => reconciler.keysOfPod(pod) });
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}

interface Parts {
  readonly deployments: Informer<Deployment>;
  readonly sets: Informer<ReplicaSet>;
  readonly pods: Informer<Pod>;
  readonly events: EventRecorder;
}

class DeploymentReconciler {
  readonly #context: ControllerContext;
  readonly #parts: Parts;

  constructor(context: ControllerContext, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Whose replica set it is, or whose it might become. */
  keysOf(set: SharedReplicaSet): string[] {
    const { namespace = '', labels } = set.metadata;
    const controller = controllerOf(set);
    if (controller) return controller.kind === 'Deployment' ? [`${namespace}/${controller.name}`] : [];
    return this.#parts.deployments.store.inNamespace(namespace).filter((deployment) => selectorOf(deployment)?.matches(labels)).map(({ metadata }) => `${namespace}/${metadata.name ?? ''}`);
  }

  keysOfPod(pod: DeepReadonly<Pod>): string[] {
    const { namespace = '' } = pod.metadata;
    const controller = controllerOf(pod);
    const set = controller?.kind === 'ReplicaSet' ? this.#parts.sets.store.get(`${namespace}/${controller.name}`) : undefined;
    return set ? this.keysOf(set) : [];
  }

  async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult | void> {
    const shared = this.#parts.deployments.store.get(key);
    if (!shared) return;
    const { client, clock } = this.#context;
    const selector = selectorOf(shared);
    if (!selector) {
      this.#parts.events.event(shared, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.');
      return;
    }
    const namespace = shared.metadata.namespace ?? '';
    const clients: RolloutClients = {
      deployments: client.resource<Deployment>(BUILTIN.deployments).inNamespace(namespace),
      replicaSets: client.resource<ReplicaSet>(BUILTIN.replicaSets).inNamespace(namespace),
      events: this.#parts.events,
      nowMs: clock.now(),
    };
    const claimed = await applyClaims(computeClaims(shared, selector, controlledOrOrphaned(this.#parts.sets, shared)), {
      owner: shared,
      owners: client.resource(BUILTIN.deployments as unknown as ResourceDefinition<ApiObject>),
      objects: clients.replicaSets,
      signal,
    });
    const rollout: Rollout = { deployment: cloneJson(shared) as Deployment, sets: splitSets(shared, claimed) };
    if (shared.metadata.deletionTimestamp !== undefined) return this.#finish(rollout, clients, computeCounts(shared, rollout.sets, clients.nowMs));
    return this.#sync({ ...rollout, deployment: await notePause(rollout.deployment, clients) }, clients);
  }

  async #sync(rollout: Rollout, clients: RolloutClients): Promise<ReconcileResult | void> {
    const { deployment, sets } = rollout;
    if (deployment.spec?.paused === true || wasScaled(deployment, sets)) {
      const synced = await syncCurrent(rollout, clients);
      const scaled = await scaleAll(synced, computeScaling(synced.deployment, synced.sets), clients);
      if (deployment.spec?.paused === true) await this.#forget(scaled, clients);
      return this.#finish(scaled, clients, computeCounts(scaled.deployment, scaled.sets, clients.nowMs));
    }
    const after = isRolling(deployment) ? await roll(rollout, clients) : await this.#recreate(rollout, clients);
    if (isComplete(after.deployment, computeCounts(after.deployment, after.sets, clients.nowMs))) await this.#forget(after, clients);
    return this.#finish(after, clients, computeRolloutStatus(after.deployment, after.sets, clients.nowMs));
  }

  /** All old pods end before the first new one is made. */
  async #recreate(rollout: Rollout, clients: RolloutClients): Promise<Rollout> {
    const synced = await syncCurrent(rollout, clients);
    const active = synced.sets.old.filter((set) => replicasOf(set) > 0);
    if (active.length > 0) return scaleAll(synced, active.map((set) => ({ set, replicas: 0 })), clients);
    const running = synced.sets.old.some((set) => controlledBy(this.#parts.pods, set.metadata.uid ?? '').some((pod) => !hasEnded(pod)));
    if (running) return synced;
    const ensured = await ensureCurrent(synced, clients);
    const { current } = ensured.sets;
    const replicas = desiredReplicas(ensured.deployment);
    return current && replicasOf(current) !== replicas ? scaleAll(ensured, [{ set: current, replicas }], clients) : ensured;
  }

  async #forget({ deployment, sets }: Rollout, { replicaSets }: RolloutClients): Promise<void> {
    for (const { metadata } of setsToForget(deployment, sets.old)) {
      try {
        await replicaSets.delete(metadata.name ?? '');
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
    }
  }

  async #finish({ deployment }: Rollout, { deployments, nowMs }: RolloutClients, status: DeploymentStatus): Promise<ReconcileResult | void> {
    if (!equalJson(deployment.status ?? {}, status)) await deployments.updateStatus({ ...deployment, status });
    const leftMs = deployment.spec?.paused === true || isComplete(deployment, status) ? undefined : deadlineLeftMs(deployment, conditionOf(status.conditions, 'Progressing'), nowMs);
    return leftMs === undefined || leftMs === 0 ? undefined : { requeueAfterMs: leftMs + 1000 };
  }
}

async function roll(rollout: Rollout, clients: RolloutClients): Promise<Rollout> {
  const ensured = await ensureCurrent(rollout, clients);
  return scaleAll(ensured, computeRollingStep(ensured.deployment, ensured.sets), clients);
}

async function scaleAll({ deployment, sets }: Rollout, steps: readonly ScaleStep[], { replicaSets, events }: RolloutClients): Promise<Rollout> {
  const written = new Map<SharedReplicaSet, SharedReplicaSet>();
  for (const { set, replicas } of steps) {
    const before = replicasOf(set);
    const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) };
    if (before === replicas && equalJson(annotations, set.metadata.annotations)) continue;
    written.set(set, await replicaSets.update(copyOf(set, annotations, { replicas })));
    if (before !== replicas) events.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled ${replicas > before ? 'up' : 'down'} replica set ${set.metadata.name ?? ''} from ${before} to ${replicas}`);
  }
  const latest = (set: SharedReplicaSet): SharedReplicaSet => written.get(set) ?? set;
  return { deployment, sets: { current: sets.current && latest(sets.current), old: sets.old.map(latest) } };
}

/** Time spent paused must not count as lack of progress: pausing and resuming are noted as progress of their own. */
async function notePause(deployment: Deployment, { deployments, nowMs }: RolloutClients): Promise<Deployment> {
  if (progressDeadlineMs(deployment) === undefined) return deployment;
  const { conditions = [] } = deployment.status ?? {};
  const reason = conditionOf(conditions, 'Progressing')?.reason;
  const paused = deployment.spec?.paused === true;
  if (reason === 'ProgressDeadlineExceeded' || paused === (reason === 'DeploymentPaused')) return deployment;
  const finding = paused ? { reason: 'DeploymentPaused', message: 'Deployment is paused' } : { reason: 'DeploymentResumed', message: 'Deployment is resumed' };
  return deployments.updateStatus({ ...deployment, status: { ...deployment.status, conditions: withCondition(conditions, { type: 'Progressing', status: 'Unknown', ...finding }, nowMs) } });
}

/** Of several replica sets of the present template the oldest is the current one. */
function splitSets({ spec }: SharedDeployment, sets: readonly SharedReplicaSet[]): ReplicaSets {
  const ordered = sets.toSorted((a, b) => createdMs(a) - createdMs(b) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  const current = ordered.find((set) => sameTemplate(set.spec?.template, spec?.template));
  return { current, old: ordered.filter((set) => set !== current) };
}

/** Undefined when it selects everything, which is never meant. */
function selectorOf({ spec }: SharedDeployment): LabelSelector | undefined {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) return undefined;
  return labelSelectorFromObject(spec?.selector as Parameters<typeof labelSelectorFromObject>[0]);
}

import type { ReplicaSet, ReplicaSetStatus } from '../../api/types/generated/apps-v1.ts';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ApiObject, ResourceDefinition } from '../../client/resource-definition.ts';
import { asError } from '../../client/as-error.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import { labelSelectorFromObject } from '../../machinery/label-selector.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { applyClaims, computeClaims } from '../ownership/claim.ts';
import { controlledBy, controlledOrOrphaned, controllerOf, indexByController } from '../ownership/controller-ref.ts';
import { podsToDelete } from '../pods/deletion-order.ts';
import { PodControl, podFromTemplate } from '../pods/pod-control.ts';
import { isActive, isTerminating, nextAvailabilityMs, type SharedPod } from '../pods/pod-state.ts';
import { slowStart } from '../pods/slow-start.ts';
import { computeStatus } from './compute-status.ts';

type SharedReplicaSet = DeepReadonly<ReplicaSet>;

const WORKERS = 5;
/** So many pods at most are created or deleted in one run. */
const BURST = 500;

/** Keeps as many pods as each replica set wants. */
export function startReplicaSetController(context: ControllerContext): RunningController {
  const { client, clock, random, informers, log } = context;
  const events = new EventRecorder({ client, random, component: 'replicaset-controller' });
  const sets = indexByController(informers.get<ReplicaSet>(BUILTIN.replicaSets));
  const pods = indexByController(informers.get<Pod>(BUILTIN.pods));
  const reconciler = new ReplicaSetReconciler(context, { sets, pods, control: new PodControl(client.resource<Pod>(BUILTIN.pods), events) });
  const controller = new Controller({
    name: 'replicaset-controller',
    clock,
    workers: WORKERS,
    reconcile: (key, { signal }) => reconciler.reconcile(key, signal),
    onError: failureLog(log, 'replicaset-controller'),
  });
  controller.watch(sets);
  controller.watch(pods, { keysOf: (pod) => reconciler.keysOf(pod) });
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}

class ReplicaSetReconciler {
  readonly #context: ControllerContext;
  readonly #sets: Informer<ReplicaSet>;
  readonly #pods: Informer<Pod>;
  readonly #control: PodControl;

  constructor(context: ControllerContext, parts: { readonly sets: Informer<ReplicaSet>; readonly pods: Informer<Pod>; readonly control: PodControl }) {
    this.#context = context;
    this.#sets = parts.sets;
    this.#pods = parts.pods;
    this.#control = parts.control;
  }

  /** Whose pod it is, or whose it might become. */
  keysOf(pod: SharedPod): string[] {
    const { namespace = '', labels } = pod.metadata;
    const controller = controllerOf(pod);
    if (controller) return controller.kind === 'ReplicaSet' ? [`${namespace}/${controller.name}`] : [];
    return this.#sets.store.inNamespace(namespace).filter((set) => selectorOf(set)?.matches(labels)).map(({ metadata }) => `${namespace}/${metadata.name ?? ''}`);
  }

  async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult | void> {
    const set = this.#sets.store.get(key);
    const selector = set && selectorOf(set);
    if (!set || !selector) return;
    const { client, clock } = this.#context;
    const all = controlledOrOrphaned(this.#pods, set);
    const active = await applyClaims(computeClaims(set, selector, all.filter(isActive)), {
      owner: set,
      owners: client.resource(BUILTIN.replicaSets as unknown as ResourceDefinition<ApiObject>),
      objects: client.resource<Pod>(BUILTIN.pods),
      signal,
    });
    const failure = set.metadata.deletionTimestamp === undefined ? await this.#manage(set, active) : undefined;
    const terminating = controlledBy(this.#pods, set.metadata.uid ?? '').filter((pod) => isTerminating(pod) && selector.matches(pod.metadata.labels));
    const nowMs = clock.now();
    const status = computeStatus(set, { active, terminating, nowMs, ...(failure && { failure: failure.message }) });
    await this.#updateStatus(set, status, signal);
    if (failure) throw failure;
    const { minReadySeconds = 0 } = set.spec ?? {};
    const requeueAfterMs = minReadySeconds > 0 ? nextAvailabilityMs(active, minReadySeconds, nowMs) : undefined;
    return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
  }

  /** Creates what is missing, or deletes what is too much; the answer is the first failure. */
  async #manage(set: SharedReplicaSet, active: readonly SharedPod[]): Promise<Error | undefined> {
    const surplus = active.length - (set.spec?.replicas ?? 1);
    if (surplus < 0) {
      const { error } = await slowStart(Math.min(-surplus, BURST), () => this.#control.create(set, podFromTemplate(set, set.spec?.template)));
      return error === undefined ? undefined : asError(error);
    }
    if (surplus === 0) return undefined;
    const chosen = podsToDelete(active, this.#relatedPods(set), { count: Math.min(surplus, BURST), nowMs: this.#context.clock.now() });
    const results = await Promise.allSettled(chosen.map((pod) => this.#control.delete(set, pod)));
    const failed = results.find((result) => result.status === 'rejected');
    return failed ? asError(failed.reason) : undefined;
  }

  /** Pods of all replica sets with the same owner: a rollout spreads one workload over several. */
  #relatedPods(set: SharedReplicaSet): SharedPod[] {
    const controller = controllerOf(set);
    const related = controller ? controlledBy(this.#sets, controller.uid) : [set];
    return related.flatMap(({ metadata }) => controlledBy(this.#pods, metadata.uid ?? ''));
  }

  async #updateStatus(set: SharedReplicaSet, status: ReplicaSetStatus, signal: AbortSignal): Promise<void> {
    if (equalJson(set.status, status)) return;
    const sets = this.#context.client.resource<ReplicaSet>(BUILTIN.replicaSets);
    const { namespace = '', name = '', uid } = set.metadata;
    try {
      await sets.updateStatus({ ...(cloneJson(set) as ReplicaSet), status }, { signal });
    } catch (error) {
      if (hasReason(error, 'NotFound')) return;
      if (!hasReason(error, 'Conflict')) throw error;
      const latest = await sets.inNamespace(namespace).get(name, { signal });
      if (latest.metadata.uid === uid) await sets.updateStatus({ ...latest, status }, { signal });
    }
  }
}

/** Undefined when it selects everything, which is never meant, or nothing can be made of it. */
function selectorOf({ spec }: SharedReplicaSet): ReturnType<typeof labelSelectorFromObject> | undefined {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) return undefined;
  return labelSelectorFromObject(spec?.selector as Parameters<typeof labelSelectorFromObject>[0]);
}

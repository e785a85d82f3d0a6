import type { ReplicaSetStatus } from '../../api/types/generated/apps-v1.ts';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ApiObject, ResourceDefinition } from '../../client/resource-definition.ts';
import { asError } from '../../client/as-error.ts';
import { cloneJson, equalJson } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { ReconcileResult } from '../../runtime/controller.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { ControllerContext } from '../controller-context.ts';
import { applyClaims, computeClaims } from '../ownership/claim.ts';
import { controlledBy, controlledOrOrphaned, controllerOf } from '../ownership/controller-ref.ts';
import { podsToDelete } from '../pods/deletion-order.ts';
import { podFromTemplate, type PodControl } from '../pods/pod-control.ts';
import { isActive, isTerminating, nextAvailabilityMs, type SharedPod } from '../pods/pod-state.ts';
import { slowStart } from '../pods/slow-start.ts';
import { computeStatus } from './compute-status.ts';
import type { ReplicaKind, ReplicaOwner, SharedReplicaOwner } from './replica-owner.ts';

/** So many pods at most are created or deleted in one run. */
const BURST = 500;

interface Parts {
  readonly kind: ReplicaKind;
  readonly owners: Informer<ReplicaOwner>;
  readonly pods: Informer<Pod>;
  readonly control: PodControl;
}

/** Keeps as many pods as each owner wants. */
export class ReplicaReconciler {
  readonly #context: ControllerContext;
  readonly #kind: ReplicaKind;
  readonly #owners: Informer<ReplicaOwner>;
  readonly #pods: Informer<Pod>;
  readonly #control: PodControl;

  constructor(context: ControllerContext, { kind, owners, pods, control }: Parts) {
    this.#context = context;
    this.#kind = kind;
    this.#owners = owners;
    this.#pods = pods;
    this.#control = control;
  }

  /** Whose pod it is, or whose it might become. */
  keysOf(pod: SharedPod): string[] {
    const { namespace = '', labels } = pod.metadata;
    const controller = controllerOf(pod);
    if (controller) return controller.kind === this.#kind.kind ? [`${namespace}/${controller.name}`] : [];
    return this.#owners.store.inNamespace(namespace).filter((owner) => this.#kind.selectorOf(owner)?.matches(labels)).map(({ metadata }) => `${namespace}/${metadata.name ?? ''}`);
  }

  async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult | void> {
    const owner = this.#owners.store.get(key);
    const selector = owner && this.#kind.selectorOf(owner);
    if (!owner || !selector) return;
    const { client, clock } = this.#context;
    const all = controlledOrOrphaned(this.#pods, owner);
    const active = await applyClaims(computeClaims(owner, selector, all.filter(isActive)), {
      owner,
      owners: client.resource(this.#kind.definition as unknown as ResourceDefinition<ApiObject>),
      objects: client.resource<Pod>(BUILTIN.pods),
      signal,
    });
    const failure = owner.metadata.deletionTimestamp === undefined ? await this.#manage(owner, active) : undefined;
    const terminating = controlledBy(this.#pods, owner.metadata.uid ?? '').filter((pod) => isTerminating(pod) && selector.matches(pod.metadata.labels));
    const nowMs = clock.now();
    const status = computeStatus(owner, { active, nowMs, ...(this.#kind.tellsTerminating && { terminating }), ...(failure && { failure: failure.message }) });
    await this.#updateStatus(owner, status, signal);
    if (failure) throw failure;
    const { minReadySeconds = 0 } = owner.spec ?? {};
    const requeueAfterMs = minReadySeconds > 0 ? nextAvailabilityMs(active, minReadySeconds, nowMs) : undefined;
    return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
  }

  /** Creates what is missing, or deletes what is too much; the answer is the first failure. */
  async #manage(owner: SharedReplicaOwner, active: readonly SharedPod[]): Promise<Error | undefined> {
    const surplus = active.length - (owner.spec?.replicas ?? 1);
    if (surplus < 0) {
      const { error } = await slowStart(Math.min(-surplus, BURST), () => this.#control.create(owner, podFromTemplate(owner, owner.spec?.template)));
      return error === undefined ? undefined : asError(error);
    }
    if (surplus === 0) return undefined;
    const chosen = podsToDelete(active, this.#relatedPods(owner), { count: Math.min(surplus, BURST), nowMs: this.#context.clock.now() });
    const results = await Promise.allSettled(chosen.map((pod) => this.#control.delete(owner, pod)));
    const failed = results.find((result) => result.status === 'rejected');
    return failed ? asError(failed.reason) : undefined;
  }

  /** Pods of all owners with the same owner of their own: a rollout spreads one workload over several. */
  #relatedPods(owner: SharedReplicaOwner): SharedPod[] {
    const controller = controllerOf(owner);
    const related = controller ? controlledBy(this.#owners, controller.uid) : [owner];
    return related.flatMap(({ metadata }) => controlledBy(this.#pods, metadata.uid ?? ''));
  }

  async #updateStatus(owner: SharedReplicaOwner, status: ReplicaSetStatus, signal: AbortSignal): Promise<void> {
    if (equalJson(owner.status, status)) return;
    const owners = this.#context.client.resource(this.#kind.definition);
    const { namespace = '', name = '', uid } = owner.metadata;
    try {
      await owners.updateStatus({ ...(cloneJson(owner) as ReplicaOwner), status }, { signal });
    } catch (error) {
      if (hasReason(error, 'NotFound')) return;
      if (!hasReason(error, 'Conflict')) throw error;
      const latest = await owners.inNamespace(namespace).get(name, { signal });
      if (latest.metadata.uid === uid) await owners.updateStatus({ ...latest, status }, { signal });
    }
  }
}


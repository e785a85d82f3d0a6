import type { ControllerRevision, DaemonSet, DaemonSetStatus } from '../../api/types/generated/apps-v1.ts';
import type { Node, Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import type { ApiObject, ResourceDefinition } from '../../client/resource-definition.ts';
import { cloneJson, equalJson, getOwn } from '../../machinery/json.ts';
import { labelSelectorFromObject, type LabelSelector, type LabelSelectorObject } from '../../machinery/label-selector.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { ReconcileResult } from '../../runtime/controller.ts';
import type { EventRecorder } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { ControllerContext } from '../controller-context.ts';
import { forgetRevisions, type SharedRevision } from '../history/controller-revisions.ts';
import { applyClaims, computeClaims } from '../ownership/claim.ts';
import { controlledOrOrphaned } from '../ownership/controller-ref.ts';
import type { PodControl } from '../pods/pod-control.ts';
import { nextAvailabilityMs, type SharedPod } from '../pods/pod-state.ts';
import { slowStart } from '../pods/slow-start.ts';
import { computeManagement, type DaemonObservation, type DaemonPlan } from './compute-manage.ts';
import { computeStatus } from './compute-status.ts';
import { computeUpdate } from './compute-update.ts';
import { byNode, daemonPod, HASH_LABEL, type SharedDaemonSet } from './daemon-pods.ts';
import { ensureHistory, hashOf, type DaemonHistory } from './daemon-revisions.ts';
import { FailedPodBackoff } from './failed-pod-backoff.ts';
import { nodeFitOf } from './node-fit.ts';

/** So many pods at most are created or deleted in one step. */
const BURST = 250;

interface Parts {
  readonly sets: Informer<DaemonSet>;
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly revisions: Informer<ControllerRevision>;
  readonly events: EventRecorder;
  readonly control: PodControl;
}

export class DaemonSetReconciler {
  readonly #context: ControllerContext;
  readonly #parts: Parts;
  readonly #failedPods = new FailedPodBackoff();

  constructor(context: ControllerContext, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult | void> {
    const set = this.#parts.sets.store.get(key);
    if (!set) return;
    const selector = selectorOf(set);
    if (!selector) {
      this.#parts.events.event(set, 'Warning', 'SelectingAll', 'This daemon set is selecting all pods. A non-empty selector is required.');
      return;
    }
    if (set.metadata.deletionTimestamp !== undefined) return;
    const { client, clock } = this.#context;
    const namespace = set.metadata.namespace ?? '';
    const sets = client.resource<DaemonSet>(BUILTIN.daemonSets).inNamespace(namespace);
    const revisions = client.resource<ControllerRevision>(BUILTIN.controllerRevisions).inNamespace(namespace);
    const history = await ensureHistory(set, await this.#claimRevisions(set, selector, signal), { sets, revisions, signal });
    const pods = await this.#claimPods(set, selector, signal);
    const nowMs = clock.now();
    const fit = nodeFitOf(set);
    const observation: DaemonObservation = {
      fits: new Map(this.#parts.nodes.store.all().map((node) => [node.metadata.name ?? '', fit(node)])),
      pods: byNode(pods),
      hashes: history.hashes,
      nowMs,
    };
    const { error, waitMs } = await this.#carryOut(set, observation, hashOf(history.current));
    if (error === undefined) await forgetRevisions(revisions, revisionsToForget(set, history, pods), signal);
    await this.#updateStatus(set, computeStatus(set, observation), signal);
    if (error !== undefined) throw error;
    const { minReadySeconds = 0 } = set.spec ?? {};
    const waits = [waitMs, minReadySeconds > 0 ? nextAvailabilityMs(pods, minReadySeconds, nowMs) : undefined].filter((ms) => ms !== undefined);
    return waits.length === 0 ? undefined : { requeueAfterMs: Math.min(...waits) };
  }

  /** An update goes on only where nothing else is to be done first. */
  async #carryOut(set: SharedDaemonSet, observation: DaemonObservation, hash: string): Promise<{ readonly error?: unknown; readonly waitMs?: number }> {
    const { create, remove, ended } = computeManagement(set, observation);
    const { pods, waitMs } = this.#endedPods(set, ended, observation.nowMs);
    const waits = waitMs === undefined ? {} : { waitMs };
    if (create.length + remove.length + pods.length > 0) return { ...(await this.#act(set, { create, remove: [...remove, ...pods] }, hash)), ...waits };
    if (set.spec?.updateStrategy?.type === 'OnDelete') return waits;
    return { ...(await this.#act(set, computeUpdate(set, observation), hash)), ...waits };
  }

  /** Those that may be deleted now. */
  #endedPods(set: SharedDaemonSet, ended: DaemonPlan['ended'], nowMs: number): { readonly pods: readonly SharedPod[]; readonly waitMs?: number } {
    const { events } = this.#parts;
    const pods: SharedPod[] = [];
    let waitMs = Number.POSITIVE_INFINITY;
    for (const { pod, node } of ended) {
      const { namespace = '', name = '' } = pod.metadata;
      if (pod.status?.phase === 'Succeeded') {
        events.event(set, 'Normal', 'SucceededDaemonPod', `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`);
        pods.push(pod);
        continue;
      }
      const leftMs = this.#failedPods.take(`${set.metadata.uid ?? ''}/${set.status?.observedGeneration ?? 0}/${node}`, nowMs);
      if (leftMs > 0) waitMs = Math.min(waitMs, leftMs);
      else {
        events.event(set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`);
        pods.push(pod);
      }
    }
    return { pods, ...(Number.isFinite(waitMs) && { waitMs }) };
  }

  async #act(set: SharedDaemonSet, { create, remove }: { readonly create: readonly string[]; readonly remove: readonly SharedPod[] }, hash: string): Promise<{ readonly error?: unknown }> {
    const { control } = this.#parts;
    let next = 0;
    const created = await slowStart(Math.min(create.length, BURST), () => control.create(set, daemonPod(set, create[next++] ?? '', hash)));
    const results = await Promise.allSettled(remove.slice(0, BURST).map((pod) => control.delete(set, pod)));
    const failed = results.find((result) => result.status === 'rejected');
    if (created.error !== undefined) return { error: created.error };
    return failed ? { error: failed.reason as unknown } : {};
  }

  #claimRevisions(set: SharedDaemonSet, selector: LabelSelector, signal: AbortSignal): Promise<SharedRevision[]> {
    const plan = computeClaims(set, selector, controlledOrOrphaned(this.#parts.revisions, set));
    // What was made of a template stays its set's, whatever its labels say by now.
    return applyClaims({ ...plan, keep: [...plan.keep, ...plan.release], release: [] }, { owner: set, owners: this.#owners(), objects: this.#context.client.resource<ControllerRevision>(BUILTIN.controllerRevisions), signal });
  }

  #claimPods(set: SharedDaemonSet, selector: LabelSelector, signal: AbortSignal): Promise<SharedPod[]> {
    return applyClaims(computeClaims(set, selector, controlledOrOrphaned(this.#parts.pods, set)), { owner: set, owners: this.#owners(), objects: this.#context.client.resource<Pod>(BUILTIN.pods), signal });
  }

  #owners(): ResourceClient<ApiObject> {
    return this.#context.client.resource(BUILTIN.daemonSets as unknown as ResourceDefinition<ApiObject>);
  }

  async #updateStatus(set: SharedDaemonSet, status: DaemonSetStatus, signal: AbortSignal): Promise<void> {
    if (equalJson(set.status, status)) return;
    try {
      await this.#context.client.resource<DaemonSet>(BUILTIN.daemonSets).updateStatus({ ...(cloneJson(set) as DaemonSet), status }, { signal });
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
    }
  }
}

/** Old revisions beyond the limit that no pod has. */
function revisionsToForget(set: SharedDaemonSet, { old }: DaemonHistory, pods: readonly SharedPod[]): SharedRevision[] {
  const live = new Set(pods.map(({ metadata }) => getOwn(metadata.labels ?? {}, HASH_LABEL)));
  const surplus = Math.max(0, old.length - (set.spec?.revisionHistoryLimit ?? 10));
  return old.filter((revision) => !live.has(hashOf(revision))).slice(0, surplus);
}

/** Undefined when it selects everything, which is never meant. */
export function selectorOf({ spec }: SharedDaemonSet): LabelSelector | undefined {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) return undefined;
  return labelSelectorFromObject(spec?.selector as LabelSelectorObject);
}

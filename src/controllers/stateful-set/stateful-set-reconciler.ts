import type { ControllerRevision, StatefulSet, StatefulSetStatus } from '../../api/types/generated/apps-v1.ts';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import type { ApiObject, ResourceDefinition } from '../../client/resource-definition.ts';
import { cloneJson, equalJson } from '../../machinery/json.ts';
import { labelSelectorFromObject, type LabelSelector, type LabelSelectorObject } from '../../machinery/label-selector.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { ReconcileResult } from '../../runtime/controller.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { ControllerContext } from '../controller-context.ts';
import { forgetRevisions, revisionsToForget, type SharedRevision } from '../history/controller-revisions.ts';
import { applyClaims, computeClaims } from '../ownership/claim.ts';
import { controlledOrOrphaned } from '../ownership/controller-ref.ts';
import { nextAvailabilityMs, type SharedPod } from '../pods/pod-state.ts';
import { slowStart } from '../pods/slow-start.ts';
import { computePlan, type StatefulAction } from './compute-plan.ts';
import { computeStatus } from './compute-status.ts';
import { ordinalOf, revisionOf, type SharedStatefulSet } from './stateful-identity.ts';
import type { StatefulPodControl } from './stateful-pod-control.ts';
import { ensureHistory, templateRevision, type StatefulHistory } from './stateful-revisions.ts';

interface Parts {
  readonly sets: Informer<StatefulSet>;
  readonly pods: Informer<Pod>;
  readonly revisions: Informer<ControllerRevision>;
  readonly control: StatefulPodControl;
}

export class StatefulSetReconciler {
  readonly #context: ControllerContext;
  readonly #parts: Parts;

  constructor(context: ControllerContext, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult | void> {
    const set = this.#parts.sets.store.get(key);
    const selector = set && selectorOf(set);
    if (!set || !selector) return;
    const { client, clock } = this.#context;
    const revisions = client.resource<ControllerRevision>(BUILTIN.controllerRevisions).inNamespace(set.metadata.namespace ?? '');
    const known = await this.#claimRevisions(set, selector, signal);
    const pods = await this.#claimPods(set, selector, signal);
    const history = await ensureHistory(set, known, revisions, signal);
    const nowMs = clock.now();
    const current = history.current.metadata.name ?? '';
    const update = history.update.metadata.name ?? '';
    const plan = computePlan(set, { pods, current, update, nowMs, hasStaleClaim: (ordinal) => this.#parts.control.hasStaleClaim(set, ordinal) });
    const { deleted, error } = await this.#carryOut(set, plan, history);
    await this.#updateStatus(set, computeStatus(set, { pods, current, update, collisions: history.collisions, deleted, nowMs }), signal);
    if (error !== undefined) throw error;
    if (set.metadata.deletionTimestamp !== undefined) return;
    const live = new Set([current, update, ...pods.map(revisionOf)]);
    await forgetRevisions(revisions, revisionsToForget(history.revisions, live, set.spec?.revisionHistoryLimit ?? 10), signal);
    const { minReadySeconds = 0 } = set.spec ?? {};
    const requeueAfterMs = minReadySeconds > 0 ? nextAvailabilityMs(pods, minReadySeconds, nowMs) : undefined;
    return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
  }

  #claimRevisions(set: SharedStatefulSet, selector: LabelSelector, signal: AbortSignal): Promise<SharedRevision[]> {
    const { client } = this.#context;
    const plan = computeClaims(set, selector, controlledOrOrphaned(this.#parts.revisions, set));
    // What was made of a template stays its set's, whatever its labels say by now.
    return applyClaims({ ...plan, keep: [...plan.keep, ...plan.release], release: [] }, { owner: set, owners: this.#owners(), objects: client.resource<ControllerRevision>(BUILTIN.controllerRevisions), signal });
  }

  /** A pod whose name is not of the set cannot be one of its numbers. */
  #claimPods(set: SharedStatefulSet, selector: LabelSelector, signal: AbortSignal): Promise<SharedPod[]> {
    const { client } = this.#context;
    const isMember = (pod: SharedPod): boolean => ordinalOf(set, pod) !== undefined;
    const { keep, adopt, release } = computeClaims(set, selector, controlledOrOrphaned(this.#parts.pods, set));
    const lives = set.metadata.deletionTimestamp === undefined;
    const plan = { keep: keep.filter(isMember), adopt: adopt.filter(isMember), release: [...release, ...(lives ? keep.filter((pod) => !isMember(pod)) : [])] };
    return applyClaims(plan, { owner: set, owners: this.#owners(), objects: client.resource<Pod>(BUILTIN.pods), signal });
  }

  #owners(): ResourceClient<ApiObject> {
    return this.#context.client.resource(BUILTIN.statefulSets as unknown as ResourceDefinition<ApiObject>);
  }

  /** In their order; where pods are not ordered, many at once. Nothing is given up while something could not be made. */
  async #carryOut(set: SharedStatefulSet, plan: readonly StatefulAction[], history: StatefulHistory): Promise<{ readonly deleted: ReadonlySet<SharedPod>; readonly error?: unknown }> {
    const deleted = new Set<SharedPod>();
    const act = async (action: StatefulAction | undefined): Promise<void> => {
      if (!action) return;
      await this.#act(set, action, history);
      if (action.type === 'delete' && action.reason === 'update') deleted.add(action.pod);
    };
    const batches = set.spec?.podManagementPolicy === 'Parallel' ? [plan.filter(({ type }) => type !== 'delete'), plan.filter(({ type }) => type === 'delete')] : plan.map((action) => [action]);
    for (const batch of batches) {
      let next = 0;
      const { error } = await slowStart(batch.length, () => act(batch[next++]));
      if (error !== undefined) return { deleted, error };
    }
    return { deleted };
  }

  async #act(set: SharedStatefulSet, action: StatefulAction, history: StatefulHistory): Promise<void> {
    const { control } = this.#parts;
    switch (action.type) {
      case 'recreate':
        return control.recreate(set, action.pod);
      case 'create':
        return control.create(set, action.ordinal, templateRevision(set, action.revision === history.update.metadata.name ? history.update : history.current));
      case 'claim':
        return control.ensureClaims(set, action.ordinal);
      case 'repair':
        return control.repair(set, action.ordinal, action.pod);
      case 'retain':
        return control.retainClaims(set, action.ordinal, action.pod);
      case 'delete':
        return control.delete(set, action.pod);
    }
  }

  async #updateStatus(set: SharedStatefulSet, status: StatefulSetStatus, signal: AbortSignal): Promise<void> {
    if (equalJson(set.status, status)) return;
    try {
      await this.#context.client.resource<StatefulSet>(BUILTIN.statefulSets).updateStatus({ ...(cloneJson(set) as StatefulSet), status }, { signal });
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
    }
  }
}

/** Undefined when it selects everything, which is never meant. */
export function selectorOf({ spec }: SharedStatefulSet): LabelSelector | undefined {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) return undefined;
  return labelSelectorFromObject(spec?.selector as LabelSelectorObject);
}

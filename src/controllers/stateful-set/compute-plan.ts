import { scaleIntOrPercent } from '../../machinery/int-or-string.ts';
import { hasEnded, isAvailable, isReady, type SharedPod } from '../pods/pod-state.ts';
import { firstOrdinal, isInRange, ordinalOf, replicasOf, revisionOf, type SharedStatefulSet } from './stateful-identity.ts';

/** So many pods at most are made in one run. */
const BURST = 500;

export interface PlanInput {
  readonly pods: readonly SharedPod[];
  /** The names of the revision that was rolled out last, and of the one that is being rolled out. */
  readonly current: string;
  readonly update: string;
  readonly nowMs: number;
  /** The number's claim belongs to a pod that is gone, and will go with it. */
  readonly hasStaleClaim: (ordinal: number) => boolean;
}

export type StatefulAction =
  /** The pod has ended and makes room for another. */
  | { readonly type: 'recreate'; readonly pod: SharedPod; readonly ordinal: number }
  | { readonly type: 'create'; readonly ordinal: number; readonly revision: string }
  /** The pod may wait for claims that are missing. */
  | { readonly type: 'claim'; readonly ordinal: number }
  /** Identity, volumes and claims of a pod as they must be. */
  | { readonly type: 'repair'; readonly pod: SharedPod; readonly ordinal: number }
  /** The claims of a pod that is no longer wanted go by the retention policy. */
  | { readonly type: 'retain'; readonly pod: SharedPod; readonly ordinal: number }
  | { readonly type: 'delete'; readonly pod: SharedPod; readonly ordinal: number; readonly reason: 'scale' | 'update' };

interface Numbered {
  readonly ordinal: number;
  readonly pod: SharedPod;
}

/**
 * What a set does next, in this order. Where pods are ordered, the first thing that must be waited for ends the list:
 * nothing is made, scaled or updated before all pods in front are available.
 */
export function computePlan(set: SharedStatefulSet, input: PlanInput): StatefulAction[] {
  if (set.metadata.deletionTimestamp !== undefined) return [];
  const ordered = set.spec?.podManagementPolicy !== 'Parallel';
  const numbered = input.pods.flatMap((pod) => {
    const ordinal = ordinalOf(set, pod);
    return ordinal === undefined ? [] : [{ ordinal, pod }];
  });
  const replicas = new Map(numbered.filter(({ ordinal }) => isInRange(set, ordinal)).map(({ ordinal, pod }) => [ordinal, pod]));
  const condemned = numbered.filter(({ ordinal }) => !isInRange(set, ordinal)).toSorted((a, b) => b.ordinal - a.ordinal);
  const plan = new Plan(set, input, ordered);
  for (let ordinal = firstOrdinal(set); isInRange(set, ordinal); ordinal++) {
    const waits = plan.keep(ordinal, replicas.get(ordinal));
    if (waits && (ordered || plan.created === BURST)) return plan.actions;
  }
  for (const { ordinal, pod } of condemned) plan.actions.push({ type: 'retain', pod, ordinal });
  const firstUnhealthy = condemned.findLast(({ pod }) => isUnhealthy(pod));
  for (const each of condemned) if (plan.condemn(each, firstUnhealthy) && ordered) return plan.actions;
  if (set.spec?.updateStrategy?.type !== 'OnDelete') plan.update(replicas);
  return plan.actions;
}

class Plan {
  readonly actions: StatefulAction[] = [];
  created = 0;
  readonly #set: SharedStatefulSet;
  readonly #input: PlanInput;
  readonly #ordered: boolean;

  constructor(set: SharedStatefulSet, input: PlanInput, ordered: boolean) {
    this.#set = set;
    this.#input = input;
    this.#ordered = ordered;
  }

  /** True when pods behind this one must wait for it. */
  keep(ordinal: number, pod: SharedPod | undefined): boolean {
    if (pod && hasEnded(pod)) {
      if (pod.metadata.deletionTimestamp === undefined) this.actions.push({ type: 'recreate', pod, ordinal });
      return true;
    }
    if (!pod) {
      if (this.#input.hasStaleClaim(ordinal)) return true;
      this.actions.push({ type: 'create', ordinal, revision: this.#revisionFor(ordinal) });
      this.created++;
      return true;
    }
    if (isTerminating(pod)) return true;
    if (pod.status?.phase === 'Pending') this.actions.push({ type: 'claim', ordinal });
    const available = this.#isAvailable(pod);
    if (available || !this.#ordered) this.actions.push({ type: 'repair', pod, ordinal });
    return !available;
  }

  /** True when the pods in front must wait until this one is gone. */
  condemn({ ordinal, pod }: Numbered, firstUnhealthy: Numbered | undefined): boolean {
    if (isTerminating(pod)) return true;
    if (this.#ordered && !this.#isAvailable(pod) && pod !== firstUnhealthy?.pod) return true;
    this.actions.push({ type: 'delete', pod, ordinal, reason: 'scale' });
    return true;
  }

  /**
   * Deletes pods of other revisions, the last first, and waits for each before the next; the number that may be waited for
   * at once is one, unless the strategy says otherwise.
   */
  update(replicas: ReadonlyMap<number, SharedPod>): void {
    const { partition = 0, maxUnavailable = 1 } = this.#set.spec?.updateStrategy?.rollingUpdate ?? {};
    const first = firstOrdinal(this.#set);
    const wanted = replicasOf(this.#set);
    const limit = Math.max(1, scaleIntOrPercent(maxUnavailable, wanted, 'down'));
    let awaited = 0;
    for (let ordinal = first + wanted - 1; ordinal >= first + partition && awaited < limit; ordinal--) {
      const pod = replicas.get(ordinal);
      if (pod && !isTerminating(pod) && revisionOf(pod) !== this.#input.update) {
        this.actions.push({ type: 'delete', pod, ordinal, reason: 'update' });
        awaited++;
      } else if (!pod || isTerminating(pod) || !this.#isAvailable(pod)) awaited++;
    }
  }

  #revisionFor(ordinal: number): string {
    const { type, rollingUpdate } = this.#set.spec?.updateStrategy ?? {};
    if (type === 'OnDelete') return this.#input.update;
    const kept = rollingUpdate ? (rollingUpdate.partition ?? 0) : (this.#set.status?.currentReplicas ?? 0);
    return ordinal < firstOrdinal(this.#set) + kept ? this.#input.current : this.#input.update;
  }

  #isAvailable(pod: SharedPod): boolean {
    return pod.status?.phase === 'Running' && isAvailable(pod, this.#set.spec?.minReadySeconds ?? 0, this.#input.nowMs);
  }
}

function isTerminating({ metadata }: SharedPod): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function isUnhealthy(pod: SharedPod): boolean {
  return pod.status?.phase !== 'Running' || !isReady(pod) || isTerminating(pod);
}

import type { NodeInfo } from '../framework/node-info.ts';
import type { NodeStatuses } from '../framework/node-statuses.ts';
import type { PodInfo } from '../framework/pod-info.ts';

/** A pod that would have to go for another one, and how it would go. */
export interface Victims {
  readonly pods: readonly PodInfo[];
  /** How many disruption budgets this would violate. */
  readonly violations: number;
}

/** Somebody outside who has a say in scheduling, by whatever means they are reached. Undefined methods: no say in that. */
export interface Extender {
  readonly name: string;
  /** Whether it is asked about the pod at all. */
  isInterested(pod: PodInfo): boolean;
  /** Those of the nodes that do; the others' reasons go to `statuses`. Throws when it cannot be asked and that matters. */
  readonly filter?: ((pod: PodInfo, nodes: readonly NodeInfo[], statuses: NodeStatuses) => Promise<readonly NodeInfo[]>) | undefined;
  /** Weighted scores by node; nodes may be missing. Never throws. */
  readonly prioritize?: ((pod: PodInfo, nodes: readonly NodeInfo[]) => Promise<ReadonlyMap<string, number>>) | undefined;
  /** Binds the pod in the scheduler's place. */
  readonly bind?: ((pod: PodInfo, nodeName: string) => Promise<void>) | undefined;
  /** Those nodes on which preemption would work, with victims of its choice. */
  readonly preempt?: ((pod: PodInfo, candidates: ReadonlyMap<string, Victims>) => Promise<ReadonlyMap<string, Victims>>) | undefined;
}

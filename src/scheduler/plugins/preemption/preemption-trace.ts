import type { Victims } from '../../cycle/extender.ts';
import { StateKey } from '../../framework/cycle-state.ts';
import type { NodeStatuses } from '../../framework/node-statuses.ts';

/** What preemption considered in a cycle, for those who explain it. */
export interface PreemptionTrace {
  readonly candidates: ReadonlyMap<string, Victims>;
  readonly statuses: NodeStatuses;
  readonly chosen?: string;
}

export const PREEMPTION_TRACE = new StateKey<PreemptionTrace>('preemption trace');

import type { Victims } from '../../cycle/extender.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import { NodeStatuses } from '../../framework/node-statuses.ts';
import { Status } from '../../framework/status.ts';
import { selectVictims, type VictimSearch } from './select-victims.ts';

export interface CandidateLimits {
  /** How many nodes are tried at least: a share of those where preemption may help, and a number. */
  readonly minCandidateNodesPercentage: number;
  readonly minCandidateNodesAbsolute: number;
}

export interface Candidates {
  readonly victims: ReadonlyMap<string, Victims>;
  /** Why other nodes that were tried are none. */
  readonly statuses: NodeStatuses;
}

const NOT_HELPFUL = Status.unresolvable('Preemption is not helpful for scheduling');

/** Tries preemption, beginning anywhere, until there are enough candidates, of which one breaks no disruption budget. */
export function findCandidates(search: VictimSearch & { readonly limits: CandidateLimits; readonly random: () => number }, state: CycleState, nodes: readonly NodeInfo[]): Candidates {
  const statuses = new NodeStatuses(NOT_HELPFUL);
  const victims = new Map<string, Victims>();
  const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = search.limits;
  const wanted = Math.max(Math.floor((nodes.length * minCandidateNodesPercentage) / 100), minCandidateNodesAbsolute);
  const offset = Math.floor(search.random() * nodes.length);
  let harmless = false;
  for (let i = 0; i < nodes.length && !(harmless && victims.size >= wanted); i++) {
    const node = nodes[(offset + i) % nodes.length] as NodeInfo;
    const found = selectVictims(search, state, node);
    if (found instanceof Status) {
      statuses.set(node.name, found);
    } else if (found.pods.length === 0) {
      statuses.set(node.name, Status.failed(new Error(`expected at least one victim pod on node ${JSON.stringify(node.name)}`)));
    } else {
      victims.set(node.name, found);
      harmless ||= found.violations === 0;
    }
  }
  return { victims, statuses };
}

import type { CycleState } from '../framework/cycle-state.ts';
import { FitError, type Diagnosis } from '../framework/fit-error.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import { NodeStatuses } from '../framework/node-statuses.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { EXTENDERS, type Profile } from '../framework/profile.ts';
import { Status } from '../framework/status.ts';
import type { Nominator } from '../queue/nominator.ts';
import { filterNode } from './filter-node.ts';
import type { Extender } from './extender.ts';

/** Below these, all nodes are looked at. */
const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;

export interface FindNodesContext {
  readonly profile: Profile;
  readonly nominator: Nominator;
  readonly nodes: readonly NodeInfo[];
  readonly extenders: readonly Extender[];
  readonly percentageOfNodesToScore: number;
  /** Where the search begins; moved on, so that the next pod's begins where this one's ended. */
  readonly start: { next: number };
}

export interface FoundNodes {
  readonly feasible: readonly NodeInfo[];
  /** How many nodes were judged, feasible or not. */
  readonly evaluated: number;
  readonly statuses: NodeStatuses;
}

/** How many feasible nodes are enough to choose from. 0 percent: fewer the more nodes there are, but never below 5%. */
export function feasibleNodesWanted(nodeCount: number, percentage: number): number {
  if (nodeCount < MIN_FEASIBLE_NODES) return nodeCount;
  const adaptive = percentage > 0 ? percentage : Math.max(MIN_PERCENTAGE, 50 - Math.floor(nodeCount / 125));
  return Math.min(nodeCount, Math.max(MIN_FEASIBLE_NODES, Math.floor((nodeCount * adaptive) / 100)));
}

/** Nodes on which the pod can run. Throws FitError when there is none, or what a plugin failed with. */
export async function findNodes(context: FindNodesContext, state: CycleState, pod: PodInfo): Promise<FoundNodes> {
  const { profile, nodes } = context;
  const { nodeNames, restrictedBy, status } = await profile.preFilter(state, pod, nodes);
  if (status) throw preFilterFailure(status, nodes.length);
  const statuses = new NodeStatuses();
  if (nodeNames) statuses.absent = Status.unresolvable(`node(s) didn't satisfy plugin(s) [${restrictedBy.join(' ')}]`);
  const nominated = nominatedNode(context, pod);
  if (nominated) {
    const onlyIt = await filterAll({ ...context, nodes: [nominated], start: { next: 0 } }, { state, pod, statuses: new NodeStatuses() });
    if (onlyIt.feasible.length > 0) return onlyIt;
  }
  const chosen = nodeNames ? nodes.filter(({ name }) => nodeNames.has(name)) : nodes;
  const found = await filterAll({ ...context, nodes: chosen }, { state, pod, statuses });
  if (found.feasible.length === 0) throw new FitError({ nodeCount: nodes.length, statuses, ...rejectors(statuses, restrictedBy) });
  return found;
}

function preFilterFailure(status: Status, nodeCount: number): Error {
  if (!status.isRejection) return status.error ?? new Error(status.message);
  const { plugin = '' } = status;
  const statuses = new NodeStatuses(status);
  const pending = status.code === 'Pending';
  return new FitError({
    nodeCount,
    statuses,
    preFilterMessage: status.message,
    unschedulablePlugins: new Set(pending ? [] : [plugin]),
    pendingPlugins: new Set(pending ? [plugin] : []),
  });
}

function nominatedNode({ nominator, nodes }: FindNodesContext, pod: PodInfo): NodeInfo | undefined {
  const name = pod.pod.status?.nominatedNodeName ?? nominator.nodeOf(pod) ?? '';
  return name === '' ? undefined : nodes.find((node) => node.name === name);
}

async function filterAll(context: FindNodesContext, { state, pod, statuses }: { readonly state: CycleState; readonly pod: PodInfo; readonly statuses: NodeStatuses }): Promise<FoundNodes> {
  const { nodes, profile, extenders, start, percentageOfNodesToScore } = context;
  const choosing = profile.has('score') || extenders.length > 0;
  const wanted = choosing ? feasibleNodesWanted(nodes.length, profile.percentageOfNodesToScore ?? percentageOfNodesToScore) : 1;
  const first = nodes.length === 0 ? 0 : start.next % nodes.length;
  let feasible: readonly NodeInfo[];
  let evaluated = 0;
  if (profile.has('filter')) {
    const passed: NodeInfo[] = [];
    for (; evaluated < nodes.length && passed.length < wanted; evaluated++) {
      const node = nodes[(first + evaluated) % nodes.length] as NodeInfo;
      const status = filterNode(context, state, pod, node);
      if (status === undefined) passed.push(node);
      else if (status.isRejection) statuses.set(node.name, status);
      else throw status.error ?? new Error(status.message);
    }
    feasible = passed;
  } else {
    evaluated = Math.min(wanted, nodes.length);
    feasible = [...nodes.slice(first), ...nodes.slice(0, first)].slice(0, evaluated);
  }
  if (nodes.length > 0) start.next = (first + evaluated) % nodes.length;
  for (const extender of extenders) {
    if (feasible.length === 0) break;
    if (extender.filter && extender.isInterested(pod)) feasible = await extender.filter(pod, feasible, statuses);
  }
  return { feasible, evaluated, statuses };
}

function rejectors(statuses: NodeStatuses, restrictedBy: readonly string[]): Pick<Diagnosis, 'unschedulablePlugins' | 'pendingPlugins'> {
  const unschedulablePlugins = new Set(restrictedBy);
  const pendingPlugins = new Set<string>();
  // What no plugin said, an extender did.
  for (const [, { plugin = EXTENDERS, code }] of statuses.entries()) (code === 'Pending' ? pendingPlugins : unschedulablePlugins).add(plugin);
  return { unschedulablePlugins, pendingPlugins };
}

import type { FoundNodes } from '../cycle/find-nodes.ts';
import type { CycleOutcome } from '../cycle/schedule-pod.ts';
import type { ScoredNodes } from '../cycle/score-nodes.ts';
import { FitError } from '../framework/fit-error.ts';
import type { NodeStatuses } from '../framework/node-statuses.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { PREEMPTION_TRACE, type PreemptionTrace } from '../plugins/preemption/preemption-trace.ts';

/** Why a pod is where it is, or nowhere: what its last scheduling cycle came to. Plain JSON. */
export interface Decision {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly schedulerName: string;
  /** RFC 3339. */
  readonly time: string;
  /** Counts the pod's cycles, from 1. */
  readonly attempt: number;
  /** `Refused`: it had a node, but a plugin did not reserve or permit it. */
  readonly outcome: 'Placed' | 'Refused' | 'Unschedulable' | 'Error';
  readonly nodeName?: string;
  /** What users were told, when it was not placed. */
  readonly message?: string;
  /** Nodes that passed every filter, the best first. */
  readonly feasible: readonly FeasibleNode[];
  readonly rejected: readonly RejectedNode[];
  /** What holds for the nodes that are in neither list. */
  readonly others?: { readonly nodes: number; readonly reasons: readonly string[] };
  readonly preemption?: PreemptionReport;
}

export interface FeasibleNode {
  readonly name: string;
  /** Absent when there was nothing to choose. */
  readonly total?: number;
  /** Normalized and weighted. */
  readonly scores: Readonly<Record<string, number>>;
}

export interface RejectedNode {
  readonly name: string;
  readonly plugin: string;
  readonly code: string;
  readonly reasons: readonly string[];
}

export interface PreemptionReport {
  readonly chosen?: string;
  readonly candidates: readonly { readonly node: string; readonly victims: readonly string[]; readonly budgetViolations: number }[];
  readonly rejected: readonly RejectedNode[];
}

/** What is kept of a cycle, as it came: rendered only when somebody asks. */
export interface RecordedCycle {
  readonly info: PodInfo;
  readonly attempt: number;
  readonly timeMs: number;
  readonly nodeCount: number;
  /** Its node, when it had one. */
  readonly nodeName?: string;
  /** Why it does not stay there, or has none. */
  readonly error?: Error;
  readonly found?: FoundNodes;
  readonly scored?: ScoredNodes;
  readonly trace?: PreemptionTrace | undefined;
}

/** The parts of an outcome that are worth keeping. */
export function partsOf(outcome: CycleOutcome): Pick<RecordedCycle, 'nodeName' | 'error' | 'found' | 'scored' | 'trace'> {
  switch (outcome.type) {
    case 'placed':
      return { nodeName: outcome.placement.nodeName, found: outcome.found, scored: outcome.scored };
    case 'refused':
      return { nodeName: outcome.placement.nodeName, found: outcome.found, scored: outcome.scored, error: outcome.status.error ?? new Error(outcome.status.message) };
    case 'failed':
      return { error: outcome.failure.error, trace: outcome.state.get(PREEMPTION_TRACE) };
  }
}

export function renderDecision(cycle: RecordedCycle): Decision {
  const { info, attempt, timeMs, nodeName, error } = cycle;
  return {
    namespace: info.namespace,
    name: info.name,
    uid: info.uid,
    schedulerName: info.pod.spec?.schedulerName ?? '',
    time: new Date(timeMs).toISOString(),
    attempt,
    outcome: outcomeOf(cycle),
    ...(nodeName !== undefined && { nodeName }),
    ...(error && { message: error.message }),
    ...nodesOf(cycle),
    ...(cycle.trace && { preemption: reportOf(cycle.trace) }),
  };
}

function outcomeOf({ nodeName, error }: RecordedCycle): Decision['outcome'] {
  if (!error) return 'Placed';
  if (nodeName !== undefined) return 'Refused';
  return error instanceof FitError ? 'Unschedulable' : 'Error';
}

function nodesOf({ found, scored, error, nodeCount }: RecordedCycle): Pick<Decision, 'feasible' | 'rejected' | 'others'> {
  if (error instanceof FitError) return { feasible: [], ...rejectionsOf(error.diagnosis.statuses, { nodeCount }) };
  if (!found) return { feasible: [], rejected: [] };
  const feasible = found.feasible.map((node, i): FeasibleNode => {
    const scores = Object.fromEntries((scored?.byPlugin ?? []).map(({ plugin, scores: all }) => [plugin, all[i] ?? 0]));
    return { name: node.name, scores, ...(scored?.totals && { total: scored.totals[i] ?? 0 }) };
  });
  feasible.sort((a, b) => (b.total ?? 0) - (a.total ?? 0));
  return { feasible, ...rejectionsOf(found.statuses, { nodeCount, feasible: feasible.length }) };
}

/** Where some nodes are feasible, those that were not looked at have no verdict. */
function rejectionsOf(statuses: NodeStatuses, { nodeCount, feasible = 0 }: { readonly nodeCount: number; readonly feasible?: number }): Pick<Decision, 'rejected' | 'others'> {
  const rejected = listOf(statuses);
  const others = nodeCount - rejected.length - feasible;
  return { rejected, ...(others > 0 && { others: { nodes: others, reasons: statuses.absent.reasons } }) };
}

function listOf(statuses: NodeStatuses): RejectedNode[] {
  return [...statuses.entries()].map(([name, { plugin = '', code, reasons }]) => ({ name, plugin, code, reasons }));
}

function reportOf({ chosen, candidates, statuses }: PreemptionTrace): PreemptionReport {
  return {
    ...(chosen !== undefined && { chosen }),
    candidates: [...candidates].map(([node, { pods, violations }]) => ({ node, victims: pods.map(({ key }) => key), budgetViolations: violations })),
    rejected: listOf(statuses),
  };
}

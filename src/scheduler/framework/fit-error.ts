import { compareBytes } from '../../machinery/go-format.ts';
import type { NodeStatuses } from './node-statuses.ts';

/** Why a pod fits nowhere. */
export interface Diagnosis {
  readonly nodeCount: number;
  readonly statuses: NodeStatuses;
  /** Which plugins rejected the pod: events that these care for bring it back. */
  readonly unschedulablePlugins: ReadonlySet<string>;
  readonly pendingPlugins: ReadonlySet<string>;
  /** Said by PreFilter about the pod itself, whatever the node. */
  readonly preFilterMessage?: string | undefined;
  readonly postFilterMessage?: string | undefined;
}

/** No node is feasible. Its message is what users read in the pod's condition and events. */
export class FitError extends Error {
  readonly diagnosis: Diagnosis;

  constructor(diagnosis: Diagnosis) {
    super(fitMessage(diagnosis));
    this.name = 'FitError';
    this.diagnosis = diagnosis;
  }
}

/** There are no nodes at all. */
export class NoNodesError extends Error {
  constructor() {
    super('no nodes available to schedule pods');
    this.name = 'NoNodesError';
  }
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods. preemption: …` */
export function fitMessage({ nodeCount, statuses, preFilterMessage = '', postFilterMessage = '' }: Diagnosis): string {
  let message = `0/${nodeCount} nodes are available:`;
  const reasons = preFilterMessage === '' ? reasonCounts(nodeCount, statuses) : preFilterMessage;
  if (reasons !== '') message += ` ${reasons}.`;
  if (postFilterMessage !== '') message += ` ${postFilterMessage}`;
  return message;
}

function reasonCounts(nodeCount: number, statuses: NodeStatuses): string {
  const counts = new Map<string, number>();
  const count = (reasons: readonly string[], nodes: number): void => {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodes);
  };
  for (const [, { reasons }] of statuses.entries()) count(reasons, 1);
  if (statuses.size < nodeCount) count(statuses.absent.reasons, nodeCount - statuses.size);
  return [...counts].map(([reason, nodes]) => `${nodes} ${reason}`).sort(compareBytes).join(', ');
}

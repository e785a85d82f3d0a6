import type { Lease } from '../../api/types/generated/coordination-v1.ts';
import type { NodeCondition } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { conditionOf, type SharedNode } from '../nodes/node-state.ts';

/** What was seen of a node's kubelet so far. Its clock is not trusted: only that what it writes changes counts. */
export interface SeenNode {
  readonly heartbeat: string | undefined;
  readonly renewTime: string | undefined;
  /** When, by the clock here, it was heard of last. */
  readonly heardMs: number;
}

export interface NodeHealth {
  readonly seen: SeenNode;
  /** Whether the node is Ready, by what it says and that it says it; undefined while a new one is given time. */
  readonly ready: 'True' | 'False' | 'Unknown' | undefined;
  /** What was said before. */
  readonly before: string;
  /** Its conditions, where they must be set because nothing is heard of it. */
  readonly conditions?: readonly NodeCondition[];
}

export interface HealthView {
  readonly lease: DeepReadonly<Lease> | undefined;
  readonly seen: SeenNode | undefined;
  readonly nowMs: number;
  readonly graceMs: number;
  readonly startupGraceMs: number;
}

/** What kubelets report, and what is not known when they do not. */
const REPORTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** How a node is, by its heartbeats and its lease. */
export function computeHealth(node: SharedNode, { lease, seen, nowMs, graceMs, startupGraceMs }: HealthView): NodeHealth {
  const ready = conditionOf(node, 'Ready');
  const heartbeat = ready?.lastHeartbeatTime ?? undefined;
  const renewTime = lease?.spec?.renewTime;
  const now: SeenNode = { heartbeat, renewTime, heardMs: heardMs(node, { heartbeat, renewTime }, { seen, nowMs, isReported: ready !== undefined }) };
  const before = ready?.status ?? 'Unknown';
  if (nowMs <= now.heardMs + (ready ? graceMs : startupGraceMs)) return { seen: now, before, ready: ready?.status as NodeHealth['ready'] };
  const conditions = unknownConditions(node, nowMs);
  return { seen: now, before, ready: 'Unknown', ...(conditions && { conditions }) };
}

function heardMs({ metadata }: SharedNode, { heartbeat, renewTime }: Omit<SeenNode, 'heardMs'>, { seen, nowMs, isReported }: { seen: SeenNode | undefined; nowMs: number; isReported: boolean }): number {
  if (!seen) return isReported || renewTime !== undefined ? nowMs : Date.parse(metadata.creationTimestamp ?? '') || nowMs;
  const isRenewed = renewTime !== undefined && (seen.renewTime === undefined || Date.parse(renewTime) > Date.parse(seen.renewTime));
  return isRenewed || heartbeat !== seen.heartbeat ? nowMs : seen.heardMs;
}

/** Undefined when they say so already. */
function unknownConditions({ metadata, status }: SharedNode, nowMs: number): NodeCondition[] | undefined {
  const known = status?.conditions ?? [];
  const now = formatTime(nowMs);
  if (REPORTED.every((type) => known.find((condition) => condition.type === type)?.status === 'Unknown')) return undefined;
  const missing = REPORTED.filter((type) => !known.some((condition) => condition.type === type));
  return [
    ...known.map((condition): NodeCondition => {
      if (!REPORTED.includes(condition.type) || condition.status === 'Unknown') return { ...condition };
      return { ...condition, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: now };
    }),
    ...missing.map(
      (type): NodeCondition => ({ type, status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.', lastHeartbeatTime: metadata.creationTimestamp ?? now, lastTransitionTime: now }),
    ),
  ];
}

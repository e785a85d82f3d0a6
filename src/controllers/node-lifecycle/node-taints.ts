import type { Taint } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { conditionOf, type SharedNode } from '../nodes/node-state.ts';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Which conditions keep new pods away, and by which taint. */
const BY_CONDITION: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
];

type SharedTaints = readonly DeepReadonly<Taint>[];

/** The node's taints with those of effect NoSchedule that its conditions call for, and no others of their kind; undefined when they are so. */
export function computeSchedulingTaints(node: SharedNode, nowMs: number): Taint[] | undefined {
  const wanted = BY_CONDITION.filter(([type, status]) => conditionOf(node, type)?.status === status).map(([, , key]) => key);
  if (node.spec?.unschedulable === true) wanted.push(UNSCHEDULABLE);
  const managed = new Set([...BY_CONDITION.map(([, , key]) => key), UNSCHEDULABLE]);
  return replaced(node, { wanted, isManaged: ({ key, effect }) => effect === 'NoSchedule' && managed.has(key), effect: 'NoSchedule', nowMs });
}

/** The taints with the one by which pods are driven off the node, or without any such; undefined when they are so. */
export function computeExecutingTaints(node: SharedNode, key: typeof NOT_READY | typeof UNREACHABLE | undefined, nowMs: number): Taint[] | undefined {
  return replaced(node, { wanted: key === undefined ? [] : [key], isManaged: isExecuting, effect: 'NoExecute', nowMs });
}

export function isExecuting({ key, effect }: DeepReadonly<Taint>): boolean {
  return effect === 'NoExecute' && (key === NOT_READY || key === UNREACHABLE);
}

function replaced({ spec }: SharedNode, options: { wanted: readonly string[]; isManaged: (taint: DeepReadonly<Taint>) => boolean; effect: Taint['effect']; nowMs: number }): Taint[] | undefined {
  const { wanted, isManaged, effect, nowMs } = options;
  const before: SharedTaints = spec?.taints ?? [];
  const kept = before.filter((taint) => !isManaged(taint) || wanted.includes(taint.key));
  const added = wanted.filter((key) => !kept.some((taint) => isManaged(taint) && taint.key === key));
  if (added.length === 0 && kept.length === before.length) return undefined;
  return [...kept.map((taint) => ({ ...taint })), ...added.map((key): Taint => ({ key, effect, timeAdded: formatTime(nowMs) }))];
}

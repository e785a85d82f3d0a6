import { hasEnded, type SharedPod } from '../pods/pod-state.ts';
import { conditionOf, type SharedNode } from '../nodes/node-state.ts';

/** Why a pod is to go at once. */
export type Garbage = 'terminated' | 'orphaned' | 'out-of-service' | 'unscheduled';

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** What the pods are judged by. `goneNodes`: nodes that are known not to exist. */
export interface GarbageView {
  readonly nodes: ReadonlyMap<string, SharedNode>;
  readonly goneNodes: ReadonlySet<string>;
  /** How many pods that ended are kept; 0: all. */
  readonly terminatedPods: number;
}

/** Pods that nobody will ever end properly, or that ended too long ago. */
export function computeGarbage(pods: readonly SharedPod[], view: GarbageView): Map<SharedPod, Garbage> {
  const garbage = new Map<SharedPod, Garbage>();
  for (const pod of tooMany(pods, view.terminatedPods)) garbage.set(pod, 'terminated');
  for (const pod of pods) {
    const node = pod.spec?.nodeName ?? '';
    const isDeleted = pod.metadata.deletionTimestamp !== undefined;
    if (isDeleted && isOutOfService(view.nodes.get(node))) garbage.set(pod, 'out-of-service');
    else if (node !== '' && view.goneNodes.has(node)) garbage.set(pod, 'orphaned');
    else if (isDeleted && node === '') garbage.set(pod, 'unscheduled');
  }
  return garbage;
}

/** Those evicted go first, then the oldest. */
function tooMany(pods: readonly SharedPod[], kept: number): SharedPod[] {
  if (kept <= 0) return [];
  const ended = pods.filter(hasEnded);
  if (ended.length <= kept) return [];
  return ended.toSorted((a, b) => Number(isEvicted(b)) - Number(isEvicted(a)) || createdMs(a) - createdMs(b) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)).slice(0, ended.length - kept);
}

function isEvicted({ status }: SharedPod): boolean {
  return status?.phase === 'Failed' && status.reason === 'Evicted';
}

function createdMs({ metadata }: SharedPod): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0;
}

/** Somebody says that the machine is off, and it is not heard of: nothing of its pods runs. */
function isOutOfService(node: SharedNode | undefined): boolean {
  if (!node || conditionOf(node, 'Ready')?.status === 'True') return false;
  return (node.spec?.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE);
}

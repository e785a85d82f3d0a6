import { hasEnded, isActive, isReady, readySinceMs, type SharedPod } from './pod-state.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * The `count` pods whose loss is felt least: those that do not run, are not ready, cost little, share their node with
 * `related` pods, or are young. Ages count by their order of magnitude, so that not always the same ones go.
 */
export function podsToDelete(pods: readonly SharedPod[], related: readonly SharedPod[], options: { readonly count: number; readonly nowMs: number }): SharedPod[] {
  const { count, nowMs } = options;
  if (count >= pods.length) return [...pods];
  const onNode = new Map<string, number>();
  for (const pod of related) {
    if (isActive(pod)) onNode.set(nodeOf(pod), (onNode.get(nodeOf(pod)) ?? 0) + 1);
  }
  const neighbours = (pod: SharedPod): number => onNode.get(nodeOf(pod)) ?? 0;
  return pods.toSorted((a, b) => comparePods(a, b, { neighbours, nowMs })).slice(0, count);
}

interface Ranking {
  readonly neighbours: (pod: SharedPod) => number;
  readonly nowMs: number;
}

/** Negative when `a` goes first. */
function comparePods(a: SharedPod, b: SharedPod, { neighbours, nowMs }: Ranking): number {
  return (
    Number(nodeOf(a) !== '') - Number(nodeOf(b) !== '') ||
    phaseOf(a) - phaseOf(b) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    costOf(a) - costOf(b) ||
    neighbours(b) - neighbours(a) ||
    compareAges(a, b, isReady(a) && isReady(b) ? [readySinceMs(a), readySinceMs(b)] : [0, 0], nowMs) ||
    restartsOf(b) - restartsOf(a) ||
    compareAges(a, b, [createdMs(a), createdMs(b)], nowMs)
  );
}

function nodeOf({ spec }: SharedPod): string {
  return spec?.nodeName ?? '';
}

function phaseOf(pod: SharedPod): number {
  const { phase = '' } = pod.status ?? {};
  return hasEnded(pod) || !Object.hasOwn(PHASES, phase) ? 0 : (PHASES[phase] ?? 0);
}

/** Whole numbers of 32 bits; anything else counts as none. */
function costOf({ metadata }: SharedPod): number {
  const { annotations = {} } = metadata;
  const text = Object.hasOwn(annotations, DELETION_COST) ? (annotations[DELETION_COST] ?? '') : '';
  if (!/^(?:0|-?[1-9]\d{0,9})$/.test(text)) return 0;
  const cost = Number(text);
  return cost >= -(2 ** 31) && cost < 2 ** 31 ? cost : 0;
}

function restartsOf({ status }: SharedPod): number {
  return Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount ?? 0));
}

function createdMs({ metadata }: SharedPod): number | undefined {
  return metadata.creationTimestamp === undefined ? undefined : Date.parse(metadata.creationTimestamp);
}

function compareAges(a: SharedPod, b: SharedPod, [aMs, bMs]: readonly [number | undefined, number | undefined], nowMs: number): number {
  if (aMs === bMs) return 0;
  if (aMs === undefined || bMs === undefined) return aMs === undefined ? -1 : 1;
  const difference = magnitude(nowMs - aMs) - magnitude(nowMs - bMs);
  return difference === 0 ? ((a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1) : difference;
}

/** Kubernetes counts nanoseconds. */
function magnitude(ageMs: number): number {
  return ageMs > 0 ? Math.floor(Math.log2(ageMs * 1e6)) : -1;
}

/**
 * The order in which pods that are all alike in what they cost are given up: those that do not run, are not ready,
 * became ready late, were restarted often, or are young come first.
 */
export function inDeletionOrder(pods: readonly SharedPod[]): SharedPod[] {
  return pods.toSorted(
    (a, b) =>
      Number(nodeOf(a) !== '') - Number(nodeOf(b) !== '') ||
      phaseOf(a) - phaseOf(b) ||
      Number(isReady(a)) - Number(isReady(b)) ||
      (isReady(a) && isReady(b) ? laterFirst(readySinceMs(a), readySinceMs(b)) : 0) ||
      restartsOf(b) - restartsOf(a) ||
      laterFirst(createdMs(a), createdMs(b)),
  );
}

/** What has no time is latest of all. */
function laterFirst(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  return (b ?? Number.POSITIVE_INFINITY) < (a ?? Number.POSITIVE_INFINITY) ? -1 : 1;
}

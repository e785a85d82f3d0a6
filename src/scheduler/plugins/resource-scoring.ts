import type { Amounts } from '../framework/amounts.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import { MAX_NODE_SCORE } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';

export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

/** A point of a function from utilization (0 to 100) to score (0 to 10). */
export interface UtilizationPoint {
  readonly utilization: number;
  readonly score: number;
}

export type ScoringStrategy =
  | { readonly type: 'LeastAllocated' | 'MostAllocated'; readonly resources: readonly ResourceWeight[] }
  | { readonly type: 'RequestedToCapacityRatio'; readonly resources: readonly ResourceWeight[]; readonly shape: readonly UtilizationPoint[] };

const MAX_SHAPE_SCORE = 10;

/** Cpu and memory count with defaults for containers that ask for none. */
export function scoreResources({ requests }: PodInfo, node: NodeInfo, strategy: ScoringStrategy): number {
  const { allocatable, requested } = node;
  let sum = 0;
  let weights = 0;
  for (const { name, weight } of strategy.resources) {
    const capacity = allocatable.get(name);
    if (capacity === 0) continue;
    let used: number;
    if (name === 'cpu') {
      used = node.nonZeroMilliCpu + requests.nonZeroMilliCpu;
    } else if (name === 'memory') {
      used = node.nonZeroMemory + requests.nonZeroMemory;
    } else {
      const asked = requests.exact.get(name);
      if (asked === 0 && isScalar(name)) continue;
      used = requested.get(name) + asked;
    }
    const score = scoreOf(strategy, used, capacity);
    // A shape may give a resource no say at all.
    if (strategy.type === 'RequestedToCapacityRatio' && score <= 0) continue;
    sum += score * weight;
    weights += weight;
  }
  if (weights === 0) return 0;
  return strategy.type === 'RequestedToCapacityRatio' ? Math.round(sum / weights) : Math.floor(sum / weights);
}

function scoreOf(strategy: ScoringStrategy, used: number, capacity: number): number {
  switch (strategy.type) {
    case 'LeastAllocated':
      return used > capacity ? 0 : Math.floor(((capacity - used) * MAX_NODE_SCORE) / capacity);
    case 'MostAllocated':
      return Math.floor((Math.min(used, capacity) * MAX_NODE_SCORE) / capacity);
    case 'RequestedToCapacityRatio':
      return onShape(strategy.shape, used > capacity ? 100 : Math.floor((used * 100) / capacity));
  }
}

/** Between two points the score lies on the line between them; beyond the last ones it stays. */
function onShape(shape: readonly UtilizationPoint[], utilization: number): number {
  const scale = MAX_NODE_SCORE / MAX_SHAPE_SCORE;
  const after = shape.findIndex((point) => utilization <= point.utilization);
  const next = shape[after < 0 ? shape.length - 1 : after];
  const previous = shape[after - 1];
  if (!next) return 0;
  if (after <= 0 || !previous) return next.score * scale;
  const share = (utilization - previous.utilization) / (next.utilization - previous.utilization);
  return Math.trunc((previous.score + (next.score - previous.score) * share) * scale);
}

/** 50 to 100: the more, the more evenly the node's resources would be used than they are now. */
export function balanceGain(asked: Amounts, { allocatable, requested }: NodeInfo, resources: readonly ResourceWeight[]): number {
  let count = 0;
  let sumBefore = 0;
  let sumAfter = 0;
  let squaresBefore = 0;
  let squaresAfter = 0;
  for (const { name } of resources) {
    const capacity = allocatable.get(name);
    const own = asked.get(name);
    if (capacity === 0 || (own === 0 && isScalar(name))) continue;
    const used = requested.get(name);
    const before = Math.min(1, used / capacity);
    const after = Math.min(1, (used + own) / capacity);
    count++;
    sumBefore += before;
    squaresBefore += before * before;
    sumAfter += after;
    squaresAfter += after * after;
  }
  const half = MAX_NODE_SCORE / 2;
  return half + Math.trunc((half + balance(count, sumAfter, squaresAfter) - balance(count, sumBefore, squaresBefore)) / 2);
}

/** 100 when all shares are the same; their standard deviation takes from it. */
function balance(count: number, sum: number, squares: number): number {
  if (count < 2) return MAX_NODE_SCORE;
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
  return Math.trunc((1 - deviation) * MAX_NODE_SCORE + 1e-9);
}

export function isScalar(name: string): boolean {
  return name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage' && name !== 'pods';
}

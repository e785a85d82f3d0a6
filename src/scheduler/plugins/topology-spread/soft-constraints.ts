import type { NodeInfo } from '../../framework/node-info.ts';
import { MAX_NODE_SCORE } from '../../framework/plugin.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { countOn, hasAllKeys, HOSTNAME, isIncluded, type Constraint } from './constraint.ts';

/** Marks nodes that have no part in the constraints: they score nothing. */
const NO_PART = -1;

interface CountedConstraint {
  readonly constraint: Constraint;
  readonly weight: number;
  /** Pods by domain; empty where each node is one. */
  readonly counts: ReadonlyMap<string, number>;
}

/** What PreScore knows of soft constraints, for one incoming pod. */
export class SoftConstraints {
  readonly #constraints: readonly CountedConstraint[];
  /** Whether a node must have the labels of all constraints to have part. */
  readonly #needsAllKeys: boolean;

  private constructor(parts: readonly CountedConstraint[], needsAllKeys: boolean) {
    this.#constraints = parts;
    this.#needsAllKeys = needsAllKeys;
  }

  /** `candidates`: nodes that passed Filter; pods on the others of `nodes` count as well, in the candidates' domains. */
  static count(pod: PodInfo, constraints: readonly Constraint[], { nodes, candidates, needsAllKeys }: { readonly nodes: readonly NodeInfo[]; readonly candidates: readonly NodeInfo[]; readonly needsAllKeys: boolean }): SoftConstraints {
    const taking = needsAllKeys ? candidates.filter((node) => hasAllKeys(node, constraints)) : candidates;
    const counted = constraints.map((constraint) => ({ constraint, counts: new Map<string, number>() }));
    for (const { labels } of taking) {
      for (const { constraint, counts } of counted) {
        const value = labels[constraint.topologyKey];
        if (value !== undefined && constraint.topologyKey !== HOSTNAME) counts.set(value, 0);
      }
    }
    const shared = counted.filter(({ constraint }) => constraint.topologyKey !== HOSTNAME);
    if (shared.length > 0) {
      for (const node of nodes) {
        if (needsAllKeys && !hasAllKeys(node, constraints)) continue;
        for (const { constraint, counts } of shared) {
          const value = node.labels[constraint.topologyKey];
          const before = value === undefined ? undefined : counts.get(value);
          if (value !== undefined && before !== undefined && isIncluded(constraint, pod, node)) counts.set(value, before + countOn(node, constraint, pod.namespace));
        }
      }
    }
    const parts = counted.map(({ constraint, counts }) => ({
      constraint,
      counts,
      // In a topology of many domains each one's skew counts for more.
      weight: Math.log((constraint.topologyKey === HOSTNAME ? taking.length : counts.size) + 2),
    }));
    return new SoftConstraints(parts, needsAllKeys);
  }

  /** The more, the worse. */
  score(pod: PodInfo, node: NodeInfo): number {
    if (this.#needsAllKeys && this.#constraints.some(({ constraint }) => node.labels[constraint.topologyKey] === undefined)) return NO_PART;
    let score = 0;
    for (const { constraint, weight, counts } of this.#constraints) {
      const value = node.labels[constraint.topologyKey];
      if (value === undefined) continue;
      const count = constraint.topologyKey === HOSTNAME ? countOn(node, constraint, pod.namespace) : (counts.get(value) ?? 0);
      score += count * weight + (constraint.maxSkew - 1);
    }
    return Math.round(score);
  }
}

/** The fewest become the best. */
export function normalizeSkew(scores: Float64Array): void {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const score of scores) {
    if (score === NO_PART) continue;
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (score === NO_PART) scores[i] = 0;
    else scores[i] = most === 0 ? MAX_NODE_SCORE : Math.floor((MAX_NODE_SCORE * (most + least - score)) / most);
  }
}

import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { countOn, hasAllKeys, isIncluded, type Constraint } from './constraint.ts';

/** How many pods stand in each domain of one constraint. */
class Domains {
  readonly constraint: Constraint;
  readonly #counts: Map<string, number>;
  /** Recomputed when it is asked for after a change. */
  #least: number | undefined;

  constructor(constraint: Constraint, counts = new Map<string, number>()) {
    this.constraint = constraint;
    this.#counts = counts;
  }

  add(value: string, amount: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + amount);
    this.#least = undefined;
  }

  at(value: string): number {
    return this.#counts.get(value) ?? 0;
  }

  /** With fewer domains than wanted the emptiest is one that there is not. */
  get least(): number {
    if (this.#counts.size < this.constraint.minDomains) return 0;
    this.#least ??= this.#counts.values().reduce((least, count) => Math.min(least, count), Number.POSITIVE_INFINITY);
    return this.#least === Number.POSITIVE_INFINITY ? 0 : this.#least;
  }

  clone(): Domains {
    return new Domains(this.constraint, new Map(this.#counts));
  }
}

/** What PreFilter knows of hard constraints, for one incoming pod. */
export class DomainCounts {
  readonly domains: readonly Domains[];

  private constructor(domains: readonly Domains[]) {
    this.domains = domains;
  }

  static count(pod: PodInfo, nodes: readonly NodeInfo[], constraints: readonly Constraint[]): DomainCounts {
    const domains = constraints.map((constraint) => new Domains(constraint));
    for (const node of nodes) {
      if (!hasAllKeys(node, constraints)) continue;
      for (const domain of domains) {
        const { constraint } = domain;
        if (isIncluded(constraint, pod, node)) domain.add(node.labels[constraint.topologyKey] ?? '', countOn(node, constraint, pod.namespace));
      }
    }
    return new DomainCounts(domains);
  }

  /** As if `other` came to the node (1) or left it (-1). */
  change(pod: PodInfo, { other, node, by }: { readonly other: PodInfo; readonly node: NodeInfo; readonly by: 1 | -1 }): void {
    const constraints = this.domains.map(({ constraint }) => constraint);
    if (other.namespace !== pod.namespace || !hasAllKeys(node, constraints)) return;
    for (const domain of this.domains) {
      const { constraint } = domain;
      if (constraint.selector.matches(other.pod.metadata.labels) && isIncluded(constraint, pod, node)) domain.add(node.labels[constraint.topologyKey] ?? '', by);
    }
  }

  clone(): DomainCounts {
    return new DomainCounts(this.domains.map((domain) => domain.clone()));
  }
}

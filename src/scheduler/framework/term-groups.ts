import type { AffinityTerm, AffinityTerms } from './affinity-terms.ts';

export type TermKind = keyof AffinityTerms;

/** Terms of several pods on one node that mean the same. */
export interface TermGroup {
  readonly kind: TermKind;
  readonly term: AffinityTerm;
  /** How many pods have it. */
  count: number;
}

/**
 * The affinity terms of the pods on a node, each kept once with its count: pods of one workload have the same ones, and
 * whoever asks what they mean asks once.
 */
export class TermGroups {
  readonly #groups = new Map<string, TermGroup>();

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  values(): IterableIterator<TermGroup> {
    return this.#groups.values();
  }

  change(kind: TermKind, terms: readonly AffinityTerm[], by: 1 | -1): void {
    for (const term of terms) {
      const key = `${kind}\n${term.weight}\n${term.key}`;
      const group = this.#groups.get(key);
      if (!group) this.#groups.set(key, { kind, term, count: by });
      else if (group.count + by === 0) this.#groups.delete(key);
      else group.count += by;
    }
  }

  clone(): TermGroups {
    const copy = new TermGroups();
    for (const [key, group] of this.#groups) copy.#groups.set(key, { ...group });
    return copy;
  }
}

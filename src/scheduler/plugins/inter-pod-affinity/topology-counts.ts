import type { NodeInfo } from '../../framework/node-info.ts';

/** A number for each value of each topology key; what comes to zero is not kept. */
export class TopologyCounts {
  readonly #byKey = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Nodes without the label have no part in the topology. */
  add(topologyKey: string, { labels }: NodeInfo, amount: number): void {
    const value = labels[topologyKey];
    if (value === undefined || amount === 0) return;
    let counts = this.#byKey.get(topologyKey);
    if (!counts) {
      counts = new Map();
      this.#byKey.set(topologyKey, counts);
    }
    const sum = (counts.get(value) ?? 0) + amount;
    if (sum !== 0) {
      counts.set(value, sum);
      return;
    }
    counts.delete(value);
    if (counts.size === 0) this.#byKey.delete(topologyKey);
  }

  get(topologyKey: string, value: string): number {
    return this.#byKey.get(topologyKey)?.get(value) ?? 0;
  }

  /** The sum over all keys of what stands there for the node. */
  sumAt({ labels }: NodeInfo): number {
    let sum = 0;
    for (const [key, counts] of this.#byKey) {
      const value = labels[key];
      if (value !== undefined) sum += counts.get(value) ?? 0;
    }
    return sum;
  }

  /** Whether some key has a positive number for the node. */
  hasAt({ labels }: NodeInfo): boolean {
    for (const [key, counts] of this.#byKey) {
      const value = labels[key];
      if (value !== undefined && (counts.get(value) ?? 0) > 0) return true;
    }
    return false;
  }

  clone(): TopologyCounts {
    const copy = new TopologyCounts();
    for (const [key, counts] of this.#byKey) copy.#byKey.set(key, new Map(counts));
    return copy;
  }
}

import type { Amounts } from './pod-admission.ts';

/** What the pods of each node take of it. */
export class NodeLedger {
  readonly #used = new Map<string, Map<string, number>>();
  readonly #entries = new Map<string, { readonly node: string; readonly amounts: Amounts }>();

  usedOf(node: string): Amounts {
    return this.#used.get(node) ?? new Map();
  }

  /** A pod is entered once, whatever is said of it later. */
  enter(uid: string, node: string, amounts: Amounts): void {
    if (this.#entries.has(uid)) return;
    this.#entries.set(uid, { node, amounts });
    this.#add(node, amounts, 1);
  }

  release(uid: string): void {
    const entry = this.#entries.get(uid);
    if (!entry) return;
    this.#entries.delete(uid);
    this.#add(entry.node, entry.amounts, -1);
  }

  #add(node: string, amounts: Amounts, sign: 1 | -1): void {
    const used = this.#used.get(node) ?? new Map<string, number>();
    for (const [name, amount] of amounts) {
      const left = (used.get(name) ?? 0) + sign * amount;
      if (left === 0) used.delete(name);
      else used.set(name, left);
    }
    if (used.size === 0) this.#used.delete(node);
    else this.#used.set(node, used);
  }
}

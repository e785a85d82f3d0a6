import type { Amounts } from './pod-admission.ts';

/** What the pods of each node take of it. */
export class NodeLedger {
  readonly #used = new Map<string, Map<string, number>>();
  readonly #entries = new Map<string, { readonly node: string; readonly amounts: Amounts }>();
  /** By node and pod: ports of the node itself. */
  readonly #ports = new Map<string, Map<string, readonly string[]>>();

  usedOf(node: string): Amounts {
    return this.#used.get(node) ?? new Map();
  }

  portsOf(node: string): string[] {
    return [...(this.#ports.get(node)?.values() ?? [])].flat();
  }

  /** A pod is entered once, whatever is said of it later. */
  enter(uid: string, node: string, { amounts, ports }: { readonly amounts: Amounts; readonly ports: readonly string[] }): void {
    if (this.#entries.has(uid)) return;
    if (ports.length > 0) this.#ports.set(node, (this.#ports.get(node) ?? new Map<string, readonly string[]>()).set(uid, ports));
    this.#entries.set(uid, { node, amounts });
    this.#add(node, amounts, 1);
  }

  release(uid: string): void {
    const entry = this.#entries.get(uid);
    if (!entry) return;
    this.#entries.delete(uid);
    this.#add(entry.node, entry.amounts, -1);
    const ports = this.#ports.get(entry.node);
    if (ports?.delete(uid) === true && ports.size === 0) this.#ports.delete(entry.node);
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

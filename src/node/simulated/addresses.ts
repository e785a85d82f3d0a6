import { addressAt, parseRange, type AddressRange } from '../../api/placement/address-range.ts';

/** Who has which addresses. None is had twice at a time, and one that is given back is not given out at once again. */
export class Addresses {
  readonly #byOwner = new Map<string, readonly string[]>();
  readonly #taken = new Map<string, string>();
  /** By range: where to look next. */
  readonly #next = new Map<string, number>();

  of(owner: string): readonly string[] {
    return this.#byOwner.get(owner) ?? [];
  }

  /** It has these already. */
  claim(owner: string, ips: readonly string[]): void {
    if (this.#byOwner.has(owner) || ips.length === 0) return;
    this.#byOwner.set(owner, ips);
    for (const ip of ips) if (!this.#taken.has(ip)) this.#taken.set(ip, owner);
  }

  /** Its addresses, one of each range; undefined when one of them has none left. */
  assign(owner: string, ranges: readonly string[]): readonly string[] | undefined {
    const known = this.#byOwner.get(owner);
    if (known) return known;
    const ips: string[] = [];
    for (const range of ranges) {
      const ip = this.#find(range);
      if (ip === undefined) return undefined;
      ips.push(ip);
    }
    this.claim(owner, ips);
    return ips;
  }

  release(owner: string): void {
    for (const ip of this.#byOwner.get(owner) ?? []) if (this.#taken.get(ip) === owner) this.#taken.delete(ip);
    this.#byOwner.delete(owner);
  }

  #find(text: string): string | undefined {
    const range = parseRange(text);
    if (!range) return undefined;
    const { first, count } = usable(range);
    const start = this.#next.get(text) ?? 0;
    for (let tries = 0; tries < count; tries++) {
      const at = (start + tries) % count;
      const ip = addressAt(range, BigInt(first + at));
      if (this.#taken.has(ip)) continue;
      this.#next.set(text, (at + 1) % count);
      return ip;
    }
    return undefined;
  }
}

/** Without the address of the range itself, that of the node's bridge, and in IPv4 that of all at once. */
function usable({ family, size }: AddressRange): { first: number; count: number } {
  const most = Number(size < 65_536n ? size : 65_536n);
  return { first: 2, count: Math.max(0, most - (family === 'IPv4' ? 3 : 2)) };
}

import { addressAt, formatRange, overlaps, parseRange, type AddressRange } from '../../api/placement/address-range.ts';

/** As many parts of one range as are remembered; an IPv6 range has more than nodes will ever be. */
const MAX_PARTS = 1 << 16;

/** Parts of one size of one range of addresses, none given out twice at a time, and none that was given back at once again. */
export class RangeAllocator {
  readonly #range: AddressRange;
  readonly #partPrefix: number;
  readonly #partSize: bigint;
  readonly #count: number;
  readonly #taken = new Set<number>();
  #next = 0;

  /** Throws RangeError for what is no range, and for parts that are larger than it. */
  constructor(range: string, partPrefix: number) {
    const parsed = parseRange(range);
    if (!parsed) throw new RangeError(`invalid CIDR address: ${range}`);
    const bits = parsed.family === 'IPv4' ? 32 : 128;
    if (partPrefix < parsed.prefixLength || partPrefix > bits) throw new RangeError(`node CIDR mask size ${partPrefix} does not fit ${range}`);
    this.#range = parsed;
    this.#partPrefix = partPrefix;
    this.#partSize = 1n << BigInt(bits - partPrefix);
    this.#count = Number(parsed.size / this.#partSize < BigInt(MAX_PARTS) ? parsed.size / this.#partSize : BigInt(MAX_PARTS));
  }

  /** The next part; undefined when none is left. */
  allocate(): string | undefined {
    for (let tries = 0; tries < this.#count; tries++) {
      const index = (this.#next + tries) % this.#count;
      if (this.#taken.has(index)) continue;
      this.#taken.add(index);
      this.#next = (index + 1) % this.#count;
      return formatRange({ family: this.#range.family, prefixLength: this.#partPrefix, base: this.#range.base + BigInt(index) * this.#partSize, size: this.#partSize });
    }
    return undefined;
  }

  /** Somebody has these addresses; those of other ranges are nothing to this one. */
  occupy(range: string): void {
    for (const index of this.#indexesOf(range)) this.#taken.add(index);
  }

  release(range: string): void {
    for (const index of this.#indexesOf(range)) this.#taken.delete(index);
  }

  #indexesOf(text: string): number[] {
    const other = parseRange(text);
    if (!other || !overlaps(this.#range, other)) return [];
    const first = other.base > this.#range.base ? other.base - this.#range.base : 0n;
    const last = other.base + other.size - 1n - this.#range.base;
    const from = Number(first / this.#partSize);
    const to = Math.min(this.#count - 1, Number(last / this.#partSize));
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  }

  /** For messages. */
  toString(): string {
    return `${addressAt(this.#range, 0n)}/${this.#range.prefixLength}`;
  }
}

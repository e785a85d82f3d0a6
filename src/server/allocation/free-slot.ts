/** Numbered places of which each is held by at most one: addresses, ports. */
export interface SlotRange {
  readonly first: bigint;
  readonly last: bigint;
  /** Whoever does not care gets a slot from here on; those before it come last. */
  readonly preferredFrom: bigint;
}

export interface TakenSlots {
  has(slot: bigint): Promise<boolean>;
  /** All of them, also outside the range; asked only when the range is so full that trying finds nothing. */
  all(): Promise<ReadonlySet<bigint>>;
}

/** With half of a range taken, one choice in 65,536 goes on to look at all of it. */
const PROBES = 16;
const PRECISION = 53n;

/**
 * A free slot, at random, or undefined when the range is full. Costs a look or two however many are taken, as long as
 * there is room. The choice binds nobody: the write that takes the slot must find it free still.
 */
export async function chooseFreeSlot(range: SlotRange, taken: TakenSlots, random: () => number): Promise<bigint | undefined> {
  const { first, last } = range;
  if (last < first) return undefined;
  const preferred = range.preferredFrom > last ? first : range.preferredFrom;
  for (let probe = 0; probe < PROBES; probe++) {
    const slot = randomBetween(preferred, last, random);
    if (!(await taken.has(slot))) return slot;
  }
  const all = await taken.all();
  return firstFree(randomBetween(preferred, last, random), last, all) ?? firstFree(preferred, last, all) ?? firstFree(first, preferred - 1n, all);
}

function randomBetween(from: bigint, to: bigint, random: () => number): bigint {
  const fraction = BigInt(Math.floor(random() * 2 ** Number(PRECISION)));
  return from + ((fraction * (to - from + 1n)) >> PRECISION);
}

/** Looks at no more slots than are taken, and one. */
function firstFree(from: bigint, to: bigint, taken: ReadonlySet<bigint>): bigint | undefined {
  for (let slot = from; slot <= to; slot++) if (!taken.has(slot)) return slot;
  return undefined;
}

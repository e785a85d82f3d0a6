import type { KeyRange, ListResult } from '../store.ts';
import type { HeldSnapshot } from './environment.ts';
import { Reader } from './reader.ts';

/** A few milliseconds' worth. */
export const entriesPerTurn = 1000;

/**
 * Goes on with a list whose first entries were not all of it, out of the same snapshot, turn by turn: other work goes on
 * in between. Releases the snapshot. `cancelled` is asked every turn and throws to end it.
 */
export async function readOn(first: ListResult, range: KeyRange, limit: number, reading: { readonly snapshot: HeldSnapshot; readonly cancelled: () => void }): Promise<ListResult> {
  const { snapshot, cancelled } = reading;
  const reader = new Reader(snapshot);
  const entries = [...first.entries];
  try {
    for (let more: boolean = first.more; more && entries.length < limit; ) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      cancelled();
      const rest = { start: `${entries.at(-1)!.key}\0`, end: range.end };
      const page = reader.page(rest, Math.min(entriesPerTurn, limit - entries.length));
      for (const entry of page.entries) entries.push(entry);
      more = page.more;
      if (more && entries.length >= limit) return { entries, more, count: reader.count(range), revision: first.revision };
    }
    return { entries, more: false, count: entries.length, revision: first.revision };
  } finally {
    snapshot.release();
  }
}

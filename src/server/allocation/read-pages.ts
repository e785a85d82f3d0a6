import type { Entry, KeyRange, Store } from '../../store/store.ts';

const PAGE = 1000;

/** All entries of a range, a page at a time, each page as new as its own reading. */
export async function* readPages(store: Store, range: KeyRange): AsyncGenerator<Entry> {
  let { start } = range;
  for (;;) {
    const { entries, more } = await store.list({ start, end: range.end }, { limit: PAGE });
    yield* entries;
    const last = entries.at(-1);
    if (!more || last === undefined) return;
    start = `${last.key}\0`;
  }
}

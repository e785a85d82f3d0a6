import { compareKeys, compareSortKeys, sortKey } from '../key-order.ts';
import type { Entry, KeyRange, ListResult, StoreEvent } from '../store.ts';
import type { HistoryChunk } from '../watch-hub.ts';
import type { DatabaseRange, Snapshot } from './environment.ts';
import { decodeKeyPointer, decodeRecord, entryOf, keyKey, keyOf, pointerOf, recordKey } from './records.ts';
import type { KeyPointer, Located, Pointer, Record } from './records.ts';

/** A part of the history ends here too, so that large values do not fill the memory. */
const historyBytes = 16 * 1024 * 1024;

/** Reads entries, older states and the history out of a snapshot of the database. Nothing is cached here. */
export class Reader {
  readonly #snapshot: Snapshot;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** The key's entry in the snapshot. */
  newest(key: string): Located | undefined {
    const pointer = this.#snapshot.get(keyKey(key));
    return pointer && this.#entryAt(decodeKeyPointer(pointer));
  }

  /** The key's entry as it was at `revision`; `current` is the snapshot's own revision. */
  at(key: string, revision: number, current: number): Entry | undefined {
    const pointer = this.#snapshot.get(keyKey(key));
    let record = pointer && this.#record(decodeKeyPointer(pointer));
    while (record && record.pointer.revision > revision && record.previous) record = this.#record(record.previous);
    if (record && record.pointer.revision <= revision) return entryOf(record).entry;
    // The key is absent, or was created after the revision: only the history tells whether it lived before.
    const before = this.#changedSince(revision, current, (candidate) => candidate === key).get(key);
    return before && this.#entryAt(before).entry;
  }

  /** The entries of a range from its start on, and whether the limit left any out. */
  page(range: KeyRange, limit: number): { readonly entries: Entry[]; readonly more: boolean } {
    const entries: Entry[] = [];
    if (compareKeys(range.start, range.end) >= 0) return { entries, more: false };
    for (const { value } of this.#snapshot.range({ ...keysIn(range), ...(limit < Infinity && { limit: limit + 1 }) })) {
      if (entries.length >= limit) return { entries, more: true };
      entries.push(this.#entryAt(decodeKeyPointer(value)).entry);
    }
    return { entries, more: false };
  }

  /** How many keys a range holds; walks them all, natively. */
  count(range: KeyRange): number {
    return this.#snapshot.count(keysIn(range));
  }

  /** The list as it was at `revision`: the present one, with what changed since put back. */
  listAt(range: KeyRange, limit: number, revision: number, current: number): ListResult {
    if (compareKeys(range.start, range.end) >= 0) return { entries: [], more: false, count: 0, revision };
    const databaseRange = keysIn(range);
    const changed = this.#changedSince(revision, current, (key) => compareKeys(key, range.start) >= 0 && compareKeys(key, range.end) < 0);
    const pointers = mergeInOrder(this.#unchanged(databaseRange, changed), putBack(changed));
    const entries: Entry[] = [];
    let more = false;
    for (const pointer of pointers) {
      more = entries.length >= limit;
      if (more) break;
      entries.push(this.#entryAt(pointer).entry);
    }
    return { entries, more, count: more ? this.#countAt(databaseRange, changed) : entries.length, revision };
  }

  #countAt(range: DatabaseRange, changed: ReadonlyMap<string, Pointer | undefined>): number {
    let count = this.#snapshot.count(range);
    for (const [key, before] of changed) count += (before ? 1 : 0) - (this.#snapshot.get(keyKey(key)) ? 1 : 0);
    return count;
  }

  /** See WatchSource.readHistory. */
  history(range: KeyRange, fromRevision: number, throughRevision: number, limit: number): HistoryChunk {
    const events: StoreEvent[] = [];
    let read = 0;
    let bytes = 0;
    let last = fromRevision;
    for (const record of this.records(fromRevision, throughRevision)) {
      const { revision } = record.pointer;
      if (revision > last && (read >= limit || bytes >= historyBytes)) return { events, throughRevision: last };
      last = revision;
      read++;
      bytes += record.value.length + record.previousLength;
      if (compareKeys(record.key, range.start) >= 0 && compareKeys(record.key, range.end) < 0) events.push(this.#event(record));
    }
    return { events, throughRevision: Math.max(fromRevision, throughRevision) };
  }

  /** The records of the revisions from one to another, both included. */
  *records(fromRevision: number, throughRevision: number): Iterable<Record> {
    const range = { start: recordKey(fromRevision, 0), end: recordKey(throughRevision + 1, 0) };
    for (const { key, value } of this.#snapshot.range(range)) yield decodeRecord(pointerOf(key), value);
  }

  #event(record: Record): StoreEvent {
    const previous = record.previous && this.#entryAt(record.previous).entry;
    return {
      type: record.type,
      key: record.key,
      revision: record.pointer.revision,
      ...(record.type === 'put' && { entry: entryOf(record).entry }),
      ...(previous && { previous }),
    };
  }

  /** For each key that changed after `revision`, where its entry was then: undefined when it had none. */
  #changedSince(revision: number, current: number, wanted: (key: string) => boolean): Map<string, Pointer | undefined> {
    const changed = new Map<string, Pointer | undefined>();
    for (const record of this.records(revision + 1, current)) {
      if (!changed.has(record.key) && wanted(record.key)) changed.set(record.key, record.previous);
    }
    return changed;
  }

  *#unchanged(range: DatabaseRange, changed: ReadonlyMap<string, unknown>): Iterable<Placed> {
    for (const { key: databaseKey, value } of this.#snapshot.range(range)) {
      const key = keyOf(databaseKey);
      if (!changed.has(key)) yield { order: sortKey(key), pointer: decodeKeyPointer(value) };
    }
  }

  #entryAt(pointer: Pointer | KeyPointer): Located {
    return entryOf(this.#record(pointer));
  }

  #record(pointer: Pointer): Record {
    const bytes = this.#snapshot.get(recordKey(pointer.revision, pointer.index));
    if (!bytes) throw new Error(`the store is damaged: record ${pointer.revision}/${pointer.index} is missing`);
    return decodeRecord(pointer, bytes);
  }
}

interface Placed {
  readonly order: string;
  readonly pointer: Pointer;
}

function keysIn(range: KeyRange): DatabaseRange {
  return { start: keyKey(range.start), end: keyKey(range.end) };
}

function putBack(changed: ReadonlyMap<string, Pointer | undefined>): Placed[] {
  const placed: Placed[] = [];
  for (const [key, pointer] of changed) if (pointer) placed.push({ order: sortKey(key), pointer });
  return placed.sort((a, b) => compareSortKeys(a.order, b.order));
}

function* mergeInOrder(unchanged: Iterable<Placed>, others: readonly Placed[]): Iterable<Pointer> {
  let next = 0;
  for (const item of unchanged) {
    for (let other = others[next]; other && other.order < item.order; other = others[++next]) yield other.pointer;
    yield item.pointer;
  }
  for (let other = others[next]; other; other = others[++next]) yield other.pointer;
}

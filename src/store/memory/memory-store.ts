import { BTree } from '../../machinery/b-tree.ts';
import type { Clock, Timer } from '../../machinery/clock.ts';
import { ClosedError, CompactedError, FutureRevisionError } from '../errors.ts';
import { ExpiryQueue } from '../expiry-queue.ts';
import type { HistoryPolicy } from '../history-policy.ts';
import { compareSortKeys, sortKey } from '../key-order.ts';
import type { SortKey } from '../key-order.ts';
import type {
  CommitResult, Entry, KeyRange, ListOptions, ListResult, Operation, ReadOptions, Store, StoreEvent, Transaction, Watch, WatchListener, WatchOptions,
} from '../store.ts';
import { checkKey, checkTransaction, maxOperations } from '../transaction-limits.ts';
import { WatchHub } from '../watch-hub.ts';
import type { HistoryChunk } from '../watch-hub.ts';
import { countRange } from './count-range.ts';
import { RevisionLog } from './revision-log.ts';
import { Snapshots } from './snapshots.ts';
import type { EntryTree } from './snapshots.ts';

export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** Default: the last 10,000 revisions, and at most 256 MiB of replaced values. */
  readonly history?: HistoryPolicy;
}

const defaultHistory: HistoryPolicy = { maxRevisions: 10_000, maxBytes: 256 * 1024 * 1024 };
const bytesPerEntry = 200;

/**
 * The store of tests and of clusters that live as long as their process. A commit is final at once: watchers hear of it
 * before `commit` returns its promise. An empty store stands at revision 1, as etcd does.
 */
export class MemoryStore implements Store {
  readonly local = true;
  readonly #clock: Clock;
  readonly #history: HistoryPolicy;
  readonly #tree: EntryTree;
  readonly #log: RevisionLog;
  readonly #snapshots: Snapshots;
  readonly #expiries: ExpiryQueue;
  readonly #hub: WatchHub;
  #revision: number;
  #compacted: number;
  #liveBytes: number;
  #timer: { readonly dueMs: number; readonly handle: Timer } | undefined;
  #closed = false;

  constructor(options: MemoryStoreOptions, from?: MemoryStore) {
    this.#clock = options.clock;
    this.#history = options.history ?? (from ? from.#history : defaultHistory);
    this.#tree = from ? from.#tree.clone() : new BTree<SortKey, Entry>(undefined, compareSortKeys);
    this.#log = from ? from.#log.clone() : new RevisionLog();
    this.#snapshots = from ? from.#snapshots.clone() : new Snapshots();
    this.#expiries = from ? from.#expiries.clone() : new ExpiryQueue();
    this.#revision = from ? from.#revision : 1;
    this.#compacted = from ? from.#compacted : 0;
    this.#liveBytes = from ? from.#liveBytes : 0;
    this.#hub = new WatchHub({
      durableRevision: () => this.#revision,
      compacted: () => this.#compacted,
      readHistory: (range, fromRevision, limit) => this.#readHistory(range, fromRevision, limit),
    });
    this.#armTimer();
  }

  /**
   * An independent store that begins with all this one holds: entries, history and revision, but no watches. Costs
   * nothing per entry; from then on each side copies only what it changes.
   */
  fork(options: { readonly clock?: Clock } = {}): MemoryStore {
    if (this.#closed) throw new ClosedError();
    return new MemoryStore({ clock: options.clock ?? this.#clock }, this);
  }

  async currentRevision(): Promise<number> {
    this.#checkOpen();
    return this.#revision;
  }

  async get(key: string, options?: ReadOptions): Promise<Entry | undefined> {
    this.#checkOpen();
    checkKey(key);
    const entry = this.#tree.get(sortKey(key));
    const revision = options?.revision;
    if (revision === undefined) return entry;
    this.#checkRevision(revision);
    if (entry && entry.modRevision <= revision) return entry;
    return this.#treeAt(revision).get(sortKey(key));
  }

  async getForUpdate(key: string): Promise<Entry | undefined> {
    this.#checkOpen();
    checkKey(key);
    return this.#tree.get(sortKey(key));
  }

  async list(range: KeyRange, options: ListOptions = {}): Promise<ListResult> {
    this.#checkOpen();
    const revision = options.revision ?? this.#revision;
    this.#checkRevision(revision);
    const tree = this.#treeAt(revision);
    const start = sortKey(range.start);
    const end = sortKey(range.end);
    if (start >= end) return { entries: [], more: false, count: 0, revision };
    const { entries, more } = options.limit === undefined ? readAll(tree, start, end) : readUpTo(tree, start, end, options.limit);
    return { entries, more, count: more ? countRange(tree, start, end) : entries.length, revision };
  }

  async commit(transaction: Transaction): Promise<CommitResult> {
    this.#checkOpen();
    checkTransaction(transaction);
    let failed: Map<string, Entry | undefined> | undefined;
    for (const compare of transaction.compares) {
      const entry = this.#tree.get(sortKey(compare.key));
      if ((entry?.modRevision ?? 0) !== compare.modRevision) (failed ??= new Map()).set(compare.key, entry);
    }
    if (failed) return { ok: false, current: failed };
    return { ok: true, revision: this.#apply(transaction.operations) };
  }

  watch(range: KeyRange, listener: WatchListener, options?: WatchOptions): Watch {
    return this.#hub.watch(range, listener, options);
  }

  async compact(revision: number): Promise<void> {
    this.#checkOpen();
    if (revision > this.#revision) throw new FutureRevisionError(revision, this.#revision);
    if (revision <= this.#compacted) return;
    this.#log.dropThrough(revision);
    this.#forgetBelow(revision);
  }

  async compactedRevision(): Promise<number> {
    this.#checkOpen();
    return this.#compacted;
  }

  async size(): Promise<number> {
    this.#checkOpen();
    return this.#liveBytes + this.#log.replacedBytes + bytesPerEntry * (this.#tree.size + this.#log.length);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.handle.cancel();
    this.#hub.close();
  }

  /** Takes one revision if anything changes, and tells the watchers. */
  #apply(operations: readonly Operation[]): number {
    const revision = this.#revision + 1;
    const nowMs = this.#clock.now();
    const events: StoreEvent[] = [];
    let replacedBytes = 0;
    for (const operation of operations) {
      const event = operation.type === 'put' ? this.#put(operation, revision, nowMs) : this.#delete(operation.key, revision);
      if (!event) continue;
      events.push(event);
      replacedBytes += event.previous?.value.length ?? 0;
    }
    if (events.length === 0) return this.#revision;
    this.#revision = revision;
    this.#liveBytes -= replacedBytes;
    this.#log.append({ revision, events, timeMs: nowMs, replacedBytes });
    const dropped = this.#log.trim(this.#history, nowMs);
    if (dropped !== undefined) this.#forgetBelow(dropped);
    this.#snapshots.afterCommit(revision, this.#tree);
    this.#hub.publish(events, revision);
    return revision;
  }

  #put(operation: Operation & { type: 'put' }, revision: number, nowMs: number): StoreEvent {
    const { key, value } = operation;
    const treeKey = sortKey(key);
    const previous = this.#tree.get(treeKey);
    const entry: Entry = { key, value, createRevision: previous?.createRevision ?? revision, modRevision: revision };
    this.#tree.set(treeKey, entry);
    this.#liveBytes += value.length;
    if (operation.ttlSeconds !== undefined) {
      this.#expiries.set(key, nowMs + operation.ttlSeconds * 1000);
      this.#armTimer();
    } else if (!this.#expiries.isEmpty) {
      this.#expiries.delete(key);
    }
    return previous ? { type: 'put', key, revision, entry, previous } : { type: 'put', key, revision, entry };
  }

  #delete(key: string, revision: number): StoreEvent | undefined {
    const treeKey = sortKey(key);
    const previous = this.#tree.get(treeKey);
    if (!previous) return undefined;
    this.#tree.delete(treeKey);
    if (!this.#expiries.isEmpty) this.#expiries.delete(key);
    return { type: 'delete', key, revision, previous };
  }

  /** One timer stands for the earliest key; it is only replaced by an earlier one. */
  #armTimer(): void {
    const dueMs = this.#expiries.nextDueMs;
    if (dueMs === undefined || this.#closed || (this.#timer && this.#timer.dueMs <= dueMs)) return;
    this.#timer?.handle.cancel();
    const handle = this.#clock.setTimer(Math.max(0, dueMs - this.#clock.now()), () => {
      this.#timer = undefined;
      this.#expire();
    });
    this.#timer = { dueMs, handle };
  }

  #expire(): void {
    const keys = this.#expiries.due(this.#clock.now(), maxOperations);
    if (keys.length > 0) this.#apply(keys.map((key) => ({ type: 'delete', key })));
    this.#armTimer();
  }

  #treeAt(revision: number): EntryTree {
    if (revision === this.#revision) return this.#tree;
    return this.#snapshots.at(revision, { revision: this.#revision, tree: this.#tree }, this.#log);
  }

  #readHistory(range: KeyRange, fromRevision: number, limit: number): HistoryChunk {
    const start = sortKey(range.start);
    const end = sortKey(range.end);
    const events: StoreEvent[] = [];
    let revision = fromRevision;
    for (let seen = 0; revision <= this.#revision && seen < limit; revision++) {
      const logged = this.#log.get(revision);
      if (!logged) continue;
      seen += logged.events.length;
      for (const event of logged.events) {
        const key = sortKey(event.key);
        if (key >= start && key < end) events.push(event);
      }
    }
    return { events, throughRevision: Math.max(fromRevision, revision - 1) };
  }

  #forgetBelow(revision: number): void {
    this.#compacted = revision;
    this.#snapshots.dropBelow(revision);
  }

  #checkOpen(): void {
    if (this.#closed) throw new ClosedError();
  }

  #checkRevision(revision: number): void {
    if (revision > this.#revision) throw new FutureRevisionError(revision, this.#revision);
    if (revision < this.#compacted) throw new CompactedError(this.#compacted);
  }
}

interface EntriesRead {
  readonly entries: Entry[];
  readonly more: boolean;
}

function readAll(tree: EntryTree, start: SortKey, end: SortKey): EntriesRead {
  const entries: Entry[] = [];
  tree.forRange(start, end, false, (_key, entry) => {
    entries.push(entry);
  });
  return { entries, more: false };
}

function readUpTo(tree: EntryTree, start: SortKey, end: SortKey, limit: number): EntriesRead {
  const entries: Entry[] = [];
  for (const [key, entry] of tree.entries(start, [])) {
    if (key >= end) break;
    if (entries.length >= limit) return { entries, more: true };
    entries.push(entry);
  }
  return { entries, more: false };
}

import type { Clock, Timer } from '../../machinery/clock.ts';
import { ClosedError, CompactedError, FutureRevisionError, ReadOnlyError } from '../errors.ts';
import { ExpiryQueue } from '../expiry-queue.ts';
import type { HistoryPolicy } from '../history-policy.ts';
import type {
  CommitResult, Entry, KeyRange, ListOptions, ListResult, Operation, ReadOptions, Store, StoreEvent, Transaction, Watch, WatchListener, WatchOptions,
} from '../store.ts';
import { checkKey, checkTransaction, maxOperations } from '../transaction-limits.ts';
import { WatchHub } from '../watch-hub.ts';
import { Batch } from './batch.ts';
import type { Proposed } from './batch.ts';
import { computeSweep, sweepDue } from './compaction.ts';
import type { Sweep } from './compaction.ts';
import type { Environment } from './environment.ts';
import { entriesPerTurn, readOn } from './long-list.ts';
import { Reader } from './reader.ts';
import { RecentEntries } from './recent-entries.ts';
import { decodeNumber, encodeState, expiryRange, keyOf, stateKey } from './records.ts';
import type { Located, StoreState } from './records.ts';
import { RevisionAges } from './revision-ages.ts';

export interface ResolvedLmdbStoreOptions {
  /** Owned by the store from now on. */
  readonly environment: Environment;
  /** As it is on disk. */
  readonly state: StoreState;
  readonly clock: Clock;
  readonly history?: HistoryPolicy;
  /** Called last when the store is closed. */
  readonly release: () => void;
}

const defaultHistory: HistoryPolicy = { maxRevisions: 100_000, maxBytes: 512 * 1024 * 1024 };
const recentBytes = 16 * 1024 * 1024;
/** A batch is closed at these bounds; what comes meanwhile goes into the next ones. */
const batchOperations = 8_192;
const batchBytes = 64 * 1024 * 1024;

/**
 * The durable store of one process. A commit is decided at once, against the durable state with all that is proposed
 * laid over it, and joins a batch; one batch at a time is written and synced while the next one gathers. When a batch is
 * on disk the store takes note of it: readers see it, then watchers hear of it, then its commits are acknowledged.
 *
 * A batch that cannot be made durable takes with it all that was proposed after it, and the store takes no more writes.
 */
export class LmdbStore implements Store {
  readonly local = true;
  readonly #environment: Environment;
  readonly #reader: Reader;
  readonly #clock: Clock;
  readonly #history: HistoryPolicy;
  readonly #release: () => void;
  readonly #hub: WatchHub;
  readonly #expiries = new ExpiryQueue();
  readonly #recent = new RecentEntries(recentBytes);
  readonly #ages: RevisionAges;
  /** What is on disk and known to all. */
  #durable: StoreState;
  /** The newest revision given out. */
  #revision: number;
  /** Keys whose proposed state is not durable yet. */
  readonly #proposed = new Map<string, Proposed>();
  /** Closed batches wait here in order; the last one is open for more. */
  readonly #waiting: Batch[] = [];
  #writing: Batch | undefined;
  #scheduled = false;
  #failure: ReadOnlyError | undefined;
  #timer: { readonly dueMs: number; readonly handle: Timer } | undefined;
  #closing: Promise<void> | undefined;
  /** Reads over several turns, which hold a snapshot. */
  readonly #longReads = new Set<Promise<unknown>>();

  constructor(options: ResolvedLmdbStoreOptions) {
    this.#environment = options.environment;
    this.#reader = new Reader(options.environment);
    this.#clock = options.clock;
    this.#history = options.history ?? defaultHistory;
    this.#release = options.release;
    this.#durable = options.state;
    this.#revision = options.state.revision;
    this.#ages = new RevisionAges(this.#history.maxAgeMs);
    this.#ages.mark(this.#clock.now(), this.#revision);
    this.#hub = new WatchHub({
      durableRevision: () => this.#durable.revision,
      compacted: () => this.#durable.compacted,
      readHistory: (range, fromRevision, limit) => this.#reader.history(range, fromRevision, this.#durable.revision, limit),
    });
    for (const { key, value } of this.#environment.range(expiryRange)) this.#expiries.set(keyOf(key), decodeNumber(value));
    this.#armTimer();
  }

  async currentRevision(): Promise<number> {
    this.#checkOpen();
    return this.#durable.revision;
  }

  async get(key: string, options?: ReadOptions): Promise<Entry | undefined> {
    this.#checkOpen();
    checkKey(key);
    const revision = options?.revision ?? this.#durable.revision;
    if (revision === this.#durable.revision) return this.#newestDurable(key)?.entry;
    this.#checkRevision(revision);
    return this.#reader.at(key, revision, this.#durable.revision);
  }

  async getForUpdate(key: string): Promise<Entry | undefined> {
    this.#checkOpen();
    checkKey(key);
    return this.#newest(key)?.entry;
  }

  async list(range: KeyRange, options: ListOptions = {}): Promise<ListResult> {
    this.#checkOpen();
    const current = this.#durable.revision;
    const revision = options.revision ?? current;
    const limit = options.limit ?? Infinity;
    if (revision === current) return this.#listNewest(range, limit);
    this.#checkRevision(revision);
    return this.#reader.listAt(range, limit, revision, current);
  }

  async commit(transaction: Transaction): Promise<CommitResult> {
    this.#checkWritable();
    checkTransaction(transaction);
    let failed: Map<string, Entry | undefined> | undefined;
    for (const { key, modRevision } of transaction.compares) {
      const entry = this.#newest(key)?.entry;
      if ((entry?.modRevision ?? 0) !== modRevision) (failed ??= new Map()).set(key, entry);
    }
    if (!failed && this.#changesSomething(transaction.operations)) {
      const revision = this.#propose(transaction.operations);
      await this.#waiting.at(-1)!.settled();
      return { ok: true, revision };
    }
    await this.#basisDurable(transaction);
    return failed ? { ok: false, current: failed } : { ok: true, revision: this.#durable.revision };
  }

  watch(range: KeyRange, listener: WatchListener, options?: WatchOptions): Watch {
    return this.#hub.watch(range, listener, options);
  }

  async compact(revision: number): Promise<void> {
    this.#checkWritable();
    if (revision > this.#durable.revision) throw new FutureRevisionError(revision, this.#durable.revision);
    if (revision <= this.#durable.compacted) return;
    const batch = this.#openBatch();
    batch.compactTo = Math.max(batch.compactTo, revision);
    this.#schedule();
    await batch.settled();
  }

  async compactedRevision(): Promise<number> {
    this.#checkOpen();
    return this.#durable.compacted;
  }

  async size(): Promise<number> {
    this.#checkOpen();
    return this.#environment.size();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#timer?.handle.cancel();
    // A batch that fails has told its writers; closing goes on.
    while (this.#writing ?? this.#waiting[0]) await (this.#waiting.at(-1) ?? this.#writing)!.settled().catch(() => undefined);
    this.#hub.close();
    await Promise.allSettled(this.#longReads);
    await this.#environment.close();
    this.#release();
  }

  async #listNewest(range: KeyRange, limit: number): Promise<ListResult> {
    const { revision } = this.#durable;
    const { entries, more } = this.#reader.page(range, Math.min(limit, entriesPerTurn));
    if (!more) return { entries, more, count: entries.length, revision };
    if (limit <= entriesPerTurn) return { entries, more, count: this.#reader.count(range), revision };
    const snapshot = this.#environment.hold();
    const list = readOn({ entries, more, count: 0, revision }, range, limit, { snapshot, cancelled: () => this.#checkOpen() });
    this.#longReads.add(list);
    try {
      return await list;
    } finally {
      this.#longReads.delete(list);
    }
  }

  #newest(key: string): Located | undefined {
    const proposed = this.#proposed.get(key);
    return proposed ? proposed.located : this.#newestDurable(key);
  }

  #newestDurable(key: string): Located | undefined {
    const recent = this.#recent.get(key);
    if (recent) return recent;
    const located = this.#reader.newest(key);
    if (located) this.#recent.set(key, located);
    return located;
  }

  #changesSomething(operations: readonly Operation[]): boolean {
    return operations.some((operation) => operation.type === 'put' || this.#newest(operation.key));
  }

  /** An answer that rests on what is proposed must not be given before that is durable. */
  async #basisDurable(transaction: Transaction): Promise<void> {
    const rest = [...transaction.compares, ...transaction.operations].map(({ key }) => this.#proposed.get(key)?.batch);
    for (const batch of new Set(rest)) await batch?.settled();
  }

  /** Gives the operations the next revision and puts them into the open batch. */
  #propose(operations: readonly Operation[]): number {
    const revision = ++this.#revision;
    const batch = this.#openBatch();
    let index = 0;
    for (const operation of operations) {
      const { key } = operation;
      const previous = this.#newest(key);
      if (operation.type === 'delete' && !previous) continue;
      const event = eventOf(operation, revision, previous?.entry);
      this.#proposed.set(key, batch.add(event, index++, previous));
      this.#setExpiry(batch, key, operation.type === 'put' ? operation.ttlSeconds : undefined);
    }
    this.#schedule();
    return revision;
  }

  #setExpiry(batch: Batch, key: string, ttlSeconds: number | undefined): void {
    if (ttlSeconds !== undefined) {
      const dueMs = this.#clock.now() + ttlSeconds * 1000;
      this.#expiries.set(key, dueMs);
      batch.setExpiry(key, dueMs);
      this.#armTimer();
    } else if (!this.#expiries.isEmpty && this.#expiries.has(key)) {
      this.#expiries.delete(key);
      batch.setExpiry(key, undefined);
    }
  }

  #openBatch(): Batch {
    const last = this.#waiting.at(-1);
    if (last && last.operations < batchOperations && last.bytes < batchBytes) return last;
    const batch = new Batch();
    this.#waiting.push(batch);
    return batch;
  }

  /** In a later turn, so that all who write in this one share a batch. */
  #schedule(): void {
    if (this.#scheduled || this.#writing) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#writeNext();
    });
  }

  #writeNext(): void {
    const batch = this.#waiting.shift();
    if (!batch || this.#writing) return;
    this.#writing = batch;
    void this.#write(batch);
  }

  async #write(batch: Batch): Promise<void> {
    let state: StoreState;
    try {
      const sweep = this.#sweep(batch);
      const { compacted, swept } = sweep;
      const revision = batch.events.at(-1)?.revision ?? this.#durable.revision;
      state = { revision, compacted, swept, historyBytes: sweep.historyBytes + batch.replacedBytes };
      await this.#environment.write((writer) => {
        batch.write(writer);
        for (const key of sweep.remove) writer.remove(key);
        writer.put(stateKey, encodeState(state));
      });
      this.#environment.renewSnapshot();
    } catch (error) {
      this.#fail(batch, error);
      return;
    }
    this.#takeNote(batch, state);
  }

  #sweep(batch: Batch): Sweep {
    const state = this.#durable;
    const aged = Math.min(this.#ages.agedRevision(this.#clock.now()), state.revision);
    const compactTo = Math.max(batch.compactTo, aged);
    if (compactTo <= state.compacted && !sweepDue(state, this.#history, aged)) return { ...state, remove: [] };
    return computeSweep(this.#reader, state, { policy: this.#history, compactTo: Math.max(compactTo, state.compacted), written: batch.operations });
  }

  /** The batch is on disk. */
  #takeNote(batch: Batch, state: StoreState): void {
    this.#durable = state;
    this.#ages.mark(this.#clock.now(), state.revision);
    for (const [key, proposed] of batch.proposed) {
      if (this.#proposed.get(key) === proposed) this.#proposed.delete(key);
      if (proposed.located) this.#recent.set(key, proposed.located);
      else this.#recent.delete(key);
    }
    this.#writing = undefined;
    if (batch.events.length > 0) this.#hub.publish(batch.events, state.revision);
    batch.resolve();
    if (this.#waiting.length === 0 && state.swept < state.compacted && !this.#closing) this.#openBatch();
    if (this.#waiting.length > 0) this.#schedule();
  }

  #fail(batch: Batch, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const failure = new ReadOnlyError(`the store takes no more writes, since one could not be made durable: ${reason}`, { cause });
    this.#failure = failure;
    this.#timer?.handle.cancel();
    this.#timer = undefined;
    this.#proposed.clear();
    this.#revision = this.#durable.revision;
    this.#writing = undefined;
    for (const lost of [batch, ...this.#waiting.splice(0)]) lost.reject(failure);
  }

  /** One timer stands for the earliest key; it is only replaced by an earlier one. */
  #armTimer(): void {
    const dueMs = this.#expiries.nextDueMs;
    if (dueMs === undefined || this.#closing || this.#failure || (this.#timer && this.#timer.dueMs <= dueMs)) return;
    this.#timer?.handle.cancel();
    const handle = this.#clock.setTimer(Math.max(0, dueMs - this.#clock.now()), () => {
      this.#timer = undefined;
      this.#expire();
    });
    this.#timer = { dueMs, handle };
  }

  #expire(): void {
    if (this.#closing || this.#failure) return;
    const keys = this.#expiries.due(this.#clock.now(), maxOperations);
    if (keys.length > 0) this.#propose(keys.map((key) => ({ type: 'delete', key })));
    this.#armTimer();
  }

  #checkOpen(): void {
    if (this.#closing) throw new ClosedError();
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.#failure) throw this.#failure;
  }

  #checkRevision(revision: number): void {
    if (revision > this.#durable.revision) throw new FutureRevisionError(revision, this.#durable.revision);
    if (revision < this.#durable.compacted) throw new CompactedError(this.#durable.compacted);
  }
}

function eventOf(operation: Operation, revision: number, previous: Entry | undefined): StoreEvent {
  const { key } = operation;
  if (operation.type === 'delete') return { type: 'delete', key, revision, ...(previous && { previous }) };
  const entry = { key, value: operation.value, createRevision: previous?.createRevision ?? revision, modRevision: revision };
  return previous ? { type: 'put', key, revision, entry, previous } : { type: 'put', key, revision, entry };
}

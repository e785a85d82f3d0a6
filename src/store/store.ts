/**
 * The store: revisioned key-value with etcd's semantics. One revision counts all writes of the whole store; it only
 * grows. Engines: `memory/`, `lmdb/` (embedded, durable), `etcd/`. `store.contract.ts` is the suite each must pass.
 *
 * Guarantees every engine gives:
 * - A write is acknowledged (its promise resolves) only when it is durable by the engine's own measure, and readers,
 *   watchers and the acknowledgement see it no earlier than that, in the order of revisions.
 * - A transaction is all or nothing and takes exactly one revision (none when it changes nothing).
 * - Watch events come in the order of revisions, each once, none left out; all events of one revision come together.
 */
export interface Store {
  /**
   * True for embedded engines: nobody else writes, and by the time a write is acknowledged every watch has been given
   * its events. What a watcher shows is then never stale, and reads need not ask how far the store is.
   */
  readonly local: boolean;

  /** The revision of the newest durable write. Embedded engines know it at once. */
  currentRevision(): Promise<number>;

  /** The entry at `options.revision` (default: the newest durable one). Throws CompactedError, FutureRevisionError. */
  get(key: string, options?: ReadOptions): Promise<Entry | undefined>;

  /**
   * The newest entry, counting writes that are proposed but not yet durable: what a read-modify-write should build on.
   * A transaction that compares with its revision is acknowledged only if what it built on became durable too.
   */
  getForUpdate(key: string): Promise<Entry | undefined>;

  /** Entries of [`range.start`, `range.end`) in the order of their keys' UTF-8 bytes. */
  list(range: KeyRange, options?: ListOptions): Promise<ListResult>;

  /**
   * Runs the operations if every compare holds. Embedded engines evaluate the compares synchronously against the
   * proposed state, so two calls in one tick see each other. A compare that fails is an answer, not an error.
   * Throws ReadOnlyError when the store no longer accepts writes, UncertainError when the outcome is unknown.
   */
  commit(transaction: Transaction): Promise<CommitResult>;

  /**
   * Events with a revision of at least `options.startRevision` (default: those after this call). The listener is called
   * with batches, never concurrently, and must not throw. A start before the compacted revision ends the watch with
   * CompactedError through `onEnd`.
   */
  watch(range: KeyRange, listener: WatchListener, options?: WatchOptions): Watch;

  /** Forgets what only reads below `revision` could see. Reads at the revision itself still work. */
  compact(revision: number): Promise<void>;

  /** Everything at or below this revision can no longer be watched from, nor read below it. */
  compactedRevision(): Promise<number>;

  /** Bytes on disk (or in memory) that the engine uses. */
  size(): Promise<number>;

  /** Waits for writes under way, then releases every handle. Watches end; calls afterwards throw ClosedError. */
  close(): Promise<void>;
}

/** Keys look like `/registry/pods/default/web-0`; they are compared by their UTF-8 bytes. */
export interface KeyRange {
  readonly start: string;
  /** Exclusive. */
  readonly end: string;
}

/** The range of all keys that begin with `prefix`. */
export function prefixRange(prefix: string): KeyRange {
  const last = prefix.charCodeAt(prefix.length - 1);
  if (prefix === '' || last >= 0x7f) throw new RangeError(`no prefix range for ${JSON.stringify(prefix)}`);
  return { start: prefix, end: prefix.slice(0, -1) + String.fromCharCode(last + 1) };
}

export interface Entry {
  readonly key: string;
  /** Owned by the store: never changed after it was handed out, and the caller must not change it either. */
  readonly value: Uint8Array;
  /** The revision that created the key (anew, after a deletion). */
  readonly createRevision: number;
  /** The revision of the last write to the key. */
  readonly modRevision: number;
}

export interface ReadOptions {
  readonly revision?: number;
}

export interface ListOptions extends ReadOptions {
  /** At most this many entries; absent means all. */
  readonly limit?: number;
}

export interface ListResult {
  readonly entries: readonly Entry[];
  /** True when entries of the range were left out because of the limit. */
  readonly more: boolean;
  /** How many entries the whole range holds (at the revision read). */
  readonly count: number;
  /** The revision the list was read at. */
  readonly revision: number;
}

export interface Compare {
  readonly key: string;
  /** The modification revision the key must have; 0: it must not exist. */
  readonly modRevision: number;
}

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array; /** The key vanishes this long after the write. */ readonly ttlSeconds?: number }
  | { readonly type: 'delete'; readonly key: string };

export interface Transaction {
  readonly compares: readonly Compare[];
  /** No key twice. Deleting an absent key does nothing. */
  readonly operations: readonly Operation[];
}

export type CommitResult =
  | { readonly ok: true; readonly revision: number }
  /** `current` holds, per compare that failed, the key's newest entry (undefined: absent). */
  | { readonly ok: false; readonly current: ReadonlyMap<string, Entry | undefined> };

export interface WatchOptions {
  readonly startRevision?: number;
}

export interface StoreEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  /** The revision of the write. */
  readonly revision: number;
  /** The entry written; absent for a deletion. */
  readonly entry?: Entry;
  /** What the key held before; absent for a creation. */
  readonly previous?: Entry;
}

export interface WatchListener {
  /** `revision` is the last one of the batch: everything at or below it has been delivered. */
  onEvents(events: readonly StoreEvent[], revision: number): void;
  /** Nothing of the range happened up to this revision. Engines call it when asked by `requestProgress` at the least. */
  onProgress(revision: number): void;
  /** Called once when the watch ends by itself; never after `cancel`. */
  onEnd(error: Error): void;
}

export interface Watch {
  cancel(): void;
  /** Asks for an `onProgress` (or `onEvents`) that reaches at least the store's revision at the time of the call. */
  requestProgress(): void;
}

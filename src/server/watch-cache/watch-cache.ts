import { BTree, compareKeys } from '../../machinery/b-tree.ts';
import { sleep, type Clock } from '../../machinery/clock.ts';
import { ClosedError, CompactedError } from '../../store/errors.ts';
import { prefixRange, type Entry, type Store, type StoreEvent, type Watch } from '../../store/store.ts';
import { CachedObject, type CacheCodec } from './cached-object.ts';
import { EventWindow, type CacheEvent } from './event-window.ts';
import type { ParsedObjects } from './parsed-objects.ts';

type Tree = BTree<string, CachedObject>;

/** Lists being paged at once before the oldest must start over or go on inconsistently. */
const MAX_PAGED_SNAPSHOTS = 128;

/** How long after a list that failed the next one is tried. */
const RELIST_DELAY_MS = 1000;

export interface WatchCacheOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** With its trailing slash: `/registry/pods/`. */
  readonly prefix: string;
  readonly codec: CacheCodec;
  readonly objects: ParsedObjects;
  /** How many events are kept for watches that start in the past. */
  readonly windowCapacity?: number;
}

/** A state of the whole resource that does not change while writes go on. */
export interface Snapshot {
  readonly revision: number;
  readonly tree: Tree;
  /** Objects per namespace, where they were counted. */
  readonly counts?: ReadonlyMap<string, number>;
}

export interface CacheWatcher {
  /** Called in the order of revisions, synchronously after the write became visible; must not throw. */
  onEvent(event: CacheEvent): void;
  /** Nothing for this watcher up to `revision`. */
  onProgress?(revision: number): void;
  /** The cache lost its connection to the store's history: the watch must end, and its client list anew. */
  onEnd(error: Error): void;
}

/**
 * One resource's objects as they stand in the store, by key, with the newest events. Follows the store through one
 * watch; every read, list and client's watch of the resource is served from here. Objects are visible only after the
 * store made them durable, in the order of revisions.
 *
 * Watchers are indexed by what they watch (everything, a namespace, one object), so that an event costs what its
 * receivers cost.
 */
export class WatchCache {
  readonly #options: WatchCacheOptions;
  #tree: Tree;
  #revision = 0;
  #watch: Watch | undefined;
  #window: EventWindow;
  #waiters: { revision: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  readonly #watchers = new Map<string, Set<CacheWatcher>>();
  #closed = false;
  #lastChange = 0;
  /** Objects per namespace. */
  #counts: Map<string, number>;
  /** States that lists are being paged through, by revision, the oldest first. */
  readonly #paged = new Map<number, Snapshot>();

  private constructor(options: WatchCacheOptions, tree: Tree, revision: number, counts: Map<string, number>) {
    this.#options = options;
    this.#tree = tree;
    this.#revision = revision;
    this.#lastChange = revision;
    this.#counts = counts;
    this.#window = new EventWindow(revision, options.windowCapacity ?? 4096);
  }

  /** Lists the resource and follows it from there. */
  static async open(options: WatchCacheOptions): Promise<WatchCache> {
    const { entries, revision } = await options.store.list(prefixRange(options.prefix));
    const { tree, counts } = load(options, entries);
    const cache = new WatchCache(options, tree, revision, counts);
    cache.#follow();
    return cache;
  }

  /**
   * An independent cache over a fork of the store: shares what is unchanged, takes no time. `revision` is the fork's,
   * up to which this cache shows everything.
   */
  fork(own: Pick<WatchCacheOptions, 'store' | 'clock' | 'objects'>, revision: number): WatchCache {
    const cache = new WatchCache({ ...this.#options, ...own }, this.#tree.clone(), revision, new Map(this.#counts));
    cache.#lastChange = this.#lastChange;
    cache.#follow();
    return cache;
  }

  /** Everything up to this revision is visible here. */
  get revision(): number {
    return this.#revision;
  }

  /** The revision of the last write to this resource (or of the start): changes with every write to it. */
  get lastChange(): number {
    return this.#lastChange;
  }

  /** How many objects there are, in one namespace or, for '', in all. */
  count(namespace: string): number {
    return namespace === '' ? this.#tree.size : (this.#counts.get(namespace) ?? 0);
  }

  get(key: string): CachedObject | undefined {
    return this.#tree.get(key);
  }

  /** Copy-on-write: taking one costs nothing, holding one keeps what it shows alive. */
  snapshot(): Snapshot {
    return { revision: this.#revision, tree: this.#tree.clone() };
  }

  /** A snapshot that later pages of a list can come back to by its revision, for as long as newer ones leave it room. */
  keepForPaging(): Snapshot {
    const kept = this.#paged.get(this.#revision);
    if (kept) return kept;
    const snapshot = this.snapshot();
    this.#paged.set(snapshot.revision, snapshot);
    for (const oldest of this.#paged.keys()) {
      if (this.#paged.size <= MAX_PAGED_SNAPSHOTS) break;
      this.#paged.delete(oldest);
    }
    return snapshot;
  }

  pagedSnapshot(revision: number): Snapshot | undefined {
    return this.#paged.get(revision);
  }

  /** The resource as it stood at `revision`, read from the store's history. Throws as the store's `list` does. */
  async pastSnapshot(revision: number): Promise<Snapshot> {
    const { entries } = await this.#options.store.list(prefixRange(this.#options.prefix), { revision });
    return { revision, ...load(this.#options, entries) };
  }

  /** Objects whose key begins with `prefix` ('' for all), ordered by key, as they stand now; do not wait inside. */
  *range(prefix: string, after?: string): Generator<CachedObject> {
    yield* rangeOf(this.#tree, prefix, after);
  }

  /** Resolves when everything up to `revision` is visible. */
  waitFor(revision: number): Promise<void> | undefined {
    if (this.#revision >= revision) return undefined;
    this.#watch?.requestProgress();
    if (this.#revision >= revision) return undefined;
    return new Promise((resolve, reject) => this.#waiters.push({ revision, resolve, reject }));
  }

  /** As `waitFor` with the store's newest revision: what a read that must not be stale waits for. */
  async waitForNewest(): Promise<number> {
    const revision = await this.#options.store.currentRevision();
    await this.waitFor(revision);
    return Math.max(revision, this.#revision);
  }

  /**
   * Subscribes to what happens after `revision`: first the events that happened since, in one synchronous run, then
   * each as it comes. `scope` is '' for all, `namespace/`, or a whole key. Throws CompactedError when the past asked
   * for is no longer known; the answer is a function that ends the subscription.
   */
  async watchAfter(revision: number, scope: string, watcher: CacheWatcher): Promise<() => void> {
    if (revision < this.#window.since) await this.#backfill(revision);
    const missed = this.#window.after(revision);
    if (!missed) throw new CompactedError(this.#window.since);
    for (const event of missed) if (inScope(event.key, scope)) watcher.onEvent(event);
    return this.#subscribe(scope, watcher);
  }

  /** Subscribes from now on and returns the state before the first event, both in the same instant. */
  watchFromNow(scope: string, watcher: CacheWatcher): { snapshot: Snapshot; cancel: () => void } {
    return { snapshot: this.snapshot(), cancel: this.#subscribe(scope, watcher) };
  }

  /** Asks the store to say how far it is, so that idle watches can tell their clients. */
  requestProgress(): void {
    this.#watch?.requestProgress();
  }

  close(): void {
    this.#closed = true;
    this.#watch?.cancel();
    this.#end(new Error('the server is stopping'));
  }

  #subscribe(scope: string, watcher: CacheWatcher): () => void {
    const watchers = this.#watchers.get(scope) ?? new Set();
    watchers.add(watcher);
    this.#watchers.set(scope, watchers);
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(scope) === watchers) this.#watchers.delete(scope);
    };
  }

  #follow(): void {
    const { store, prefix } = this.#options;
    this.#watch = store.watch(
      prefixRange(prefix),
      {
        onEvents: (events, revision) => {
          for (const event of events) this.#apply(event);
          this.#advance(revision);
        },
        onProgress: (revision) => {
          this.#advance(revision);
          for (const watchers of this.#watchers.values()) for (const w of watchers) w.onProgress?.(this.#revision);
        },
        onEnd: (error) => {
          if (!this.#closed) this.#restart(error);
        },
      },
      { startRevision: this.#revision + 1 },
    );
  }

  #apply(event: StoreEvent): void {
    const key = event.key.slice(this.#options.prefix.length);
    const previous = this.#tree.get(key);
    const object = event.entry && this.#cached(event.entry, key);
    if (object) this.#tree.set(key, object);
    else this.#tree.delete(key);
    if (object ? !previous : previous) this.#recount(key, object ? 1 : -1);
    this.#revision = event.revision;
    this.#lastChange = event.revision;
    const cacheEvent: CacheEvent = { type: event.type, revision: event.revision, key, ...(object && { object }), ...(previous && { previous }) };
    this.#window.push(cacheEvent);
    this.#dispatch(cacheEvent);
  }

  #recount(key: string, by: 1 | -1): void {
    const slash = key.indexOf('/');
    if (slash < 0) return;
    const namespace = key.slice(0, slash);
    const count = (this.#counts.get(namespace) ?? 0) + by;
    if (count === 0) this.#counts.delete(namespace);
    else this.#counts.set(namespace, count);
  }

  #dispatch(event: CacheEvent): void {
    const slash = event.key.indexOf('/');
    const scopes = slash < 0 ? ['', event.key] : ['', event.key.slice(0, slash + 1), event.key];
    for (const scope of scopes) {
      const watchers = this.#watchers.get(scope);
      if (watchers) for (const watcher of watchers) watcher.onEvent(event);
    }
  }

  #advance(revision: number): void {
    if (revision > this.#revision) this.#revision = revision;
    if (this.#waiters.length === 0) return;
    const waiting = this.#waiters;
    this.#waiters = waiting.filter((w) => w.revision > this.#revision);
    for (const w of waiting) if (w.revision <= this.#revision) w.resolve();
  }

  /** Reads events between `revision` and the window's start from the store's history, as far as that still goes. */
  async #backfill(revision: number): Promise<void> {
    const until = this.#window.since;
    const { store, prefix, windowCapacity = 4096 } = this.#options;
    const older: CacheEvent[] = [];
    await new Promise<void>((resolve, reject) => {
      let watch: Watch | undefined = undefined;
      let settled = false;
      const finish = (act: () => void): void => {
        if (settled) return;
        settled = true;
        watch?.cancel();
        act();
      };
      watch = store.watch(
        prefixRange(prefix),
        {
          onEvents: (events, last) => {
            for (const event of events) if (event.revision <= until) older.push(this.#past(event));
            if (older.length > windowCapacity) older.splice(0, older.length - windowCapacity);
            if (last >= until) finish(resolve);
          },
          onProgress: (last) => {
            if (last >= until) finish(resolve);
          },
          onEnd: (error) => finish(() => reject(error)),
        },
        { startRevision: revision + 1 },
      );
      if (settled) watch.cancel();
      else watch.requestProgress();
    });
    // The window may have grown meanwhile at its new end; what it holds begins where it began, unless it overflowed.
    if (this.#window.since === until) this.#window.prepend(older, older.length < windowCapacity ? revision : (older[0]?.revision ?? revision) - 1);
  }

  #past(event: StoreEvent): CacheEvent {
    const key = event.key.slice(this.#options.prefix.length);
    return {
      type: event.type,
      revision: event.revision,
      key,
      ...(event.entry && { object: this.#cached(event.entry, key) }),
      ...(event.previous && { previous: this.#cached(event.previous, key) }),
    };
  }

  #cached(entry: Entry, key: string): CachedObject {
    return new CachedObject(entry, key, this.#options.codec, this.#options.objects);
  }

  /**
   * The store's watch broke (its history was compacted, the connection was lost for good): starts over from a list, and
   * again until one comes. Meanwhile reads show what was last seen, and whoever wants something newer waits.
   */
  #restart(error: Error): void {
    this.#end(error);
    this.#watch = undefined;
    void this.#relist();
  }

  async #relist(): Promise<void> {
    const { store, prefix, clock } = this.#options;
    while (!this.#closed) {
      try {
        const { entries, revision } = await store.list(prefixRange(prefix));
        if (!this.#closed) this.#startOver(entries, revision);
        return;
      } catch (error) {
        if (error instanceof ClosedError) return;
        await sleep(clock, RELIST_DELAY_MS);
      }
    }
  }

  #startOver(entries: readonly Entry[], revision: number): void {
    const { tree, counts } = load(this.#options, entries);
    this.#tree = tree;
    this.#counts = counts;
    this.#paged.clear();
    this.#lastChange = revision;
    this.#window = new EventWindow(revision, this.#options.windowCapacity ?? 4096);
    // Watches that came in between began with what was seen before: they must not miss what the list brought.
    this.#end(new Error('the watch cache started over'));
    this.#advance(revision);
    this.#follow();
    if (this.#waiters.length > 0) this.#watch?.requestProgress();
  }

  #end(error: Error): void {
    for (const watchers of [...this.#watchers.values()]) for (const w of [...watchers]) w.onEnd(error);
    this.#watchers.clear();
    if (this.#closed) for (const w of this.#waiters.splice(0)) w.reject(error);
  }
}

function load(options: WatchCacheOptions, entries: readonly Entry[]): { tree: Tree; counts: Map<string, number> } {
  const counts = new Map<string, number>();
  const pairs = entries.map((entry): [string, CachedObject] => {
    const key = entry.key.slice(options.prefix.length);
    const slash = key.indexOf('/');
    if (slash >= 0) counts.set(key.slice(0, slash), (counts.get(key.slice(0, slash)) ?? 0) + 1);
    return [key, new CachedObject(entry, key, options.codec, options.objects)];
  });
  return { tree: new BTree<string, CachedObject>(pairs, compareKeys), counts };
}

/** Objects of a tree whose key begins with `prefix`, behind the key `after` when given. */
export function* rangeOf(tree: Tree, prefix: string, after?: string): Generator<CachedObject> {
  const from = after ?? (prefix === '' ? undefined : prefix);
  for (const [key, object] of tree.entries(from)) {
    if (key === after) continue;
    if (prefix !== '' && !key.startsWith(prefix)) return;
    yield object;
  }
}

export function inScope(key: string, scope: string): boolean {
  return scope === '' || key === scope || (scope.endsWith('/') && key.startsWith(scope));
}

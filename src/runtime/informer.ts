import { asError } from '../client/as-error.ts';
import type { WriteNotice } from '../client/caller.ts';
import type { SelectorOptions } from '../client/request.ts';
import type { ResourceClient } from '../client/resource-client.ts';
import { objectKey, type ApiObject } from '../client/resource-definition.ts';
import type { Clock, Timer } from '../machinery/clock.ts';
import type { DeepReadonly } from '../machinery/json.ts';
import type { IndexFunction } from './object-index.ts';
import { ObjectStore } from './object-store.ts';
import { compareResourceVersions, includesVersion } from './resource-version.ts';
import { ObjectSelection } from './object-selection.ts';
import { VersionWaiters } from './version-waiters.ts';
import { Watcher, type WatcherHandler } from './watcher.ts';
import { WrittenRevisions } from './written-revisions.ts';

/**
 * Told of changes, synchronously, in the server's order, after the store shows them. Exceptions are reported and harm
 * neither the informer nor other handlers. Objects are shared: copy before changing. A new object under an old name is
 * a deletion and an addition, never an update: the uid of an update's two objects is the same.
 */
export interface InformerHandler<T extends ApiObject> {
  /** `initial`: it was there before the informer was synced, or before this handler was added. */
  onAdd?(object: DeepReadonly<T>, initial: boolean): void;
  /** A resync brings the same object twice. */
  onUpdate?(object: DeepReadonly<T>, old: DeepReadonly<T>): void;
  /** `finalStateUnknown`: its end was not watched; the object is the last that was seen of it. */
  onDelete?(object: DeepReadonly<T>, finalStateUnknown: boolean): void;
}

export interface InformerOptions<T extends ApiObject> extends SelectorOptions {
  readonly resource: ResourceClient<T>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  /** Replaces what is stored, to drop what nobody reads; name, namespace, uid and resourceVersion must stay. */
  readonly transform?: (object: T) => T;
  /** How often every object is told again as an update; absent: never. */
  readonly resyncMs?: number;
  readonly silenceMs?: number;
  /** Told of failures of the watch, which goes on, and of handlers. */
  readonly onError?: (error: Error) => void;
}

/** A healthy watch tells of a write within milliseconds. */
const PATIENCE_MS = 5000;

/** The state of a resource, or a selection of it, kept up to date by a watch, and told to handlers. */
export class Informer<T extends ApiObject> {
  readonly store: ObjectStore<T>;
  readonly #options: InformerOptions<T>;
  readonly #watcher: Watcher<T>;
  readonly #handlers = new Set<InformerHandler<T>>();
  readonly #written = new WrittenRevisions();
  readonly #selection: ObjectSelection;
  readonly #waiters: VersionWaiters;
  /** The state while it is being told from nothing. */
  #incoming = new Map<string, T>();
  #synced = false;
  #resourceVersion = '';
  #resync: Timer | undefined;
  #stopped = false;

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.store = new ObjectStore<T>(options.indexes);
    this.#selection = new ObjectSelection(options.resource.namespace, options);
    this.#waiters = new VersionWaiters(options.clock);
    const { resource, clock, random, labelSelector, fieldSelector, silenceMs } = options;
    this.#watcher = new Watcher({
      resource,
      clock,
      random,
      handler: this.#watchHandler(),
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
      ...(silenceMs !== undefined && { silenceMs }),
    });
  }

  get resource(): ResourceClient<T> {
    return this.#options.resource;
  }

  /** True once the store has shown a whole state; it stays so while the watch is renewed. */
  get hasSynced(): boolean {
    return this.#synced;
  }

  /** The revision that the store shows; '' before it is synced. */
  get resourceVersion(): string {
    return this.#resourceVersion;
  }

  /** A handler added late is told of all that the store holds. Returns what removes it. */
  addHandler(handler: InformerHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.store.all()) this.#tell(handler, (h) => h.onAdd?.(object, true));
    return () => this.#handlers.delete(handler);
  }

  /** Idempotent. */
  start(): void {
    if (this.#stopped) return;
    this.#watcher.start();
    const { resyncMs, clock } = this.#options;
    if (resyncMs === undefined || this.#resync) return;
    const tick = (): void => {
      for (const object of this.store.all()) this.#tellAll((handler) => handler.onUpdate?.(object, object));
      this.#resync = clock.setTimer(resyncMs, tick);
    };
    this.#resync = clock.setTimer(resyncMs, tick);
  }

  /** The store stays as it is; those who wait are told false. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#resync?.cancel();
    this.#waiters.close();
    await this.#watcher.stop();
  }

  /** True when the informer is synced; false when `timeoutMs` passed first, or it was stopped. */
  waitForSync(timeoutMs?: number): Promise<boolean> {
    return this.#waiters.wait(() => this.#synced, timeoutMs);
  }

  /**
   * True when the store shows the revision or a later one. The server tells of revisions that changed nothing here only
   * about once a minute, so `timeoutMs` (default 60 s) matters.
   */
  waitFor(resourceVersion: string, timeoutMs = 60_000): Promise<boolean> {
    return this.#waiters.wait(() => this.#synced && includesVersion(this.#resourceVersion, resourceVersion), timeoutMs);
  }

  /** True when the store shows every write that `noteWrite` was told of. */
  get isCaughtUp(): boolean {
    return this.#written.isEmpty;
  }

  /**
   * Waits until the store shows every write so far. A watch that does not tell of them within five seconds is suspected
   * to be dead and opened anew. When `timeoutMs` pass first, those writes are waited for no more, and the answer is false.
   */
  async waitUntilCaughtUp(timeoutMs = 300_000): Promise<boolean> {
    if (this.#written.isEmpty) return true;
    const mark = this.#written.mark();
    const areShown = (): boolean => this.#written.areShown(mark, this.#resourceVersion);
    let leftMs = timeoutMs;
    for (let patienceMs = PATIENCE_MS; leftMs > 0 && !this.#stopped; patienceMs *= 2) {
      const waitMs = Math.min(patienceMs, leftMs);
      if (await this.#waiters.wait(areShown, waitMs)) return true;
      leftMs -= waitMs;
      this.#watcher.renew();
    }
    this.#written.giveUp(mark);
    return false;
  }

  /** This process wrote something that the informer will show, if it selects it. */
  noteWrite(notice: WriteNotice): void {
    const { group, resource } = this.#options.resource.definition;
    if (notice.resource.group !== group || notice.resource.resource !== resource) return;
    const key = objectKey({ metadata: notice });
    const shown = this.store.get(key) as DeepReadonly<ApiObject> | undefined;
    if (notice.object === undefined) {
      const gone = shown === undefined || (notice.uid !== undefined && shown.metadata.uid !== notice.uid);
      if (!gone || this.#written.expects(key)) this.#written.removed(key, notice.uid);
      return;
    }
    const { resourceVersion = '' } = notice.object.metadata;
    if (this.#synced && includesVersion(this.#resourceVersion, resourceVersion)) return;
    // Whatever becomes of an object that is shown will be told; one that is not must be selected first.
    if (shown === undefined && !this.#selection.matches(notice.object)) return;
    this.#written.wrote(key, resourceVersion);
  }

  #watchHandler(): WatcherHandler<T> {
    const { transform } = this.#options;
    const kept = (object: T): T => transform?.(object) ?? object;
    return {
      onRestart: () => {
        this.#incoming = new Map();
      },
      onApplied: (object, initial) => {
        if (initial) this.#incoming.set(objectKey(object), kept(object));
        else this.#applied(kept(object) as DeepReadonly<T>, false);
      },
      onDeleted: (object, initial) => {
        if (initial) this.#incoming.delete(objectKey(object));
        else this.#deleted(kept(object) as DeepReadonly<T>);
      },
      onSynced: (resourceVersion) => this.#replaced(resourceVersion),
      onProgress: (resourceVersion) => this.#reached(resourceVersion),
      onError: (error) => this.#report(error),
    };
  }

  /** A whole state: what is new in it, what changed, and what is missing. */
  #replaced(resourceVersion: string): void {
    const incoming = this.#incoming;
    this.#incoming = new Map();
    const initial = !this.#synced;
    for (const key of this.store.keys()) if (!incoming.has(key)) this.#remove(key, undefined);
    for (const object of incoming.values()) this.#applied(object as DeepReadonly<T>, initial, true);
    this.#synced = true;
    this.#reached(resourceVersion, true);
  }

  /** `authoritative`: as a list shows it, whatever its revision; otherwise what is not newer was told before. */
  #applied(object: DeepReadonly<T>, initial: boolean, authoritative = false): void {
    const key = objectKey(object);
    const old = this.store.get(key);
    const { uid, resourceVersion = '' } = meta(object);
    if (old !== undefined && meta(old).uid === uid) {
      const order = compareResourceVersions(resourceVersion, meta(old).resourceVersion ?? '');
      if (order === 0 || (!authoritative && order !== undefined && order < 0)) return;
      this.store.set(object);
      this.#tellAll((handler) => handler.onUpdate?.(object, old));
    } else {
      if (old !== undefined) this.#remove(key, undefined);
      this.store.set(object);
      this.#tellAll((handler) => handler.onAdd?.(object, initial));
    }
    this.#written.shown(key, object as DeepReadonly<ApiObject>, false);
    if (!authoritative) this.#moved(resourceVersion);
  }

  #deleted(object: DeepReadonly<T>): void {
    const key = objectKey(object);
    const shown = this.store.get(key);
    // Another object has the name by now: this one's end was told when that came.
    if (shown !== undefined && meta(shown).uid === meta(object).uid) this.#remove(key, object);
    this.#written.shown(key, object as DeepReadonly<ApiObject>, true);
    this.#moved(meta(object).resourceVersion ?? '');
  }

  /** `last` is the state in which the object ended, when it was watched. */
  #remove(key: string, last: DeepReadonly<T> | undefined): void {
    const old = this.store.delete(key);
    if (old === undefined) return;
    this.#tellAll((handler) => handler.onDelete?.(last ?? old, last === undefined));
  }

  /** An event of this revision was told; others of the same revision may follow. */
  #moved(resourceVersion: string): void {
    if (resourceVersion !== '') this.#resourceVersion = resourceVersion;
    this.#waiters.check();
  }

  #reached(resourceVersion: string, replaced = false): void {
    this.#resourceVersion = resourceVersion;
    if (replaced && resourceVersion === '') this.#written.clear();
    else this.#written.reached(resourceVersion);
    this.#waiters.check();
  }

  #tellAll(call: (handler: InformerHandler<T>) => void): void {
    for (const handler of this.#handlers) this.#tell(handler, call);
  }

  #tell(handler: InformerHandler<T>, call: (handler: InformerHandler<T>) => void): void {
    try {
      call(handler);
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    this.#options.onError?.(asError(error));
  }
}

/** DeepReadonly of a type parameter does not resolve; every object has metadata. */
function meta(object: unknown): DeepReadonly<ApiObject['metadata']> {
  return (object as DeepReadonly<ApiObject>).metadata;
}

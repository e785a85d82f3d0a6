import type { Clock } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { formatGroupResource, type GroupResource } from '../../machinery/group-version.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Store } from '../../store/store.ts';
import type { ObjectReader } from '../object-reader.ts';
import { ParsedObjects } from '../watch-cache/parsed-objects.ts';
import { WatchCache } from '../watch-cache/watch-cache.ts';
import { objectKey, type ResourceStorage } from './resource-type.ts';
import { typeOfStored } from './served-object.ts';

/**
 * The watch caches of all resources, opened when first asked for. Stages that must decide at once (RBAC, namespaces)
 * read through `reader`, for which their resources are opened beforehand.
 */
export class ResourceCaches {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #objects = new ParsedObjects();
  readonly #open = new Map<string, WatchCache>();
  readonly #opening = new Map<string, Promise<WatchCache>>();
  #closed = false;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** At once when the cache is open already. */
  get(storage: ResourceStorage): WatchCache | Promise<WatchCache> {
    return this.#open.get(storage.prefix) ?? this.#opening.get(storage.prefix) ?? this.#start(storage);
  }

  /** The cache if it is open. */
  peek(prefix: string): WatchCache | undefined {
    return this.#open.get(prefix);
  }

  get openPrefixes(): string[] {
    return [...this.#open.keys()];
  }

  /** Closes the cache of a resource that is no longer served; its watches end. */
  drop(prefix: string): void {
    this.#open.get(prefix)?.close();
    this.#open.delete(prefix);
  }

  /** The same caches over a fork of the store, which stands at `revision`. Only for local stores, whose caches are never behind. */
  fork(store: Store, clock: Clock, revision: number): ResourceCaches {
    const fork = new ResourceCaches(store, clock);
    for (const [prefix, cache] of this.#open) fork.#open.set(prefix, cache.fork({ store, clock, objects: fork.#objects }, revision));
    return fork;
  }

  close(): void {
    this.#closed = true;
    for (const cache of this.#open.values()) cache.close();
    this.#open.clear();
  }

  async #start(storage: ResourceStorage): Promise<WatchCache> {
    const opening = WatchCache.open({
      store: this.#store,
      clock: this.#clock,
      prefix: storage.prefix,
      codec: { typeOf: (version) => typeOfStored(storage, version) },
      objects: this.#objects,
    });
    this.#opening.set(storage.prefix, opening);
    try {
      const cache = await opening;
      if (this.#closed) cache.close();
      this.#open.set(storage.prefix, cache);
      return cache;
    } finally {
      this.#opening.delete(storage.prefix);
    }
  }
}

/** Reads opened caches at once; asking for a resource that was not opened is a mistake of the caller and throws. */
export class CacheReader implements ObjectReader {
  readonly #caches: ResourceCaches;
  readonly #prefixes: ReadonlyMap<string, string>;

  constructor(caches: ResourceCaches, storages: readonly ResourceStorage[]) {
    this.#caches = caches;
    this.#prefixes = new Map(storages.map((s) => [formatGroupResource(s), s.prefix]));
  }

  get(resource: GroupResource, namespace: string, name: string): DeepReadonly<KubeObject> | undefined {
    return this.#cache(resource).get(objectKey(namespace, name))?.object();
  }

  list(resource: GroupResource, namespace: string): readonly DeepReadonly<KubeObject>[] {
    const objects: DeepReadonly<KubeObject>[] = [];
    for (const item of this.#cache(resource).range(namespace === '' ? '' : `${namespace}/`)) objects.push(item.object());
    return objects;
  }

  revision(resource: GroupResource): number {
    return this.#cache(resource).lastChange;
  }

  #cache(resource: GroupResource): WatchCache {
    const name = formatGroupResource(resource);
    const cache = this.#caches.peek(this.#prefixes.get(name) ?? '');
    if (!cache) throw new Error(`the cache of ${name} is not open`);
    return cache;
  }
}


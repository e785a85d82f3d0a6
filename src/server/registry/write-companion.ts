import { formatGroupResource, type GroupResource } from '../../machinery/group-version.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Compare, Operation, Store } from '../../store/store.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { ResourceCaches } from './resource-caches.ts';
import type { ResourceCatalog } from './resource-catalog.ts';

/** What is written together with an object: in the same transaction, or not at all. */
export interface Belongings {
  readonly compares: readonly Compare[];
  readonly operations: readonly Operation[];
}

export const NO_BELONGINGS: Belongings = { compares: [], operations: [] };

/** What a companion works with: the part of the registry's context that it needs. */
export interface CompanionContext {
  readonly store: Store;
  readonly caches: ResourceCaches;
  readonly catalog: ResourceCatalog;
  readonly clock: Clock;
  readonly random: () => number;
  readonly uuid: () => string;
}

/**
 * What a resource's writes bring along in the store: services their addresses and ports. A companion keeps no state:
 * what it chose is taken by the transaction that stores the object, whose compares fail when another writer was faster;
 * then the whole attempt is made anew. A dry run asks for everything but the belongings.
 */
export interface WriteCompanion {
  /**
   * Fills in what the server allocates, before the kind's rules prepare and judge the object. `object` is the attempt's
   * own copy; it may have no name yet. Throws a StatusError to refuse the write.
   */
  begin(context: CompanionContext, object: KubeObject, old: KubeObject | undefined): Promise<void>;
  /** What goes with the write. `object` is complete as it will be stored, undefined when it is deleted; `old` is what it replaces. */
  belongings(context: CompanionContext, object: KubeObject | undefined, old: KubeObject | undefined): Promise<Belongings>;
}

/** The companions of all resources that have one. */
export class WriteCompanions {
  readonly #companions = new Map<string, WriteCompanion>();

  set(resource: GroupResource, companion: WriteCompanion): void {
    this.#companions.set(formatGroupResource(resource), companion);
  }

  of(resource: GroupResource): WriteCompanion | undefined {
    return this.#companions.get(formatGroupResource(resource));
  }
}

import { prefixRange, type Entry, type Operation, type Store } from '../../store/store.ts';
import type { Service } from '../../api/core/services/service.ts';
import { decodeStored } from '../objects/stored-object.ts';
import type { CompanionContext } from '../registry/write-companion.ts';
import { objectKey, type ResourceStorage } from '../registry/resource-type.ts';
import { ALLOCATOR, decodeIpAddress, ipAddressType, MANAGED_BY_LABEL } from './ip-address-objects.ts';
import { holderOf, NODE_PORT_PREFIX } from './node-ports.ts';
import { readPages } from './read-pages.ts';
import { keysOfService } from './service-keys.ts';

export interface RepairResult {
  /** Addresses and ports that services said they have and did not hold. */
  readonly taken: number;
  /** Held for services that are gone, or no longer have them. */
  readonly released: number;
  /** Keys that a service says it has and another one holds. */
  readonly conflicts: readonly string[];
}

/**
 * Makes what is held agree with what services say, after a restore, a crash of an older server, or a hand in the store.
 * Each step is a transaction of its own that fails harmlessly when somebody else changes what it builds on: the server
 * may be serving meanwhile. Costs a reading of all services.
 */
export async function repairServiceAllocations(context: CompanionContext): Promise<RepairResult> {
  const services = context.catalog.findStored('', 'services')?.storage;
  if (!services) return { taken: 0, released: 0, conflicts: [] };
  const { taken, conflicts } = await takeMissing(context, services);
  return { taken, conflicts, released: await releaseOrphans(context, services) };
}

async function takeMissing(context: CompanionContext, services: ResourceStorage): Promise<{ taken: number; conflicts: string[] }> {
  const { store } = context;
  let taken = 0;
  const conflicts: string[] = [];
  for await (const entry of readPages(store, prefixRange(services.prefix))) {
    for (const [key, held] of keysOfService(context, decodeService(services, entry))) {
      const existing = await store.get(key);
      if (existing) {
        if (!held.isHeld(existing)) conflicts.push(key);
        continue;
      }
      const result = await store.commit({
        compares: [{ key, modRevision: 0 }, { key: entry.key, modRevision: entry.modRevision }],
        operations: [{ type: 'put', key, value: held.value() }],
      });
      if (result.ok) taken++;
    }
  }
  return { taken, conflicts };
}

async function releaseOrphans(context: CompanionContext, services: ResourceStorage): Promise<number> {
  const addresses = ipAddressType(context);
  let released = 0;
  for await (const entry of readPages(context.store, prefixRange(addresses.storage.prefix))) {
    const object = decodeIpAddress(addresses, entry);
    // Addresses that somebody else keeps, for whatever parent, are theirs.
    if (object.metadata.labels?.[MANAGED_BY_LABEL] !== ALLOCATOR) continue;
    const { namespace = '', name = '' } = object.spec?.parentRef ?? {};
    if (await releaseOrphan(context, entry, { services, key: services.prefix + objectKey(namespace, name) })) released++;
  }
  for await (const entry of readPages(context.store, prefixRange(NODE_PORT_PREFIX))) {
    const { namespace, name } = holderOf(entry);
    if (await releaseOrphan(context, entry, { services, key: services.prefix + objectKey(namespace, name) })) released++;
  }
  return released;
}

async function releaseOrphan(context: CompanionContext, entry: Entry, service: { services: ResourceStorage; key: string }): Promise<boolean> {
  const { store } = context;
  const holder = await store.get(service.key);
  if (holder && keysOfService(context, decodeService(service.services, holder)).has(entry.key)) return false;
  return release(store, entry, { key: service.key, modRevision: holder?.modRevision ?? 0 });
}

async function release(store: Store, entry: Entry, service: { key: string; modRevision: number }): Promise<boolean> {
  const operations: Operation[] = [{ type: 'delete', key: entry.key }];
  const result = await store.commit({ compares: [{ key: entry.key, modRevision: entry.modRevision }, service], operations });
  return result.ok;
}

function decodeService(services: ResourceStorage, entry: Entry): Service {
  return decodeStored(entry.value, entry.modRevision, services.storageType) as Service;
}

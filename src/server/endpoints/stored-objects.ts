import { cloneJson, type DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { notFound } from '../../machinery/status-error.ts';
import type { RegistryContext } from '../registry/api-call.ts';
import { objectKey, type ResourceStorage, type ResourceType } from '../registry/resource-type.ts';
import { WrittenObject, type ServedObject } from '../registry/served-object.ts';
import { commit, contention, encodeFor, MAX_WRITE_ATTEMPTS, putOperation } from '../registry/write-support.ts';
import type { WatchCache } from '../watch-cache/watch-cache.ts';

/** The resource in the version it is stored in, for endpoints that touch objects of other resources than their own. */
export function storedType(context: RegistryContext, group: string, resource: string): ResourceType {
  const type = context.catalog.findStored(group, resource);
  if (!type) throw new Error(`${group === '' ? resource : `${resource}.${group}`} are not served`);
  return type;
}

/** The resource's cache, as new as the newest acknowledged write. */
export async function freshCache(context: RegistryContext, storage: ResourceStorage): Promise<WatchCache> {
  const cache = await context.caches.get(storage);
  if (!context.store.local) await cache.waitForNewest();
  return cache;
}

/** Throws NotFound, in the name of `asked` where it is given: some endpoints look for one thing and speak of another. */
export async function readStored(context: RegistryContext, storage: ResourceStorage, at: { readonly namespace: string; readonly name: string; readonly asked?: string }): Promise<DeepReadonly<KubeObject>> {
  const cache = await freshCache(context, storage);
  const item = cache.get(objectKey(at.namespace, at.name));
  if (!item) throw notFound({ group: storage.group, resource: at.asked ?? storage.resource }, at.name);
  return item.object();
}

/**
 * Changes a stored object past admission and the kind's rules: for endpoints whose own rules have decided. `change`
 * is called once per attempt with its own copy, and throws to refuse. Throws NotFound.
 */
export async function changeStored(context: RegistryContext, storage: ResourceStorage, at: { readonly namespace: string; readonly name: string }, change: (object: KubeObject) => void): Promise<ServedObject> {
  const key = objectKey(at.namespace, at.name);
  const fullKey = storage.prefix + key;
  let current: ServedObject | undefined = (await freshCache(context, storage)).get(key);
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt++) {
    if (!current) throw notFound(storage, at.name);
    const object = cloneJson(current.object()) as KubeObject;
    change(object);
    const value = encodeFor(storage, object);
    const result = await commit(context.store, { compares: [{ key: fullKey, modRevision: current.revision }], operations: [putOperation(storage, key, value)] });
    if (result.ok) return new WrittenObject(storage, value, result.revision);
    const entry = result.current.get(fullKey);
    current = entry && new WrittenObject(storage, entry.value, entry.modRevision);
  }
  throw contention(at.name);
}

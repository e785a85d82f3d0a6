import type { Client } from '../../client/client.ts';
import type { DiscoveredResource } from '../../client/discovery/discovered-resources.ts';
import { ResourceMapper } from '../../client/discovery/resource-mapper.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import type { ApiObject } from '../../client/resource-definition.ts';
import { equalJson, type JsonValue } from '../../machinery/json.ts';
import type { OwnerReference } from '../../machinery/object-meta.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { metadataClient } from './metadata-client.ts';
import type { ObjectReference } from './object-reference.ts';

/** Reads and changes objects by reference, whatever their kind. What is not there is no error. */
export class ObjectAccess {
  readonly #client: Client;
  readonly #mapper: ResourceMapper;

  constructor(client: Client) {
    this.#client = client;
    this.#mapper = new ResourceMapper({ caller: client, clock: client.clock });
  }

  /** The resource of a kind. Throws for a kind that the server does not serve, which may change. */
  async resourceOf(reference: { readonly apiVersion: string; readonly kind: string }): Promise<DiscoveredResource> {
    const resource = await this.#mapper.forObject(reference);
    if (!resource) throw new Error(`unable to get REST mapping for ${reference.apiVersion}/${reference.kind}.`);
    return resource;
  }

  /** What is served may have changed. */
  forgetResources(): void {
    this.#mapper.invalidate();
  }

  async get(reference: ObjectReference): Promise<ApiObject | undefined> {
    return orUndefined((await this.#objects(reference)).get(reference.name));
  }

  /** The object as it was read; it is left alone when its owners have changed since. */
  async delete(reference: ObjectReference, latest: ApiObject, propagationPolicy: 'Orphan' | 'Foreground' | 'Background'): Promise<void> {
    const objects = await this.#objects(reference);
    const { uid } = reference;
    const { resourceVersion = '', ownerReferences } = latest.metadata;
    try {
      await orUndefined(objects.delete(reference.name, { propagationPolicy, preconditions: { uid, resourceVersion } }));
    } catch (error) {
      if (!hasReason(error, 'Conflict')) throw error;
      const live = await this.get(reference);
      if (!live) return;
      if (live.metadata.uid !== uid || !equalJson(live.metadata.ownerReferences, ownerReferences)) throw error;
      await orUndefined(objects.delete(reference.name, { propagationPolicy, preconditions: { uid } }));
    }
  }

  async removeFinalizer(reference: ObjectReference, finalizer: string): Promise<void> {
    await this.#change(reference, ({ finalizers = [] }) => (finalizers.includes(finalizer) ? { finalizers: orNull(finalizers.filter((name) => name !== finalizer)) } : undefined));
  }

  async forgetOwners(reference: ObjectReference, uids: readonly string[]): Promise<void> {
    await this.#changeOwners(reference, (owners) => owners.filter(({ uid }) => !uids.includes(uid)));
  }

  /** Its owners' foreground deletion no longer waits for it. */
  async unblockOwners(reference: ObjectReference): Promise<void> {
    await this.#changeOwners(reference, (owners) => owners.map((owner) => (owner.blockOwnerDeletion === true ? { ...owner, blockOwnerDeletion: false } : owner)));
  }

  #changeOwners(reference: ObjectReference, change: (owners: readonly OwnerReference[]) => OwnerReference[]): Promise<void> {
    return this.#change(reference, ({ ownerReferences = [] }) => {
      const changed = change(ownerReferences);
      return equalJson(changed, ownerReferences) ? undefined : { ownerReferences: orNull(changed) };
    });
  }

  /** A patch of the revision that was read: a conflict is tried again by the queue. */
  async #change(reference: ObjectReference, change: (metadata: ApiObject['metadata']) => MetadataChange | undefined): Promise<void> {
    const latest = await this.get(reference);
    if (latest?.metadata.uid !== reference.uid) return;
    const fields = change(latest.metadata);
    if (!fields) return;
    const { resourceVersion = '', uid = '' } = latest.metadata;
    const metadata = { uid, resourceVersion, ...fields } as unknown as JsonValue;
    await orUndefined((await this.#objects(reference)).patch(reference.name, 'merge', { metadata }));
  }

  async #objects(reference: ObjectReference): Promise<ResourceClient<ApiObject>> {
    const resource = await this.resourceOf(reference);
    const objects = metadataClient(this.#client, resource);
    return resource.namespaced ? objects.inNamespace(reference.namespace) : objects;
  }
}

interface MetadataChange {
  readonly finalizers?: readonly string[] | null;
  readonly ownerReferences?: readonly OwnerReference[] | null;
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasReason(error, 'NotFound')) return undefined;
    throw error;
  }
}

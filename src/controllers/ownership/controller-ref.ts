import type { ApiObject } from '../../client/resource-definition.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { OwnerReference } from '../../machinery/object-meta.ts';
import type { Informer } from '../../runtime/informer.ts';

/** The owner that manages the object; at most one does. */
export function controllerOf({ metadata }: DeepReadonly<ApiObject>): DeepReadonly<OwnerReference> | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** What an object says of the owner that manages it. */
export function controllerRefTo(owner: DeepReadonly<ApiObject>): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name ?? '', uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true };
}

const INDEX = 'controller';

/** Makes an informer answer `controlledOrOrphaned`; several may ask. */
export function indexByController<T extends ApiObject>(informer: Informer<T>): Informer<T> {
  if (informer.store.hasIndex(INDEX)) return informer;
  informer.store.addIndex(INDEX, (shared) => {
    const object = shared as unknown as DeepReadonly<ApiObject>;
    const controller = controllerOf(object);
    return [controller ? controller.uid : orphansOf(object.metadata.namespace ?? '')];
  });
  return informer;
}

/** What the owner manages, and what nobody does in its namespace. */
export function controlledOrOrphaned<T extends ApiObject>(informer: Informer<T>, owner: DeepReadonly<ApiObject>): DeepReadonly<T>[] {
  return [...controlledBy(informer, owner.metadata.uid ?? ''), ...informer.store.byIndex(INDEX, orphansOf(owner.metadata.namespace ?? ''))];
}

export function controlledBy<T extends ApiObject>(informer: Informer<T>, ownerUid: string): DeepReadonly<T>[] {
  return informer.store.byIndex(INDEX, ownerUid);
}

/** No uid has a slash. */
function orphansOf(namespace: string): string {
  return `orphans/${namespace}`;
}

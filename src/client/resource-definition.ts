import type { GroupVersionResource } from '../machinery/group-version.ts';
import type { KubeObject, ObjectMeta } from '../machinery/object-meta.ts';

/** What every object has, whatever its kind: generated types and those of custom resources fit it. */
export interface ApiObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/**
 * A resource as a client names it, and by `T` the type of its objects:
 *
 *     const widgets: ResourceDefinition<Widget> = { group: 'example.com', version: 'v1', resource: 'widgets', namespaced: true };
 */
export interface ResourceDefinition<T extends ApiObject = KubeObject> extends GroupVersionResource {
  readonly namespaced: boolean;
  /** Given to items of lists, which travel without it; absent: told from the list's kind. */
  readonly kind?: string;
  /** Never set: it carries the type. */
  readonly objectType?: T;
}

/** `namespace/name`, or `name` alone: how an object is named in queues, stores and messages. */
export function objectKey(object: { readonly metadata: { readonly namespace?: string; readonly name?: string } }): string {
  const { namespace, name = '' } = object.metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

export interface NamespacedName {
  /** '' for objects without one. */
  readonly namespace: string;
  readonly name: string;
}

export function parseObjectKey(key: string): NamespacedName {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

import type { DeepReadonly } from '../../machinery/json.ts';
import type { OwnerReference } from '../../machinery/object-meta.ts';

/** Where an object stands, as somebody says it: an owner reference may be wrong about all but what it means. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for objects without one. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export function sameReference(a: ObjectReference, b: ObjectReference): boolean {
  return a.uid === b.uid && a.name === b.name && a.namespace === b.namespace && a.kind === b.kind && a.apiVersion === b.apiVersion;
}

/** What an owner reference means when it stands in an object of this namespace, and the owner is in one, too. */
export function referenceOf({ apiVersion, kind, name, uid }: DeepReadonly<OwnerReference>, namespace: string): ObjectReference {
  return { apiVersion, kind, name, uid, namespace };
}

export function referenceKey({ apiVersion, kind, namespace, name, uid }: ObjectReference): string {
  return JSON.stringify([apiVersion, kind, namespace, name, uid]);
}

/** As Kubernetes' messages show it. */
export function formatReference({ apiVersion, kind, namespace, name, uid }: ObjectReference): string {
  return `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
}

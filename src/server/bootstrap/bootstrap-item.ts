import type { GroupVersionResource } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';

/** What to do about an object that is there already. */
export type Reconciliation =
  | { readonly type: 'keep' }
  | { readonly type: 'update'; readonly object: KubeObject }
  /** It cannot be changed into what it must be: deleted and made anew. */
  | { readonly type: 'recreate' };

export const KEEP: Reconciliation = { type: 'keep' };

/** One object that every cluster holds. */
export interface BootstrapItem {
  readonly resource: GroupVersionResource;
  /** Complete with `apiVersion`, `kind`, name and namespace. */
  readonly object: KubeObject;
  /** Who owns the fields that are written; the server by default. */
  readonly manager?: string;
  /** Compares with the stored object. Without it an existing one is kept whatever it says. */
  reconcile?(existing: DeepReadonly<KubeObject>): Reconciliation;
}

/**
 * Where bootstrap objects go: the server's own registry, as the server itself. Failures are StatusErrors; `create` of
 * what another server has just made fails with AlreadyExists, and `update` of what it has just changed with Conflict.
 */
export interface BootstrapTarget {
  get(resource: GroupVersionResource, namespace: string, name: string): DeepReadonly<KubeObject> | undefined | Promise<DeepReadonly<KubeObject> | undefined>;
  create(resource: GroupVersionResource, object: KubeObject, manager?: string): Promise<unknown>;
  update(resource: GroupVersionResource, object: KubeObject, manager?: string): Promise<unknown>;
  delete(resource: GroupVersionResource, namespace: string, name: string): Promise<unknown>;
}

import type { DeepReadonly } from '../machinery/json.ts';
import type { GroupResource } from '../machinery/group-version.ts';
import type { KubeObject } from '../machinery/object-meta.ts';

/**
 * A view of stored objects for stages that decide by them (RBAC, namespaces, service accounts): reads from the watch
 * cache, at once, no older than the newest write that this process acknowledged. Objects come in their storage version,
 * shared and readonly.
 */
export interface ObjectReader {
  /** `namespace` is '' for cluster-scoped resources. */
  get(resource: GroupResource, namespace: string, name: string): DeepReadonly<KubeObject> | undefined;
  /** All of a namespace ('' for all namespaces), ordered by key. */
  list(resource: GroupResource, namespace: string): readonly DeepReadonly<KubeObject>[];
  /** Changes with every write to the resource: what is derived from its objects may be kept while this stays the same. */
  revision(resource: GroupResource): number;
}

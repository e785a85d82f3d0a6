import type { GroupResource } from '../../machinery/group-version.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ObjectReader } from '../object-reader.ts';

/** Objects in a map, for the tests of stages that decide by stored objects. Resources are guessed from kinds. */
export class MemoryReader implements ObjectReader {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #revisions = new Map<string, number>();
  lists = 0;

  constructor(objects: readonly KubeObject[] = []) {
    for (const object of objects) this.put(object);
  }

  put(object: KubeObject): void {
    const key = resourceKey(object);
    let all = this.#objects.get(key);
    if (all === undefined) this.#objects.set(key, (all = new Map()));
    all.set(`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object);
    this.#revisions.set(key, (this.#revisions.get(key) ?? 0) + 1);
  }

  remove(object: KubeObject): void {
    const key = resourceKey(object);
    this.#objects.get(key)?.delete(`${object.metadata.namespace ?? ''}/${object.metadata.name}`);
    this.#revisions.set(key, (this.#revisions.get(key) ?? 0) + 1);
  }

  get({ group, resource }: GroupResource, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(`${group}/${resource}`)?.get(`${namespace}/${name}`);
  }

  list({ group, resource }: GroupResource, namespace: string): readonly KubeObject[] {
    this.lists++;
    const all = [...(this.#objects.get(`${group}/${resource}`) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return all.filter(([key]) => namespace === '' || key.startsWith(`${namespace}/`)).map(([, object]) => object);
  }

  revision({ group, resource }: GroupResource): number {
    return this.#revisions.get(`${group}/${resource}`) ?? 0;
  }
}

function resourceKey(object: KubeObject): string {
  const slash = object.apiVersion.indexOf('/');
  const plural = object.kind.toLowerCase();
  return `${slash < 0 ? '' : object.apiVersion.slice(0, slash)}/${plural.endsWith('s') ? `${plural}es` : `${plural}s`}`;
}

const RBAC = 'rbac.authorization.k8s.io';

export function role(namespace: string, name: string, rules: readonly object[]): KubeObject {
  return { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name, namespace }, rules };
}

export function clusterRole(name: string, rules: readonly object[]): KubeObject {
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
}

/** `ref` is `Role/name`; subjects are `User/alice`, `Group/dev`, `ServiceAccount/namespace/name`; namespace '' makes a ClusterRoleBinding. */
export function binding(namespace: string, name: string, ref: string, subjects: readonly string[]): KubeObject {
  const [refKind, refName] = ref.split('/');
  return {
    apiVersion: `${RBAC}/v1`,
    kind: namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: namespace === '' ? { name } : { name, namespace },
    roleRef: { apiGroup: RBAC, kind: refKind, name: refName },
    subjects: subjects.map((text) => {
      const [kind, first, second] = text.split('/');
      return kind === 'ServiceAccount' ? { kind, ...(first ? { namespace: first } : {}), name: second } : { kind, apiGroup: RBAC, name: first };
    }),
  };
}

export function object(apiVersion: string, kind: string, metadata: KubeObject['metadata'], rest: Record<string, unknown> = {}): KubeObject {
  return { apiVersion, kind, metadata, ...rest };
}

import type { GroupResource } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
export const CLUSTER_ROLES: GroupResource = { group: RBAC_GROUP, resource: 'clusterroles' };
export const CLUSTER_ROLE_BINDINGS: GroupResource = { group: RBAC_GROUP, resource: 'clusterrolebindings' };
export const ROLES: GroupResource = { group: RBAC_GROUP, resource: 'roles' };
export const ROLE_BINDINGS: GroupResource = { group: RBAC_GROUP, resource: 'rolebindings' };

export interface RoleRef {
  readonly kind: string;
  readonly name: string;
}

export interface Subject {
  readonly kind: string;
  readonly apiGroup?: string;
  readonly name: string;
  readonly namespace?: string;
}

export function roleRefOf(binding: DeepReadonly<KubeObject>): RoleRef {
  const { kind = '', name = '' } = (binding['roleRef'] ?? {}) as Partial<RoleRef>;
  return { kind, name };
}

export function subjectsOf(binding: DeepReadonly<KubeObject>): readonly Subject[] {
  const subjects = binding['subjects'];
  return Array.isArray(subjects) ? (subjects as readonly Subject[]) : [];
}

/** The name a service account's requests carry. */
export function serviceAccountUserName(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Splits `system:serviceaccount:<namespace>:<name>`; undefined for every other name. */
export function parseServiceAccountUserName(userName: string): { namespace: string; name: string } | undefined {
  if (!userName.startsWith('system:serviceaccount:')) return undefined;
  const [namespace, name, ...rest] = userName.slice('system:serviceaccount:'.length).split(':');
  if (!namespace || !name || rest.length > 0) return undefined;
  return { namespace, name };
}

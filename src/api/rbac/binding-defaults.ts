import type { KubeObject } from '../../machinery/object-meta.ts';
import { RBAC_GROUP, type Binding } from './role.ts';

/** Roles, users and groups belong to this API group where nothing else is said; service accounts to the core group. */
export function bindingDefaults(object: KubeObject): void {
  const binding = object as Binding;
  const roleRef = (binding.roleRef ??= {});
  if (!roleRef.apiGroup) roleRef.apiGroup = RBAC_GROUP;
  for (const subject of binding.subjects ?? []) {
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = RBAC_GROUP;
  }
}

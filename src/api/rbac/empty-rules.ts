import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Role } from './role.ts';

/** Once stored, no rules and an empty list of rules are the same, and are shown as null. */
export function forgetEmptyRules(object: KubeObject): void {
  const role = object as Role;
  if (role.rules?.length === 0) role.rules = null;
}

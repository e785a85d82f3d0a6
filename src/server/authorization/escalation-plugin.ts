import type { AdmissionPlugin } from '../admission/admission-plugin.ts';
import { checkEscalation, type EscalationOptions } from './escalation.ts';
import { RBAC_GROUP } from './rbac-objects.ts';

/**
 * The escalation check as the last of the plugins that change objects: it sees a role or a binding in its final form,
 * before validation does. It cannot be turned off by leaving a plugin out of a flag's list.
 */
export function escalationPlugin(options: EscalationOptions): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    async admit({ user, resource, subresource, namespace, object, oldObject }) {
      if (resource.group !== RBAC_GROUP || subresource !== '' || object === undefined) return;
      const refusal = await checkEscalation({ user, resource: resource.resource, namespace, object, ...(oldObject === undefined ? {} : { oldObject }) }, options);
      if (refusal !== undefined) throw refusal;
    },
  };
}

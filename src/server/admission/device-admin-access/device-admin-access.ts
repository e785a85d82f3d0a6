import { fieldForbidden, FieldPath } from '../../../machinery/field-error.ts';
import { invalid } from '../../../machinery/status-error.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';

const LABEL = 'resource.kubernetes.io/admin-access';
const NEEDS_LABEL = `admin access to devices requires the \`${LABEL}: true\` label on the containing namespace`;
/** Where the claim's spec stands. */
const SPECS: Readonly<Record<string, readonly string[]>> = { resourceclaims: ['spec'], resourceclaimtemplates: ['spec', 'spec'] };

interface Claim {
  readonly devices?: { readonly requests?: readonly { readonly exactly?: { readonly adminAccess?: boolean } }[] };
}

/**
 * Claims that reach devices in use by others are made only in namespaces that are marked for it. In Kubernetes a part of
 * the kinds' strategy, so it cannot be turned off; specs do not change afterwards.
 */
export function deviceAdminAccess(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'DeviceAdminAccess',
    handles: (operation) => operation === 'CREATE',
    validate({ kind, resource, subresource, namespace, object }) {
      const steps = resource.group === 'resource.k8s.io' && subresource === '' ? SPECS[resource.resource] : undefined;
      if (!steps || !object) return;
      const spec = steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], object) as Claim | undefined;
      const path = FieldPath.root().child(...steps, 'devices', 'requests');
      const errors = (spec?.devices?.requests ?? []).flatMap((request, i) => (request.exactly?.adminAccess === true ? [fieldForbidden(path.index(i).child('adminAccess'), NEEDS_LABEL)] : []));
      if (errors.length === 0 || reader.get({ group: '', resource: 'namespaces' }, '', namespace)?.metadata.labels?.[LABEL] === 'true') return;
      throw invalid(kind, object.metadata.name ?? '', errors);
    },
  };
}

import type { GroupResource } from '../../../machinery/group-version.ts';
import { failure, notFound, type StatusError } from '../../../machinery/status-error.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';

const NAMESPACES: GroupResource = { group: '', resource: 'namespaces' };
/** A cluster does not work without these. */
const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/**
 * Lets nothing into namespaces that do not exist, nothing new into those that are being deleted, and keeps the system's
 * own namespaces from deletion. Access reviews are asked, not kept, and pass.
 */
export function namespaceLifecycle(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: (operation) => operation !== 'CONNECT',
    admit(request) {
      const { operation, resource, namespace, name } = request;
      const aboutNamespaces = resource.group === '' && resource.resource === 'namespaces';
      if (operation === 'DELETE') {
        if (aboutNamespaces && request.subresource === '' && IMMORTAL.has(name)) throw admissionRefusal(request, 'this namespace may not be deleted');
        return;
      }
      if (aboutNamespaces || namespace === '' || isAccessReview(request)) return;
      const found = reader.get(NAMESPACES, '', namespace);
      if (found === undefined) throw notFound(NAMESPACES, namespace);
      if (operation === 'CREATE' && (found['status'] as { readonly phase?: string } | undefined)?.phase === 'Terminating') throw terminating(request);
    },
  };
}

function isAccessReview({ resource }: AdmissionRequest): boolean {
  return resource.group === 'authorization.k8s.io' && resource.resource === 'localsubjectaccessreviews';
}

function terminating(request: AdmissionRequest): StatusError {
  const { namespace } = request;
  const { status } = admissionRefusal(request, `unable to create new content in namespace ${namespace} because it is being terminated`);
  return failure({
    code: 403,
    reason: 'Forbidden',
    message: status.message ?? '',
    details: { ...status.details, causes: [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }] },
  });
}

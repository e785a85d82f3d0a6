import { formatTime } from '../../machinery/clock.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../machinery/object-meta.ts';
import { encodeFor, putOperation } from '../registry/write-support.ts';
import { cloneJson } from '../../machinery/json.ts';
import type { RegistryContext } from '../registry/api-call.ts';

const NAME = 'kubernetes';
const MANAGER = 'kubernetes-service-cidr-controller';

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastTransitionTime: string;
}

interface ServiceCidr extends KubeObject {
  status?: { conditions?: Condition[] };
}

/** Says of the cluster's own ServiceCIDR that it is ready, once; whatever condition is there already stays. */
export async function markDefaultServiceCidrReady(context: RegistryContext): Promise<void> {
  const storage = context.catalog.findStored('networking.k8s.io', 'servicecidrs')?.storage;
  if (!storage) return;
  const stored = (await context.caches.get(storage)).get(NAME);
  const object = stored && (cloneJson(stored.object()) as ServiceCidr);
  if (!object || object.status?.conditions?.some(({ type }) => type === 'Ready')) return;
  const now = formatTime(context.clock.now());
  const condition: Condition = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes default Service CIDR is ready', lastTransitionTime: now };
  object.status = { ...object.status, conditions: [...(object.status?.conditions ?? []), condition] };
  object.metadata.managedFields = [ownership(object.apiVersion, now), ...(object.metadata.managedFields ?? [])];
  // Another server that was faster has said the same.
  await context.store.commit({
    compares: [{ key: storage.prefix + NAME, modRevision: stored.revision }],
    operations: [putOperation(storage, NAME, encodeFor(storage, object))],
  });
}

/** As the controller of that name owns what it applies. */
function ownership(apiVersion: string, time: string): ManagedFieldsEntry {
  const fields = { '.': {}, 'f:lastTransitionTime': {}, 'f:message': {}, 'f:status': {}, 'f:type': {} };
  return {
    manager: MANAGER,
    operation: 'Apply',
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:status': { 'f:conditions': { 'k:{"type":"Ready"}': fields } } },
    subresource: 'status',
  };
}

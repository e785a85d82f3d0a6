import { updateManagedFields } from '../../../machinery/apply/managed-fields.ts';
import { formatTime } from '../../../machinery/clock.ts';
import { cloneJson, setOwn, type DeepReadonly, type JsonObject } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { formatQuantity } from '../../../machinery/quantity.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { RegistryContext } from '../../registry/api-call.ts';
import { objectKey, type ResourceType } from '../../registry/resource-type.ts';
import { commit, encodeFor, putOperation, written } from '../../registry/write-support.ts';
import type { QuotaCharge, QuotaStore } from './quota-store.ts';
import type { Usage } from '../../../api/quota/usage.ts';

const QUOTAS = { group: '', resource: 'resourcequotas' };
/** Who owns the used amounts that admission writes. */
const MANAGER = 'kube-apiserver';

/** The quotas of a server, charged by compare-and-swap: no two servers on one store can both use what is left. */
export function storedQuotas(context: RegistryContext, reader: ObjectReader): QuotaStore {
  return new StoredQuotas(context, reader);
}

class StoredQuotas implements QuotaStore {
  readonly #context: RegistryContext;
  readonly #reader: ObjectReader;

  constructor(context: RegistryContext, reader: ObjectReader) {
    this.#context = context;
    this.#reader = reader;
  }

  hasQuotas(namespace: string): boolean {
    return this.#reader.list(QUOTAS, namespace).length > 0;
  }

  async read(namespace: string): Promise<readonly DeepReadonly<KubeObject>[]> {
    const { store } = this.#context;
    const { storage } = this.#type();
    const quotas: DeepReadonly<KubeObject>[] = [];
    for (const { metadata } of this.#reader.list(QUOTAS, namespace)) {
      const entry = await store.getForUpdate(storage.prefix + objectKey(namespace, metadata.name ?? ''));
      if (entry !== undefined) quotas.push(written(storage, entry.value, entry.modRevision).object());
    }
    return quotas;
  }

  async charge(charges: readonly QuotaCharge[]): Promise<boolean> {
    if (charges.length === 0) return true;
    const type = this.#type();
    const { storage } = type;
    const writes = charges.map(({ quota, used }) => {
      const key = objectKey(quota.metadata.namespace ?? '', quota.metadata.name ?? '');
      const value = encodeFor(storage, chargedQuota(quota, used, type, this.#context.clock.now()));
      return {
        compare: { key: storage.prefix + key, modRevision: Number(quota.metadata.resourceVersion) },
        operation: putOperation(storage, key, value),
      };
    });
    const result = await commit(this.#context.store, { compares: writes.map(({ compare }) => compare), operations: writes.map(({ operation }) => operation) });
    return result.ok;
  }

  #type(): ResourceType {
    const type = this.#context.catalog.findStored(QUOTAS.group, QUOTAS.resource);
    if (type === undefined) throw new Error('resourcequotas are not served');
    return type;
  }
}

function chargedQuota(quota: DeepReadonly<KubeObject>, used: Usage, type: ResourceType, nowMs: number): KubeObject {
  const charged = cloneJson(quota) as KubeObject;
  const amounts: JsonObject = {};
  for (const name of [...used.keys()].sort()) {
    const amount = used.get(name);
    if (amount !== undefined) setOwn(amounts, name, formatQuantity(amount));
  }
  ((charged['status'] ??= {}) as JsonObject)['used'] = amounts;
  const managedFields = updateManagedFields(quota as KubeObject, charged, { manager: MANAGER, apiVersion: type.apiVersion, schema: type.mergeSchema, now: formatTime(nowMs), subresource: 'status' });
  if (managedFields === undefined) delete charged.metadata.managedFields;
  else charged.metadata.managedFields = managedFields;
  return charged;
}

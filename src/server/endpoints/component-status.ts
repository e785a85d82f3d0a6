import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { failure } from '../../machinery/status-error.ts';
import { encodeStored } from '../objects/stored-object.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import { parseListOptions, validateListOptions } from '../registry/request-options.ts';
import { objectKey } from '../registry/resource-type.ts';
import type { Outcome } from '../registry/outcome.ts';
import { selectionOf } from '../registry/selection.ts';
import { CachedObject } from '../watch-cache/cached-object.ts';
import { ParsedObjects } from '../watch-cache/parsed-objects.ts';
import { freshCache, storedType } from './stored-objects.ts';

interface ComponentCondition {
  readonly type: 'Healthy';
  readonly status: 'True' | 'False';
  readonly message: string;
  readonly error?: string;
}

type Probe = (context: RegistryContext) => Promise<ComponentCondition>;

const HEALTHY: ComponentCondition = { type: 'Healthy', status: 'True', message: 'ok' };

/**
 * The components by their names. The store is asked; who leads an election proves by its lease that it is alive, wherever
 * it runs.
 */
const PROBES: ReadonlyMap<string, Probe> = new Map([
  ['controller-manager', byLease('kube-controller-manager')],
  ['scheduler', byLease('kube-scheduler')],
  ['etcd-0', storeAnswers],
]);

/** GET of one ComponentStatus, or of all. Nothing of it is stored: each answer is made by asking. */
export async function readComponentStatus(context: RegistryContext, call: ApiCall): Promise<Outcome> {
  return call.info.name === '' ? list(context, call) : get(context, call);
}

async function get(context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const { name } = call.info;
  const probe = PROBES.get(name);
  if (!probe) throw failure({ code: 500, message: `Component not found: ${name}` });
  return { type: 'object', status: 200, object: statusObject(call, name, await probe(context)) };
}

async function list(context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const options = parseListOptions(call.query);
  validateListOptions(options, false);
  const selection = selectionOf(call.type, '', '', options);
  const { storageType } = call.type.storage;
  const objects = new ParsedObjects(PROBES.size);
  const all = await Promise.all(
    [...PROBES].map(async ([name, probe]) => {
      const value = encodeStored(statusObject(call, name, await probe(context)));
      return new CachedObject({ key: name, value, createRevision: 0, modRevision: 0 }, name, { typeOf: () => storageType }, objects);
    }),
  );
  const items = all.filter((item) => selection.matches(item));
  if (call.form.as) return { type: 'list', list: { items, revision: await context.store.currentRevision() } };
  const shown = items.map((item) => {
    const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = item.object();
    return { metadata: { name: metadata.name }, ...rest };
  });
  return { type: 'object', status: 200, object: { kind: call.type.listKind, apiVersion: call.type.apiVersion, metadata: {}, items: shown } };
}

function statusObject(call: ApiCall, name: string, condition: ComponentCondition): KubeObject {
  return { kind: call.type.kind, apiVersion: call.type.apiVersion, metadata: { name }, conditions: [condition] };
}

async function storeAnswers({ store }: RegistryContext): Promise<ComponentCondition> {
  try {
    await store.currentRevision();
    return HEALTHY;
  } catch (error) {
    return unhealthy(error instanceof Error ? error.message : String(error));
  }
}

interface Lease extends KubeObject {
  spec?: { holderIdentity?: string; leaseDurationSeconds?: number; renewTime?: string };
}

const LEASE_NAMESPACE = 'kube-system';
const DEFAULT_LEASE_SECONDS = 15;

function byLease(name: string): Probe {
  return async (context) => {
    const cache = await freshCache(context, storedType(context, 'coordination.k8s.io', 'leases').storage);
    const lease = cache.get(objectKey(LEASE_NAMESPACE, name))?.object() as DeepReadonly<Lease> | undefined;
    const { renewTime, holderIdentity = '', leaseDurationSeconds = DEFAULT_LEASE_SECONDS } = lease?.spec ?? {};
    if (renewTime === undefined || holderIdentity === '') return unhealthy(`nobody holds the lease ${LEASE_NAMESPACE}/${name}`);
    const alive = Date.parse(renewTime) + leaseDurationSeconds * 1000 >= context.clock.now();
    return alive ? HEALTHY : unhealthy(`${holderIdentity} has not renewed the lease ${LEASE_NAMESPACE}/${name} since ${renewTime}`);
  };
}

function unhealthy(message: string): ComponentCondition {
  return { type: 'Healthy', status: 'False', message, error: message };
}

import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { Client } from '../../client/client.ts';
import type { DiscoveredResource } from '../../client/discovery/discovered-resources.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import type { ApiObject, ResourceDefinition } from '../../client/resource-definition.ts';
import { findStatusError, hasReason } from '../../machinery/status-error.ts';
import { preferredResources, type PreferredResources } from '../discovery/preferred-resources.ts';
import type { ContentReport } from './compute-conditions.ts';

/** What a pass left behind, and for how long that is no surprise. */
export interface DeletionPass {
  readonly report: ContentReport;
  /** Seconds until what is left should have ended by itself; 0 when nothing is left, or nothing is known of it. */
  readonly estimateSeconds: number;
  /** True while pods live: nothing but pods was deleted, since what they use must outlive them. */
  readonly waitsForPods: boolean;
  readonly errors: readonly Error[];
}

export interface DeletionTarget {
  readonly client: Client;
  readonly namespace: string;
  readonly deletedMs: number;
  readonly signal: AbortSignal;
}

interface Leftovers {
  readonly count: number;
  readonly finalizers: ReadonlyMap<string, number>;
  readonly estimateSeconds: number;
}

/** Whoever removes finalizers is given this long. */
const FINALIZER_ESTIMATE_SECONDS = 15;
const NOTHING: Leftovers = { count: 0, finalizers: new Map(), estimateSeconds: 0 };

/** One pass: deletes everything that the namespace holds, of built-in and other kinds, pods first. */
export async function deleteContent(target: DeletionTarget): Promise<DeletionPass> {
  const errors: Error[] = [];
  const deletionErrors: string[] = [];
  const remaining = new Map<string, number>();
  const finalizers = new Map<string, number>();
  let estimateSeconds = 0;
  const { resources, failures } = await discovered(target);
  if (failures.length > 0) errors.push(new Error(`discovery failed for ${failures.map(({ groupVersion }) => groupVersion).join(', ')}`));
  const report: ContentReport = { discoveryFailures: failures, deletionErrors, remaining, finalizers };
  const note = (error: unknown): void => {
    const wrapped = error instanceof Error ? error : new Error(String(error));
    errors.push(wrapped);
    deletionErrors.push(wrapped.message);
  };
  const namespaced = resources.filter(({ namespaced: inNamespace, verbs }) => inNamespace && verbs.includes('delete'));
  const pods = namespaced.find(isPods);
  if (pods) {
    try {
      const left = await deleteAll(target, pods);
      if (left.count > 0) return { report, estimateSeconds: left.estimateSeconds, waitsForPods: true, errors };
    } catch (error) {
      note(error);
      return { report, estimateSeconds, waitsForPods: true, errors };
    }
  }
  for (const resource of namespaced) {
    if (isPods(resource)) continue;
    try {
      const left = await deleteAll(target, resource);
      if (left.count > 0) remaining.set(`${resource.resource}.${resource.group}`, left.count);
      for (const [name, count] of left.finalizers) finalizers.set(name, (finalizers.get(name) ?? 0) + count);
      estimateSeconds = Math.max(estimateSeconds, left.estimateSeconds);
    } catch (error) {
      if (target.signal.aborted) throw error;
      note(error);
    }
  }
  return { report, estimateSeconds, waitsForPods: false, errors };
}

async function discovered({ client, signal }: DeletionTarget): Promise<PreferredResources> {
  return preferredResources(client, { signal });
}

function isPods({ group, resource }: DiscoveredResource): boolean {
  return group === '' && resource === 'pods';
}

async function deleteAll(target: DeletionTarget, resource: DiscoveredResource): Promise<Leftovers> {
  const { client, namespace, signal } = target;
  const objects = client.resource(definitionOf(resource)).inNamespace(namespace);
  const estimateSeconds = isPods(resource) ? await podEstimate(target) : 0;
  const whole = resource.verbs.includes('deletecollection') && (await supported(objects.deleteCollection({ propagationPolicy: 'Background', signal })));
  if (!whole) await deleteEach(objects, signal);
  if (!resource.verbs.includes('list')) return { ...NOTHING, estimateSeconds };
  const { items } = await objects.listAll({ signal });
  if (items.length === 0) return NOTHING;
  const finalizers = new Map<string, number>();
  for (const { metadata } of items) for (const name of metadata.finalizers ?? []) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
  if (estimateSeconds > 0) return { count: items.length, finalizers, estimateSeconds };
  if (finalizers.size > 0) return { count: items.length, finalizers, estimateSeconds: FINALIZER_ESTIMATE_SECONDS };
  const { group, version, resource: plural } = resource;
  throw new Error(`unexpected items still remain in namespace: ${namespace} for gvr: ${group}/${version}, Resource=${plural}`);
}

function definitionOf({ group, version, resource, namespaced }: DiscoveredResource): ResourceDefinition<ApiObject> {
  return { group, version, resource, namespaced };
}

/** False when the server says that it does not do this for the resource. */
async function supported(call: Promise<void>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (findStatusError(error)?.code === 405 || hasReason(error, 'NotFound')) return false;
    throw error;
  }
}

async function deleteEach(objects: ResourceClient<ApiObject>, signal: AbortSignal): Promise<void> {
  const { items } = await objects.listAll({ signal });
  for (const { metadata } of items) {
    try {
      await objects.delete(metadata.name ?? '', { propagationPolicy: 'Background', signal });
    } catch (error) {
      if (!hasReason(error, 'NotFound') && findStatusError(error)?.code !== 405) throw error;
    }
  }
}

/** The longest grace period of running pods, counted from the namespace's deletion; 0 once that is over. */
async function podEstimate({ client, namespace, deletedMs, signal }: DeletionTarget): Promise<number> {
  const { items } = await client.resource<Pod>(BUILTIN.pods).inNamespace(namespace).listAll({ signal });
  let seconds = 0;
  for (const { status, spec } of items) {
    if (status?.phase === 'Succeeded' || status?.phase === 'Failed') continue;
    seconds = Math.max(seconds, spec?.terminationGracePeriodSeconds ?? 0);
  }
  return client.clock.now() - deletedMs >= seconds * 1000 ? 0 : seconds;
}

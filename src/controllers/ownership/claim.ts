import type { ResourceClient } from '../../client/resource-client.ts';
import type { ApiObject } from '../../client/resource-definition.ts';
import type { DeepReadonly, JsonValue } from '../../machinery/json.ts';
import type { LabelSelector } from '../../machinery/label-selector.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { controllerOf, controllerRefTo } from './controller-ref.ts';

export interface ClaimPlan<T> {
  /** Managed already, and selected. */
  readonly keep: readonly T[];
  /** Selected, and managed by nobody. */
  readonly adopt: readonly T[];
  /** Managed, but no longer selected. */
  readonly release: readonly T[];
}

/** Which objects an owner manages, takes over and lets go, by its selector. One in deletion changes nothing any more. */
export function computeClaims<T extends DeepReadonly<ApiObject>>(owner: DeepReadonly<ApiObject>, selector: LabelSelector, objects: readonly T[]): ClaimPlan<T> {
  const keep: T[] = [];
  const adopt: T[] = [];
  const release: T[] = [];
  const ownerLives = owner.metadata.deletionTimestamp === undefined;
  for (const object of objects) {
    const controller = controllerOf(object);
    const selected = selector.matches(object.metadata.labels);
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (selected) keep.push(object);
      else if (ownerLives) release.push(object);
    } else if (selected && ownerLives && object.metadata.deletionTimestamp === undefined) adopt.push(object);
  }
  return { keep, adopt, release };
}

export interface ClaimContext<T extends ApiObject> {
  readonly owner: DeepReadonly<ApiObject>;
  readonly owners: ResourceClient<ApiObject>;
  readonly objects: ResourceClient<T>;
  readonly signal: AbortSignal;
  /** Comes with adoption, and goes with release. */
  readonly finalizer?: string;
}

/** Carries the plan out; the answer is what the owner manages now. Nothing is adopted for an owner that is no more. */
export async function applyClaims<T extends ApiObject, R extends DeepReadonly<ApiObject>>(plan: ClaimPlan<R>, context: ClaimContext<T>): Promise<R[]> {
  const { owner, objects, signal, finalizer } = context;
  const { uid: ownerUid = '', namespace = '' } = owner.metadata;
  const patch = async (object: R, change: object): Promise<boolean> => {
    const { name = '', uid = '' } = object.metadata;
    try {
      await objects.inNamespace(namespace).patch(name, 'strategic', { metadata: { uid, ...change } } as unknown as JsonValue, { signal });
      return true;
    } catch (error) {
      // Gone, or another by now.
      if (hasReason(error, 'NotFound') || hasReason(error, 'Invalid')) return false;
      throw error;
    }
  };
  const releasing = { ownerReferences: [{ $patch: 'delete', uid: ownerUid }], ...(finalizer !== undefined && { '$deleteFromPrimitiveList/finalizers': [finalizer] }) };
  for (const object of plan.release) await patch(object, releasing);
  if (plan.adopt.length === 0) return [...plan.keep];
  await assertAdopting(context);
  const adopted: R[] = [];
  const adopting = { ownerReferences: [controllerRefTo(owner)], ...(finalizer !== undefined && { finalizers: [finalizer] }) };
  for (const object of plan.adopt) if (await patch(object, adopting)) adopted.push(object);
  return [...plan.keep, ...adopted];
}

/** Asks the server: an informer may not show yet that the owner was deleted. */
async function assertAdopting({ owner, owners, signal }: ClaimContext<ApiObject>): Promise<void> {
  const { namespace = '', name = '', uid = '' } = owner.metadata;
  const live = await owners.inNamespace(namespace).get(name, { signal });
  if (live.metadata.uid !== uid) throw new Error(`original ${owner.kind} ${namespace}/${name} is gone: got uid ${live.metadata.uid ?? ''}, wanted ${uid}`);
  if (live.metadata.deletionTimestamp !== undefined) throw new Error(`${namespace}/${name} has just been deleted at ${live.metadata.deletionTimestamp}`);
}

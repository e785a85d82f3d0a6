import type { PodCondition } from '../../api/types/generated/core-v1.ts';
import type { JsonObject } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { SharedPod } from '../framework/objects.ts';

/** The part of a strategic merge patch of a pod's status that sets one condition; a new one comes last. */
export function conditionPatch({ status }: SharedPod, condition: PodCondition): JsonObject {
  const types = (status?.conditions ?? []).map(({ type }) => type);
  if (!types.includes(condition.type)) types.push(condition.type);
  return { '$setElementOrder/conditions': types.map((type) => ({ type })), conditions: [{ ...condition }] };
}

/**
 * Whether a write that named a pod's uid met no pod of that uid: the pod is gone, or another one has its name. A patch is
 * refused as invalid then, since a uid cannot be changed.
 */
export function isOtherPod(error: unknown): boolean {
  return hasReason(error, 'NotFound') || hasReason(error, 'Conflict') || hasReason(error, 'Invalid');
}

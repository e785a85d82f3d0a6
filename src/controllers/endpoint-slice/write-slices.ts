import type { EndpointSlice } from '../../api/types/generated/discovery-v1.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { formatTime } from '../../machinery/clock.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { LAST_CHANGE_ANNOTATION } from '../services/service-pods.ts';
import { isNamespaceTerminating } from '../unless-terminating.ts';
import type { SlicePlan } from './compute-slices.ts';

export interface SliceWrites {
  readonly slices: ResourceClient<EndpointSlice>;
  readonly signal: AbortSignal;
  /** When what changed began to. */
  readonly triggerMs?: number | undefined;
  /** An owner that is being deleted gets no new slices. */
  readonly ownerLives: boolean;
}

/** Carries a plan out. Namespaces in deletion take no new slices, which is no failure. */
export async function writeSlices(plan: SlicePlan, { slices, signal, triggerMs, ownerLives }: SliceWrites): Promise<void> {
  if (ownerLives) {
    for (const slice of plan.create) {
      try {
        await slices.create(withTrigger(slice, triggerMs), { signal });
      } catch (error) {
        if (isNamespaceTerminating(error)) return;
        throw error;
      }
    }
  }
  for (const slice of plan.update) await slices.update(withTrigger(slice, triggerMs), { signal });
  for (const { metadata } of plan.delete) {
    try {
      await slices.inNamespace(metadata.namespace ?? '').delete(metadata.name ?? '', { signal });
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
    }
  }
}

function withTrigger(slice: EndpointSlice, triggerMs: number | undefined): EndpointSlice {
  const annotations = { ...slice.metadata.annotations };
  delete annotations[LAST_CHANGE_ANNOTATION];
  if (triggerMs !== undefined) annotations[LAST_CHANGE_ANNOTATION] = formatTime(triggerMs);
  return { ...slice, metadata: { ...slice.metadata, annotations } };
}

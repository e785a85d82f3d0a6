import type { Pod } from '../../api/types/generated/core-v1.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import type { JsonValue } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { isTracked } from './job-pod-state.ts';
import { TRACKING_FINALIZER } from './job-state.ts';

/** So many pods at once. */
const PARALLEL = 50;

/** Takes the finalizer off; a pod that is gone, or another by now, needs it no more. */
export async function releasePod(pods: ResourceClient<Pod>, pod: SharedPod, signal: AbortSignal): Promise<void> {
  if (!isTracked(pod)) return;
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  const patch = { metadata: { uid, '$deleteFromPrimitiveList/finalizers': [TRACKING_FINALIZER] } } as JsonValue;
  try {
    await pods.inNamespace(namespace).patch(name, 'strategic', patch, { signal });
  } catch (error) {
    if (!hasReason(error, 'NotFound') && !hasReason(error, 'Invalid')) throw error;
  }
}

/** The uids of the pods that are released now, and the first failure. */
export async function releasePods(client: ResourceClient<Pod>, pods: readonly SharedPod[], signal: AbortSignal): Promise<{ readonly released: ReadonlySet<string>; readonly error?: unknown }> {
  const released = new Set<string>();
  let failure: { error?: unknown } = {};
  for (let start = 0; start < pods.length; start += PARALLEL) {
    const batch = pods.slice(start, start + PARALLEL);
    const results = await Promise.allSettled(batch.map((pod) => releasePod(client, pod, signal)));
    for (const [i, result] of results.entries()) {
      if (result.status === 'fulfilled') released.add(batch[i]?.metadata.uid ?? '');
      else failure = 'error' in failure ? failure : { error: result.reason };
    }
  }
  return { released, ...failure };
}

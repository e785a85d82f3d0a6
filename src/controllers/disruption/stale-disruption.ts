import type { Pod } from '../../api/types/generated/core-v1.ts';
import type { ControllerContext } from '../controller-context.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import type { Informer } from '../../runtime/informer.ts';
import { failureLog } from '../failure-log.ts';
import { hasEnded, type SharedPod } from '../pods/pod-state.ts';

const CONDITION = 'DisruptionTarget';
/** A disruption that was announced and did not begin in this time will not. */
const TIMEOUT_MS = 2 * 60_000;
const NAME = 'stale-pod-disruption';

/** Takes back announcements of disruptions that nothing came of. */
export function staleDisruptionController({ client, clock, log }: ControllerContext, pods: Informer<Pod>): Controller {
  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const pod = pods.store.get(key);
      const staleMs = pod && staleSinceMs(pod);
      if (!pod || staleMs === undefined) return;
      const nowMs = clock.now();
      if (staleMs > nowMs) return { requeueAfterMs: staleMs - nowMs };
      const copy = cloneJson(pod) as Pod;
      const conditions = (copy.status?.conditions ?? []).map((condition) => (condition.type === CONDITION ? { type: CONDITION, status: 'False', lastTransitionTime: formatTime(nowMs) } : condition));
      try {
        await client.resource<Pod>(pods.resource.definition).updateStatus({ ...copy, status: { ...copy.status, conditions } }, { signal });
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
      return undefined;
    },
  });
  controller.watch(pods, { filter: ({ event, object }) => event !== 'delete' && staleSinceMs(object) !== undefined });
  return controller;
}

/** When the pod's announcement is to be taken back, in epoch milliseconds; undefined when it has none, or goes. */
function staleSinceMs(pod: SharedPod): number | undefined {
  if (hasEnded(pod) || pod.metadata.deletionTimestamp !== undefined) return undefined;
  const condition = pod.status?.conditions?.find(({ type, status }) => type === CONDITION && status === 'True');
  return condition ? (Date.parse(condition.lastTransitionTime ?? '') || 0) + TIMEOUT_MS : undefined;
}

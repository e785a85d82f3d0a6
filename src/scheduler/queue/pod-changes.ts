import { equalJson } from '../../machinery/json.ts';
import type { ClusterEvent, EventAction } from '../framework/cluster-event.ts';
import type { SharedPod } from '../framework/objects.ts';
import { podRequests } from '../framework/pod-requests.ts';

/** What about a pod changed that may matter to scheduling: itself, or others that it keeps from a node. */
export function schedulingChanges(old: SharedPod, current: SharedPod): ClusterEvent[] {
  const actions: EventAction[] = [];
  if (!equalJson(old.metadata.labels, current.metadata.labels)) actions.push('UpdatePodLabel');
  if (asksForLess(old, current)) actions.push('UpdatePodScaleDown');
  if ((old.spec?.schedulingGates?.length ?? 0) > 0 && (current.spec?.schedulingGates?.length ?? 0) === 0) actions.push('UpdatePodSchedulingGatesEliminated');
  if (!equalJson(old.spec?.tolerations, current.spec?.tolerations)) actions.push('UpdatePodTolerations');
  if (actions.length === 0 && !equalJson(constraintsOf(old), constraintsOf(current))) actions.push('Update');
  const resource = (current.spec?.nodeName ?? '') === '' ? 'UnscheduledPod' : 'AssignedPod';
  return actions.map((action) => ({ resource, action, old, current }));
}

function asksForLess(old: SharedPod, current: SharedPod): boolean {
  if (old.spec === current.spec || (equalJson(old.spec?.containers, current.spec?.containers) && equalJson(old.spec?.resources, current.spec?.resources) && equalJson(old.status?.containerStatuses, current.status?.containerStatuses))) return false;
  const before = podRequests(old).exact;
  const after = podRequests(current).exact;
  if (after.milliCpu < before.milliCpu || after.memory < before.memory || after.ephemeralStorage < before.ephemeralStorage) return true;
  for (const [name, amount] of before.scalars) if (after.get(name) < amount) return true;
  return false;
}

/** Gated pods may have these narrowed. */
function constraintsOf({ spec }: SharedPod): unknown {
  return [spec?.nodeSelector, spec?.affinity, spec?.schedulingGates, spec?.topologySpreadConstraints];
}

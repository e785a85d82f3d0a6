import { scaleIntOrPercent } from '../../machinery/int-or-string.ts';
import { isAvailable, type SharedPod } from '../pods/pod-state.ts';
import { isUpdated, type SharedDaemonSet } from './daemon-pods.ts';
import type { DaemonObservation } from './compute-manage.ts';

export interface UpdateStep {
  readonly create: readonly string[];
  readonly remove: readonly SharedPod[];
}

/** The pods of a node that are not on their way out; `unclear`: more than one of a kind, which management sees to first. */
type NodePods = { readonly type: 'unclear' } | { readonly type: 'clear'; readonly updated: SharedPod | undefined; readonly old: SharedPod | undefined };

/** The next step of a rolling update: pods of the old template go, or pods of the new one come beside them, as many as may. */
export function computeUpdate(set: SharedDaemonSet, observation: DaemonObservation): UpdateStep {
  const desired = [...observation.fits.values()].filter((fit) => fit === 'running').length;
  const { maxUnavailable = 1, maxSurge = 0 } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  const surge = scaleIntOrPercent(maxSurge, desired, 'up');
  const unavailable = scaleIntOrPercent(maxUnavailable, desired, 'up');
  const nodes = new Map([...observation.fits].filter(([node, fit]) => fit === 'running' || observation.pods.has(node)).map(([node]) => [node, podsOn(set, observation, node)]));
  if (surge > 0) return surgeStep(set, observation, { nodes, surge, spare: unavailable - desired });
  return { create: [], remove: replacedPods(set, observation, nodes, surge === 0 && unavailable === 0 ? 1 : unavailable) };
}

function podsOn(set: SharedDaemonSet, { pods, hashes }: DaemonObservation, node: string): NodePods {
  const living = (pods.get(node) ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const updated = living.filter((pod) => isUpdated(set, pod, hashes));
  const old = living.filter((pod) => !isUpdated(set, pod, hashes));
  return updated.length > 1 || old.length > 1 ? { type: 'unclear' } : { type: 'clear', updated: updated[0], old: old[0] };
}

/** Old pods that are unavailable anyway, and of the others as many as the limit leaves room for. */
function replacedPods(set: SharedDaemonSet, { nowMs }: DaemonObservation, nodes: ReadonlyMap<string, NodePods>, limit: number): SharedPod[] {
  const available = (pod: SharedPod): boolean => isAvailable(pod, set.spec?.minReadySeconds ?? 0, nowMs);
  let unavailable = 0;
  const replaced: SharedPod[] = [];
  const candidates: SharedPod[] = [];
  for (const pods of nodes.values()) {
    if (pods.type === 'unclear' || (pods.updated === undefined) === (pods.old === undefined)) unavailable++;
    else if (pods.updated) unavailable += Number(!available(pods.updated));
    else if (pods.old) (available(pods.old) ? candidates : replaced).push(pods.old);
  }
  return [...replaced, ...candidates.slice(0, Math.max(0, limit - unavailable))];
}

/** `spare`: how many more pods are available than must be, when the number of available ones is added. */
function surgeStep(set: SharedDaemonSet, { fits, nowMs }: DaemonObservation, { nodes, surge, spare }: { nodes: ReadonlyMap<string, NodePods>; surge: number; spare: number }): UpdateStep {
  const available = (pod: SharedPod | undefined): boolean => pod !== undefined && isAvailable(pod, set.spec?.minReadySeconds ?? 0, nowMs);
  let surging = 0;
  let availableNodes = 0;
  const create: string[] = [];
  const candidates: string[] = [];
  const remove: SharedPod[] = [];
  const leaving: SharedPod[] = [];
  for (const [node, pods] of nodes) {
    if (pods.type === 'unclear') {
      surging++;
      continue;
    }
    const { updated, old } = pods;
    if (available(old) || available(updated)) availableNodes++;
    if (!old) continue;
    if (updated) {
      if (available(updated)) remove.push(old);
      else surging++;
    } else if (fits.get(node) !== 'running') (available(old) ? leaving : remove).push(old);
    else (available(old) ? candidates : create).push(node);
  }
  return {
    create: [...create, ...candidates.slice(0, Math.max(0, surge - surging))],
    remove: [...remove, ...leaving.slice(0, Math.max(0, availableNodes + spare))],
  };
}

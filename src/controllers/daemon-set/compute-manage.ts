import { isAvailable, isReady, type SharedPod } from '../pods/pod-state.ts';
import { isUpdated, type SharedDaemonSet } from './daemon-pods.ts';
import type { NodeFit } from './node-fit.ts';

export interface DaemonObservation {
  /** What each node that there is may have. */
  readonly fits: ReadonlyMap<string, NodeFit>;
  /** The oldest first. */
  readonly pods: ReadonlyMap<string, readonly SharedPod[]>;
  /** Of the revisions with the present template. */
  readonly hashes: ReadonlySet<string>;
  readonly nowMs: number;
}

export interface DaemonPlan {
  /** Names of nodes. */
  readonly create: readonly string[];
  readonly remove: readonly SharedPod[];
  /** Ended, and to be deleted for that; `remove` does not name them. */
  readonly ended: readonly { readonly pod: SharedPod; readonly node: string }[];
}

/** One pod for each node that fits; when an update surges, a second one of the new template beside it until that is available. */
export function computeManagement(set: SharedDaemonSet, observation: DaemonObservation): DaemonPlan {
  const create: string[] = [];
  const remove: SharedPod[] = [];
  const ended: { pod: SharedPod; node: string }[] = [];
  for (const [node, fit] of observation.fits) {
    const pods = observation.pods.get(node) ?? [];
    const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (fit === 'none') {
      remove.push(...living);
      continue;
    }
    if (fit === 'running' && pods.length === 0) create.push(node);
    const running: SharedPod[] = [];
    for (const pod of living) {
      if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') ended.push({ pod, node });
      else running.push(pod);
    }
    if (!surges(set)) remove.push(...running.slice(1));
    else if (running.length > 1) remove.push(...surplusOf(set, running, observation));
    else if (running.length === 0 && pods.length > 0 && fit === 'running') create.push(node);
  }
  for (const [node, pods] of observation.pods) {
    if (!observation.fits.has(node)) remove.push(...pods.filter(({ metadata, spec }) => (spec?.nodeName ?? '') === '' && metadata.deletionTimestamp === undefined));
  }
  return { create, remove, ended };
}

export function surges({ spec }: SharedDaemonSet): boolean {
  const { type, rollingUpdate } = spec?.updateStrategy ?? {};
  const { maxSurge = 0 } = rollingUpdate ?? {};
  return type !== 'OnDelete' && maxSurge !== 0 && maxSurge !== '0%';
}

function surplusOf(set: SharedDaemonSet, running: readonly SharedPod[], { hashes, nowMs }: DaemonObservation): SharedPod[] {
  const updated = running.filter((pod) => isUpdated(set, pod, hashes));
  const old = running.filter((pod) => !isUpdated(set, pod, hashes));
  const surplus = [...updated.slice(1), ...old.slice(1)];
  const [newest] = updated;
  const [oldest] = old;
  if (newest && oldest && (!isReady(oldest) || isAvailable(newest, set.spec?.minReadySeconds ?? 0, nowMs))) surplus.push(oldest);
  return surplus;
}

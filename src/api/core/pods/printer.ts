import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { ContainerStatus } from '../../pod-template/shapes.ts';
import { ageSince, ageOf } from '../../pod-template/age.ts';
import type { Pod } from './pod.ts';

/** What node agents say of a pod they lost contact with. */
const NODE_LOST = 'NodeLost';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number | boolean | null)[] {
  const pod = object as Pod;
  const { spec, status } = pod;
  const state = summarize(pod);
  const restarts = state.restarts > 0 && state.lastRestart !== undefined ? `${state.restarts} (${ageSince(state.lastRestart, nowMs)} ago)` : String(state.restarts);
  const gates = spec?.readinessGates ?? [];
  const ready = gates.filter((gate) => status?.conditions?.some((condition) => condition.type === gate.conditionType && condition.status === 'True'));
  return [
    pod.metadata.name ?? '',
    `${state.ready}/${state.total}`,
    state.reason,
    restarts,
    ageOf(pod, nowMs),
    status?.podIPs?.[0]?.ip ?? '<none>',
    spec?.nodeName || '<none>',
    status?.nominatedNodeName || '<none>',
    gates.length === 0 ? '<none>' : `${ready.length}/${gates.length}`,
  ];
}

const SUCCEEDED = { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' };
const FAILED = { type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' };

/** Lets clients leave out pods that have ended. */
export function rowConditions(object: KubeObject): readonly (typeof SUCCEEDED)[] {
  const phase = (object as Pod).status?.phase;
  if (phase === 'Succeeded') return [SUCCEEDED];
  return phase === 'Failed' ? [FAILED] : [];
}

interface Summary {
  reason: string;
  ready: number;
  total: number;
  restarts: number;
  lastRestart: string | undefined;
}

/** STATUS, READY and RESTARTS: what is most telling about the pod now. */
function summarize(pod: Pod): Summary {
  const { spec, status } = pod;
  const summary: Summary = {
    reason: status?.reason || (status?.phase ?? ''),
    ready: 0,
    total: (spec?.containers ?? []).length,
    restarts: 0,
    lastRestart: undefined,
  };
  const scheduled = status?.conditions?.find((condition) => condition.type === 'PodScheduled');
  if (scheduled?.reason === 'SchedulingGated') summary.reason = 'SchedulingGated';
  const sidecars = new Set((spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always').map((container) => container.name));
  summary.total += sidecars.size;
  const sidecarRestarts = { count: 0, last: undefined as string | undefined };

  const isInitializing = summarizeInit(pod, summary, { sidecars, sidecarRestarts });
  if (!isInitializing || hasCondition(pod, 'Initialized')) summarizeContainers(pod, summary, sidecarRestarts);
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status?.reason === NODE_LOST) summary.reason = 'Unknown';
    else if (!isFinished(status?.phase)) summary.reason = 'Terminating';
  }
  return summary;
}

interface Sidecars {
  readonly sidecars: ReadonlySet<string | undefined>;
  readonly sidecarRestarts: { count: number; last: string | undefined };
}

/** True while an init container has not done its part. */
function summarizeInit(pod: Pod, summary: Summary, { sidecars, sidecarRestarts }: Sidecars): boolean {
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [i, status] of statuses.entries()) {
    summary.restarts += status.restartCount ?? 0;
    summary.lastRestart = laterOf(summary.lastRestart, status.lastState?.terminated?.finishedAt);
    const isSidecar = sidecars.has(status.name);
    if (isSidecar) {
      sidecarRestarts.count += status.restartCount ?? 0;
      sidecarRestarts.last = laterOf(sidecarRestarts.last, status.lastState?.terminated?.finishedAt);
    }
    const { terminated, waiting } = status.state ?? {};
    if (terminated !== undefined && (terminated.exitCode ?? 0) === 0) continue;
    if (isSidecar && status.started === true) {
      if (status.ready === true) summary.ready++;
      continue;
    }
    if (terminated !== undefined) summary.reason = `Init:${terminationText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${i}/${(pod.spec?.initContainers ?? []).length}`;
    return true;
  }
  return false;
}

function summarizeContainers(pod: Pod, summary: Summary, sidecarRestarts: Sidecars['sidecarRestarts']): void {
  summary.restarts = sidecarRestarts.count;
  summary.lastRestart = sidecarRestarts.last;
  let hasRunning = false;
  for (const status of (pod.status?.containerStatuses ?? []).toReversed()) {
    summary.restarts += status.restartCount ?? 0;
    summary.lastRestart = laterOf(summary.lastRestart, status.lastState?.terminated?.finishedAt);
    const { terminated, waiting, running } = status.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated !== undefined) summary.reason = terminationText(terminated);
    else if (status.ready === true && running !== undefined) {
      hasRunning = true;
      summary.ready++;
    }
  }
  // Some containers are done, others go on.
  if (summary.reason === 'Completed' && hasRunning) summary.reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

function terminationText(terminated: NonNullable<NonNullable<ContainerStatus['state']>['terminated']>): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`;
}

function hasCondition(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

function isFinished(phase: string | undefined): boolean {
  return phase === 'Failed' || phase === 'Succeeded';
}

function laterOf(a: string | undefined, b: string | null | undefined): string | undefined {
  if (b == null) return a;
  return a === undefined || Date.parse(b) > Date.parse(a) ? b : a;
}

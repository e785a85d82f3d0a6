import type { ContainerState as ApiState, ContainerStateTerminated, ContainerStatus, PodStatus } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson } from '../../machinery/json.ts';
import { backOffText, type Scripts } from './advance-pod.ts';
import { imageId, normalizedImage } from './images.ts';
import { containersOf, isEnding, isInitialized, isOver, runOf, type ContainerRun, type EndedRun, type PodRun, type RoleContainer, type SharedPod } from './pod-run.ts';
import { foreignConditions, podConditions, type ContainerFindings } from './pod-conditions.ts';

export interface PodPlace {
  /** Of the node, the main one first. */
  readonly hostIps: readonly string[];
  /** Of the pod; none while it has no network. */
  readonly podIps: readonly string[];
}

/** The status that a kubelet would report. What is not a kubelet's own stays as it is. */
export function computeStatus(pod: SharedPod, run: PodRun, { place, scripts, nowMs }: { readonly place: PodPlace; readonly scripts: Scripts; readonly nowMs: number }): PodStatus {
  const before = cloneJson(pod.status ?? {}) as PodStatus;
  const { generation } = pod.metadata;
  const kept = {
    ...(before.qosClass !== undefined && { qosClass: before.qosClass }),
    ...(before.nominatedNodeName !== undefined && { nominatedNodeName: before.nominatedNodeName }),
    ...(before.resourceClaimStatuses && { resourceClaimStatuses: before.resourceClaimStatuses }),
    ...(before.extendedResourceClaimStatus && { extendedResourceClaimStatus: before.extendedResourceClaimStatus }),
    ...(generation !== undefined && { observedGeneration: generation }),
    startTime: formatTime(run.startedMs),
  };
  if (run.failure?.type === 'rejected') {
    const { reason, message } = run.failure;
    return { ...kept, conditions: foreignConditions(before.conditions), phase: 'Failed', reason, message };
  }
  const all = containersOf(pod);
  const statuses = all.map((each) => ({ role: each.role, status: containerStatus(pod, run, { each, scripts, nowMs }) }));
  const of = (...roles: RoleContainer['role'][]): ContainerStatus[] => statuses.filter(({ role }) => roles.includes(role)).map(({ status }) => status);
  const over = isOver(pod, run);
  const [init, main, ephemeral] = [of('init', 'sidecar'), of('main'), of('ephemeral')];
  const findings: ContainerFindings = {
    phase: phaseOf(pod, run, main),
    initialized: isInitialized(pod, run),
    unfinished: all.flatMap((each) => (each.role === 'init' && !endedWell(runOf(run, each.container.name)) ? [each.container.name] : each.role === 'sidecar' && !hasBegun(runOf(run, each.container.name)) ? [each.container.name] : [])),
    unready: statuses.flatMap(({ role, status }) => ((role === 'main' || role === 'sidecar') && !status.ready ? [status.name] : [])),
    hasNetwork: place.podIps.length > 0 && !over,
  };
  return {
    ...kept,
    phase: findings.phase,
    ...(run.failure && { reason: run.failure.reason, message: run.failure.message }),
    conditions: podConditions(pod, findings, nowMs),
    ...(place.hostIps[0] !== undefined && { hostIP: place.hostIps[0], hostIPs: place.hostIps.map((ip) => ({ ip })) }),
    ...(place.podIps[0] !== undefined && { podIP: place.podIps[0], podIPs: place.podIps.map((ip) => ({ ip })) }),
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: main,
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral }),
  };
}

function phaseOf(pod: SharedPod, run: PodRun, main: readonly ContainerStatus[]): ContainerFindings['phase'] {
  if (isOver(pod, run)) {
    if (run.failure || !isInitialized(pod, run)) return 'Failed';
    return main.every(({ state }) => state?.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
  }
  if (!isInitialized(pod, run)) return 'Pending';
  const fresh = main.some(({ state, lastState }) => state?.waiting !== undefined && lastState?.terminated === undefined);
  return fresh ? 'Pending' : 'Running';
}

function endedWell({ state }: ContainerRun): boolean {
  return state.type === 'ended' && state.run.exitCode === 0;
}

function hasBegun({ state, restarts }: ContainerRun): boolean {
  return state.type === 'running' || state.type === 'ended' || restarts > 0;
}

/** How a container ended that nobody saw running. */
const NEVER_SEEN: EndedRun = { exitCode: 137, reason: 'ContainerStatusUnknown', message: 'The container could not be located when the pod was terminated' };

function containerStatus(pod: SharedPod, run: PodRun, { each, scripts, nowMs }: { each: RoleContainer; scripts: Scripts; nowMs: number }): ContainerStatus {
  const { container, role } = each;
  const { name, image = '', resources = {}, volumeMounts = [] } = container;
  const known = runOf(run, name);
  const { state } = known;
  const id = state.type === 'running' ? state.id : state.type === 'ended' ? state.run.id : undefined;
  const shown = shownState(pod, run, { each, known });
  const last = shown.waiting && state.type === 'ended' ? state.run : known.last;
  const seen = id !== undefined;
  const requests = cloneJson(resources.requests) as Record<string, string> | undefined;
  return {
    name,
    state: shown,
    lastState: last ? { terminated: terminated(last) } : {},
    ready: isReady(each, known, { scripts, nowMs }),
    restartCount: known.restarts,
    image: seen ? normalizedImage(image) : image,
    imageID: seen ? imageId(image) : '',
    ...(id !== undefined && { containerID: id }),
    started: state.type === 'running' && role !== 'init',
    ...(requests && Object.keys(requests).length > 0 && { allocatedResources: requests }),
    ...(role !== 'ephemeral' && { resources: cloneJson(resources) as NonNullable<ContainerStatus['resources']> }),
    ...(volumeMounts.length > 0 && {
      volumeMounts: volumeMounts.map(({ name: volume, mountPath, readOnly }) => ({ name: volume, mountPath, ...(readOnly === true && { readOnly, recursiveReadOnly: 'Disabled' as const }) })),
    }),
  };
}

function shownState(pod: SharedPod, run: PodRun, { each: { role, container }, known }: { each: RoleContainer; known: ContainerRun }): ApiState {
  const { state } = known;
  switch (state.type) {
    case 'running':
      return { running: { startedAt: formatTime(state.startedMs) } };
    case 'ended':
      if (state.restartMs === undefined || isEnding(pod, run)) return { terminated: terminated(state.run) };
      return { waiting: { reason: 'CrashLoopBackOff', message: backOffText(pod, Math.min(heldBackMs(state.restartMs, state.run), 300_000), container.name) } };
    case 'pull-failed':
      if (isMissing(pod, run, role)) return { terminated: terminated(NEVER_SEEN) };
      if (state.backOffMs !== -Infinity) return { waiting: { reason: 'ErrImagePull', message: state.message } };
      return { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image ${JSON.stringify(container.image ?? '')}: ErrImagePull: ${state.message}` } };
    case 'pulling':
    case 'waiting':
      if (isMissing(pod, run, role)) return { terminated: terminated(NEVER_SEEN) };
      return { waiting: { reason: (pod.spec?.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating' } };
  }
}

/** It should have run by the time that the pod was over. */
function isMissing(pod: SharedPod, run: PodRun, role: RoleContainer['role']): boolean {
  return role === 'main' && isInitialized(pod, run) && isOver(pod, run);
}

function heldBackMs(restartMs: number, { finishedMs = restartMs }: EndedRun): number {
  return restartMs - finishedMs;
}

function isReady(each: RoleContainer, { state }: ContainerRun, { scripts, nowMs }: { scripts: Scripts; nowMs: number }): boolean {
  if (each.role === 'init') return state.type === 'ended' && state.run.exitCode === 0;
  return state.type === 'running' && each.role !== 'ephemeral' && nowMs >= state.startedMs + scripts(each).script.readyAfterMs;
}

function terminated({ exitCode, reason, message, startedMs, finishedMs, id }: EndedRun): ContainerStateTerminated {
  return {
    exitCode,
    reason,
    ...(message !== undefined && { message }),
    startedAt: startedMs === undefined ? null : formatTime(startedMs),
    finishedAt: finishedMs === undefined ? null : formatTime(finishedMs),
    ...(id !== undefined && { containerID: id }),
  };
}

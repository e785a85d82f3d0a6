import type { ContainerStatus } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { normalizedImage } from './images.ts';
import { containersOf, type ContainerRun, type EndedRun, type PodRun, type SharedPod } from './pod-run.ts';

/**
 * What is known of a pod after this process was started anew, out of what it reported before: which containers run, how
 * others ended. How long restarts are held back is forgotten, as a kubelet that is started anew forgets it.
 */
export function readRun(pod: SharedPod): PodRun | undefined {
  const { status } = pod;
  if (status?.startTime === undefined) return undefined;
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? []), ...(status.ephemeralContainerStatuses ?? [])];
  const images = new Map(containersOf(pod).map(({ container }) => [container.name, container.image ?? '']));
  const startedMs = Date.parse(status.startTime);
  const { reason = '', message = '' } = status;
  return {
    startedMs,
    containers: new Map(statuses.map((each) => [each.name, readContainer(each, images.get(each.name) ?? '')])),
    ...(reason === 'DeadlineExceeded' && { failure: { type: 'deadline' as const, reason, message, atMs: startedMs + 1000 * (pod.spec?.activeDeadlineSeconds ?? 0) } }),
  };
}

function readContainer({ state, lastState, restartCount, containerID = '', image }: DeepReadonly<ContainerStatus>, wanted: string): ContainerRun {
  const last = lastState?.terminated ? readEnd(lastState.terminated) : undefined;
  const known = { restarts: restartCount, failedPulls: 0 };
  if (state?.running) {
    const { startedAt } = state.running;
    // An image that was changed meanwhile is one to restart for.
    return { ...known, ...(last && { last }), state: { type: 'running', startedMs: Date.parse(startedAt ?? ''), id: containerID, image: image === '' ? normalizedImage(wanted) : image } };
  }
  if (state?.terminated) return { ...known, ...(last && { last }), state: { type: 'ended', run: readEnd(state.terminated) } };
  // It waits for its restart: its end was the last that was seen.
  if (last) return { ...known, state: { type: 'ended', run: last } };
  return { ...known, state: { type: 'waiting' } };
}

function readEnd({ exitCode, reason = '', message, startedAt, finishedAt, containerID }: DeepReadonly<NonNullable<NonNullable<ContainerStatus['state']>['terminated']>>): EndedRun {
  return {
    exitCode,
    reason,
    ...(message !== undefined && { message }),
    ...(startedAt != null && { startedMs: Date.parse(startedAt) }),
    ...(finishedAt != null && { finishedMs: Date.parse(finishedAt) }),
    ...(containerID !== undefined && { id: containerID }),
  };
}

import type { Container, EphemeralContainer, Pod } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

export type SharedPod = DeepReadonly<Pod>;

export type ContainerRole = 'init' | 'sidecar' | 'main' | 'ephemeral';

/** How a run of a container ended. Times are epoch milliseconds. */
export interface EndedRun {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedMs?: number;
  readonly finishedMs?: number;
  readonly id?: string;
}

/** What a container is doing. */
export type ContainerState =
  /** Its turn has not come. */
  | { readonly type: 'waiting' }
  | { readonly type: 'pulling'; readonly startedMs: number }
  /** `backOffMs`: from when on the pull counts as backed off; `retryMs`: when it is tried again. */
  | { readonly type: 'pull-failed'; readonly message: string; readonly backOffMs: number; readonly retryMs: number }
  | { readonly type: 'running'; readonly startedMs: number; readonly id: string; readonly image: string; readonly stoppedMs?: number }
  /** `restartMs`: when it is started again, if it is held back until then. */
  | { readonly type: 'ended'; readonly run: EndedRun; readonly restartMs?: number };

/** What is known of one container of a pod. */
export interface ContainerRun {
  readonly state: ContainerState;
  readonly restarts: number;
  readonly failedPulls: number;
  /** The run before this one. */
  readonly last?: EndedRun;
  /** How long the next restart is held back, and when that was settled. */
  readonly backOff?: { readonly ms: number; readonly settledMs: number };
}

/** What a node's runtime knows of a pod: it lives as long as the pod does there, and can be read back from its status. */
export interface PodRun {
  /** When the node took it up. */
  readonly startedMs: number;
  readonly containers: ReadonlyMap<string, ContainerRun>;
  /** Why the pod as a whole failed. */
  readonly failure?: { readonly reason: string; readonly message: string; readonly type: 'rejected' | 'deadline'; readonly atMs: number };
  /** When its containers were told to end because it is being deleted. */
  readonly stoppedMs?: number;
  /** When its sidecars were told to end because everything else had. */
  readonly sidecarsStoppedMs?: number;
}

/** Something that a kubelet would record; `container` names the field that it is about. */
export interface PodEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly container?: { readonly name: string; readonly role: ContainerRole };
}

/** A container of a pod's spec, and what it is for. */
export interface RoleContainer {
  readonly role: ContainerRole;
  readonly container: DeepReadonly<Container>;
}

const FRESH: ContainerRun = { state: { type: 'waiting' }, restarts: 0, failedPulls: 0 };

/** In the order in which they are started: init containers with sidecars among them, main ones, ephemeral ones. */
export function containersOf({ spec }: SharedPod): RoleContainer[] {
  return [
    ...(spec?.initContainers ?? []).map((container): RoleContainer => ({ role: container.restartPolicy === 'Always' ? 'sidecar' : 'init', container })),
    ...(spec?.containers ?? []).map((container): RoleContainer => ({ role: 'main', container })),
    ...(spec?.ephemeralContainers ?? []).map((container): RoleContainer => ({ role: 'ephemeral', container: container as DeepReadonly<EphemeralContainer> & DeepReadonly<Container> })),
  ];
}

export function runOf(run: PodRun, name: string): ContainerRun {
  return run.containers.get(name) ?? FRESH;
}

/** Nothing of the pod runs any more, and nothing will. */
export function isOver(pod: SharedPod, run: PodRun): boolean {
  return isEnding(pod, run) && containersOf(pod).every(({ container }) => runOf(run, container.name).state.type !== 'running');
}

/** No container will be started again. */
export function isEnding(pod: SharedPod, run: PodRun): boolean {
  return pod.metadata.deletionTimestamp !== undefined || run.failure !== undefined || hasFailedToInitialize(pod, run) || areMainContainersDone(pod, run);
}

/** Every main container has ended, none to be started again. */
export function areMainContainersDone(pod: SharedPod, run: PodRun): boolean {
  const main = containersOf(pod).filter(({ role }) => role === 'main');
  return main.every(({ container }) => {
    const { state } = runOf(run, container.name);
    return state.type === 'ended' && !restarts(pod, { role: 'main', container }, state.run.exitCode);
  });
}

/** An init container failed for good. */
export function hasFailedToInitialize(pod: SharedPod, run: PodRun): boolean {
  return containersOf(pod).some((each) => {
    if (each.role !== 'init') return false;
    const { state } = runOf(run, each.container.name);
    return state.type === 'ended' && state.run.exitCode !== 0 && !restarts(pod, each, state.run.exitCode);
  });
}

/** Whether a container that ended so is started again: its own rules first, then its policy, then the pod's. */
export function restarts(pod: SharedPod, { role, container }: RoleContainer, exitCode: number): boolean {
  if (role === 'ephemeral') return false;
  if (role === 'sidecar') return true;
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    if (action !== 'Restart' || !exitCodes) continue;
    if (exitCodes.values?.includes(exitCode) === (exitCodes.operator === 'In')) return true;
  }
  const policy = container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always';
  if (policy === 'Never') return false;
  return exitCode !== 0 || (policy === 'Always' && role === 'main');
}

/** Init containers are through, and sidecars have begun. */
export function isInitialized(pod: SharedPod, run: PodRun): boolean {
  return containersOf(pod).every(({ role, container }) => {
    const { state, restarts: count } = runOf(run, container.name);
    if (role === 'init') return state.type === 'ended' && state.run.exitCode === 0;
    return role !== 'sidecar' || state.type === 'running' || state.type === 'ended' || count > 0;
  });
}

import { asError } from '../../client/as-error.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { FitError } from '../framework/fit-error.ts';
import { NodeStatuses } from '../framework/node-statuses.ts';
import type { Profile } from '../framework/profile.ts';
import { Status, type Verdict } from '../framework/status.ts';
import type { QueuedPod } from '../queue/queued-pod.ts';
import type { SchedulerContext } from '../scheduler-context.ts';
import { reportFailure } from './report-failure.ts';

/** A pod that has its node, but is not bound to it. */
export interface Placement {
  readonly profile: Profile;
  readonly state: CycleState;
  readonly queued: QueuedPod;
  readonly nodeName: string;
  /** By plugin, in milliseconds: who must allow it first. */
  readonly waits: ReadonlyMap<string, number>;
}

/** From WaitOnPermit to PostBind. Never rejects: a failure puts the pod back into the queue. */
export async function bindPod(context: SchedulerContext, placement: Placement): Promise<void> {
  const { queue, nominator, events } = context;
  const { queued, nodeName } = placement;
  const { info } = queued;
  let status: Verdict;
  try {
    status = await runBinding(context, placement);
  } catch (error) {
    status = Status.failed(asError(error));
  }
  // Whoever goes on from here finds the pod as the API shows it.
  if (status && context.signal.aborted) return;
  if (status) {
    await giveUpPlacement(context, placement, status);
    return;
  }
  queue.done(info.uid);
  nominator.delete(info);
  events.get(placement.profile.schedulerName)?.event(info.pod, { type: 'Normal', reason: 'Scheduled', action: 'Binding', note: `Successfully assigned ${info.key} to ${nodeName}` });
  try {
    await placement.profile.postBind(placement.state, info, nodeName);
  } catch (error) {
    context.log(`scheduler: ${info.key}: ${asError(error).message}`);
  }
}

async function runBinding({ waitingPods, extenders }: SchedulerContext, { profile, state, queued, nodeName, waits }: Placement): Promise<Verdict> {
  const { info } = queued;
  if (waits.size > 0) {
    const status = await waitingPods.wait(info, nodeName, waits);
    if (status) return status;
  }
  const status = await profile.preBind(state, info, nodeName);
  if (status) return status;
  const binder = extenders.find((extender) => extender.bind !== undefined && extender.isInterested(info));
  if (!binder?.bind) return profile.bind(state, info, nodeName);
  await binder.bind(info, nodeName);
  return undefined;
}

/** Takes back what the pod took, and puts it back into the queue. */
export async function giveUpPlacement(context: SchedulerContext, { profile, state, queued, nodeName }: Omit<Placement, 'waits'>, status: Status): Promise<void> {
  const { info } = queued;
  profile.unreserve(state, info, nodeName);
  context.cache.forget(info);
  // Others may have been refused for what this pod took.
  context.queue.move({ resource: 'AssignedPod', action: 'Delete', old: info.pod });
  await reportFailure(context, { queued, error: errorOf(status, nodeName) });
}

function errorOf(status: Status, nodeName: string): Error {
  if (!status.isRejection) return status.error ?? new Error(status.message);
  const statuses = new NodeStatuses();
  statuses.set(nodeName, status);
  const plugins = new Set(status.plugin === undefined ? [] : [status.plugin]);
  const none = new Set<string>();
  const pending = status.code === 'Pending';
  return new FitError({ nodeCount: 1, statuses, unschedulablePlugins: pending ? none : plugins, pendingPlugins: pending ? plugins : none });
}

import type { Pod } from '../../../api/types/generated/core-v1.ts';
import type { PodDisruptionBudget } from '../../../api/types/generated/policy-v1.ts';
import { asError } from '../../../client/as-error.ts';
import { BUILTIN } from '../../../client/builtin-resources.ts';
import type { Extender, Victims } from '../../cycle/extender.ts';
import { isOtherPod } from '../../cycle/condition-patch.ts';
import { fitMessage } from '../../framework/fit-error.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { NodeStatuses } from '../../framework/node-statuses.ts';
import type { Plugin, PostFilterOutcome } from '../../framework/plugin.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { Status } from '../../framework/status.ts';
import { chooseCandidate } from './choose-candidate.ts';
import { compileBudgets } from './disruption-budgets.ts';
import { evict } from './evict.ts';
import { findCandidates, type CandidateLimits } from './find-candidates.ts';
import { PREEMPTION_TRACE } from './preemption-trace.ts';

export type DefaultPreemptionArgs = Partial<CandidateLimits>;

const NEVER = 'not eligible due to preemptionPolicy=Never.';
const TERMINATING = 'not eligible due to a terminating pod on the nominated node.';

const refuse = (message: string): Status => Status.unschedulable(`preemption: ${message}`);

/** Makes room for a pod that fits nowhere, by deleting less important ones from the node where that is the least loss. */
export function defaultPreemption(args: DefaultPreemptionArgs | undefined, handle: SchedulerHandle): Plugin {
  const limits = { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100, ...args };
  const budgets = handle.informers.get<PodDisruptionBudget>(BUILTIN.podDisruptionBudgets);
  /** Pods whose victims are being deleted: to try them before that is over would find other victims. */
  const preempting = new Set<string>();
  return {
    name: 'DefaultPreemption',
    events: [{ resource: 'AssignedPod', actions: ['Delete'] }],
    preEnqueue: ({ uid }) => (preempting.has(uid) ? Status.unresolvable('waiting for the preemption for this pod to be finished') : undefined),
    postFilter: async (state, pod, failures): Promise<PostFilterOutcome> => {
      const ineligible = whyIneligible(handle, pod, failures);
      if (ineligible !== undefined) return { status: refuse(ineligible) };
      const nodes = handle.nodes();
      const helpful = nodes.filter(({ name }) => failures.get(name).code === 'Unschedulable');
      const search = { handle, pod, limits, random: handle.random, budgets: compileBudgets(budgets.store.all()) };
      const { victims, statuses } = findCandidates(search, state, helpful);
      state.set(PREEMPTION_TRACE, { candidates: victims, statuses });
      if (victims.size === 0) {
        return { nominatedNodeName: '', status: refuse(fitMessage({ nodeCount: nodes.length, statuses, unschedulablePlugins: new Set(), pendingPlugins: new Set() })) };
      }
      const accepted = await askExtenders(handle.extenders, pod, victims);
      const nodeName = chooseCandidate(accepted);
      if (nodeName === undefined) return { status: refuse('no candidate node for preemption') };
      const chosen = accepted.get(nodeName)?.pods ?? [];
      state.set(PREEMPTION_TRACE, { candidates: accepted, statuses, chosen: nodeName });
      preempting.add(pod.uid);
      handle.background(preempt(handle, { preemptor: pod, nodeName, victims: chosen, finish: () => preempting.delete(pod.uid) }));
      return { nominatedNodeName: nodeName };
    },
  };
}

/** A pod whose victims are still on their way out waits for them rather than making more. */
function whyIneligible(handle: SchedulerHandle, { pod, priority }: PodInfo, failures: NodeStatuses): string | undefined {
  if (pod.spec?.preemptionPolicy === 'Never') return NEVER;
  const nominated = pod.status?.nominatedNodeName ?? '';
  if (nominated === '' || failures.get(nominated).code === 'UnschedulableAndUnresolvable') return undefined;
  const leaving = handle.node(nominated)?.pods.some((other) => other.priority < priority && isLeavingForOthers(other)) === true;
  return leaving ? TERMINATING : undefined;
}

function isLeavingForOthers({ pod }: PodInfo): boolean {
  if (pod.metadata.deletionTimestamp === undefined) return false;
  return (pod.status?.conditions ?? []).some(({ type, status, reason }) => type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler');
}

async function askExtenders(extenders: readonly Extender[], pod: PodInfo, candidates: ReadonlyMap<string, Victims>): Promise<ReadonlyMap<string, Victims>> {
  let left = candidates;
  for (const extender of extenders) {
    if (left.size > 0 && extender.preempt && extender.isInterested(pod)) left = await extender.preempt(pod, left);
  }
  return left;
}

interface Preemption {
  readonly preemptor: PodInfo;
  readonly nodeName: string;
  readonly victims: readonly PodInfo[];
  readonly finish: () => void;
}

/** The last victim's end is what brings the pod back: by then nothing must hold it any more. */
async function preempt(handle: SchedulerHandle, { preemptor, nodeName, victims, finish }: Preemption): Promise<void> {
  try {
    await clearNominations(handle, preemptor, nodeName);
    const last = victims.at(-1);
    await Promise.all(victims.slice(0, -1).map((victim) => evict(handle, victim, { preemptor, nodeName })));
    finish();
    if (last) await evict(handle, last, { preemptor, nodeName });
  } catch (error) {
    handle.log(`scheduler: ${preemptor.key}: preemption: ${asError(error).message}`);
    handle.activate([preemptor]);
  } finally {
    finish();
  }
}

/** Less important pods that were expected on the node may fit elsewhere now, and are looked at again. */
async function clearNominations(handle: SchedulerHandle, preemptor: PodInfo, nodeName: string): Promise<void> {
  for (const other of handle.nominatedPods(nodeName)) {
    if (other.priority >= preemptor.priority) continue;
    handle.clearNomination(other);
    try {
      await handle.client.resource<Pod>(BUILTIN.pods).inNamespace(other.namespace).patchStatus(other.name, 'strategic', { metadata: { uid: other.uid }, status: { nominatedNodeName: null } });
    } catch (error) {
      if (isOtherPod(error)) continue;
      handle.log(`scheduler: ${other.key}: cannot clear nominatedNodeName: ${asError(error).message}`);
    }
  }
}


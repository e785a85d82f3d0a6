import { asError } from '../../client/as-error.ts';
import { CycleState } from '../framework/cycle-state.ts';
import { FitError, NoNodesError } from '../framework/fit-error.ts';
import type { Profile } from '../framework/profile.ts';
import { Status } from '../framework/status.ts';
import type { QueuedPod } from '../queue/queued-pod.ts';
import type { SchedulerContext } from '../scheduler-context.ts';
import type { Placement } from './bind-pod.ts';
import { findNodes, type FoundNodes } from './find-nodes.ts';
import type { Failure } from './report-failure.ts';
import { chooseNode, type ScoredNodes } from './score-nodes.ts';

/** What a scheduling cycle came to. */
export type CycleOutcome =
  | { readonly type: 'placed'; readonly placement: Placement; readonly found: FoundNodes; readonly scored: ScoredNodes }
  /** It had a node, but a plugin refused to reserve or permit it. */
  | { readonly type: 'refused'; readonly placement: Omit<Placement, 'waits'>; readonly status: Status; readonly found: FoundNodes; readonly scored: ScoredNodes }
  | { readonly type: 'failed'; readonly failure: Failure; readonly state: CycleState };

/**
 * One pod from PreFilter to Permit. Its node counts as taken when this resolves. Never rejects. The caller holds the
 * cache meanwhile.
 */
export async function schedulePod(context: SchedulerContext & { readonly start: { next: number } }, profile: Profile, queued: QueuedPod): Promise<CycleOutcome> {
  const { cache, nominator, random, extenders, percentageOfNodesToScore, start } = context;
  const { info } = queued;
  const state = new CycleState();
  const { nodes } = cache;
  if (nodes.length === 0) return { type: 'failed', state, failure: { queued, error: new NoNodesError(), nominatedNodeName: '' } };
  let found: FoundNodes;
  let scored: ScoredNodes;
  try {
    found = await findNodes({ profile, nominator, nodes, extenders, percentageOfNodesToScore, start }, state, info);
    scored = await chooseNode({ profile, extenders, random, nodes: found.feasible }, state, info);
  } catch (error) {
    if (error instanceof FitError && profile.has('postFilter')) return { type: 'failed', state, failure: await makeRoom(profile, state, { queued, error }) };
    return { type: 'failed', state, failure: { queued, error: asError(error) } };
  }
  const nodeName = scored.chosen.name;
  const placement = { profile, state, queued, nodeName };
  cache.assume(info, nodeName);
  try {
    const status = await profile.reserve(state, info, nodeName);
    if (status) return { type: 'refused', placement, status, found, scored };
    const permit = await profile.permit(state, info, nodeName);
    if (permit.status) return { type: 'refused', placement, status: permit.status, found, scored };
    return { type: 'placed', placement: { ...placement, waits: permit.waits }, found, scored };
  } catch (error) {
    return { type: 'refused', placement, status: Status.failed(asError(error)), found, scored };
  }
}

/** Asks the PostFilter plugins; what they say becomes part of the message. */
async function makeRoom(profile: Profile, state: CycleState, { queued, error }: { readonly queued: QueuedPod; readonly error: FitError }): Promise<Failure> {
  let postFilterMessage: string | undefined;
  let nominatedNodeName: string | undefined;
  try {
    const outcome = await profile.postFilter(state, queued.info, error.diagnosis.statuses);
    postFilterMessage = outcome.status?.message;
    nominatedNodeName = outcome.nominatedNodeName;
  } catch (failure) {
    postFilterMessage = asError(failure).message;
  }
  return { queued, error: new FitError({ ...error.diagnosis, postFilterMessage }), nominatedNodeName };
}

import type { EventInterest } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { NodeStatuses } from './node-statuses.ts';
import type { Awaitable } from './objects.ts';
import type { PodInfo } from './pod-info.ts';
import type { Status, Verdict } from './status.ts';

/** What plugins order pods by. */
export interface QueueOrderable {
  readonly info: PodInfo;
  /** When the pod was last put into the queue, in epoch milliseconds. */
  readonly timestampMs: number;
}

/** Only these nodes need be looked at; absent: all. */
export interface PreFilterResult {
  readonly nodeNames?: ReadonlySet<string>;
}

/** What a PostFilter plugin did about a pod that fits nowhere. */
export interface PostFilterOutcome {
  /** Absent: it made room, or nothing more is to be done. */
  readonly status?: Status;
  /** Where the pod is expected to fit soon; '' takes an earlier nomination back; absent leaves it. */
  readonly nominatedNodeName?: string;
}

/** Scores of nodes in the order of `nodes`, to be changed in place. */
export interface NodeScores {
  readonly nodes: readonly NodeInfo[];
  readonly scores: Float64Array;
}

export type PermitOutcome = { readonly status: Status; readonly timeoutMs?: number } | undefined;

export const MAX_NODE_SCORE = 100;

/**
 * A scheduling plugin, at whichever extension points it has methods for, in the order in which they are called here. The
 * cycle of one pod up to Permit runs alone; from WaitOnPermit on, cycles of several pods overlap. Filter and Score run
 * for every node and are synchronous for that reason; they may not change what they are given. What a plugin throws
 * fails the cycle, and the pod is tried again after a backoff.
 */
export interface Plugin {
  readonly name: string;
  /** After which events pods that this plugin rejected are tried again; absent: after every event. */
  readonly events?: readonly EventInterest[];

  /** Before a pod enters the active queue: a rejection gates it. Must be fast. */
  preEnqueue?(pod: PodInfo): Verdict;
  /** QueueSort: whether `a` goes before `b`. Exactly one plugin of a scheduler orders the queue. */
  less?(a: QueueOrderable, b: QueueOrderable): boolean;
  /** Prepares for Filter. `Skip`: this plugin's Filter has nothing to say about the pod. */
  preFilter?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Awaitable<PreFilterResult | Verdict>;
  /** PreFilterExtensions: what PreFilter knows, changed as if `other` were added to, or removed from, the node. */
  addPod?(state: CycleState, pod: PodInfo, change: { readonly other: PodInfo; readonly node: NodeInfo }): Verdict;
  removePod?(state: CycleState, pod: PodInfo, change: { readonly other: PodInfo; readonly node: NodeInfo }): Verdict;
  /** Whether the pod can run on the node. */
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Verdict;
  /** Called when no node passed: the first plugin that succeeds is the last that is asked. */
  postFilter?(state: CycleState, pod: PodInfo, failures: NodeStatuses): Awaitable<PostFilterOutcome>;
  /** Prepares for Score. `Skip`: this plugin gives no scores for the pod. */
  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Awaitable<Verdict>;
  /** From 0 to MAX_NODE_SCORE once normalized. */
  score?(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  /** NormalizeScore: brings all scores of one pod into the range. */
  normalizeScores?(state: CycleState, pod: PodInfo, scores: NodeScores): void;
  /** Takes what the pod will use. Whatever happens later, `unreserve` of every plugin is called if the pod is not bound. */
  reserve?(state: CycleState, pod: PodInfo, nodeName: string): Awaitable<Verdict>;
  /** Idempotent; called also when `reserve` failed or was not reached. */
  unreserve?(state: CycleState, pod: PodInfo, nodeName: string): void;
  /** Lets the pod go, rejects it, or makes it wait until somebody allows it through the handle's `waitingPods`. */
  permit?(state: CycleState, pod: PodInfo, nodeName: string): Awaitable<PermitOutcome>;
  preBind?(state: CycleState, pod: PodInfo, nodeName: string): Awaitable<Verdict>;
  /** The first plugin that does not say `Skip` has bound the pod, or failed. */
  bind?(state: CycleState, pod: PodInfo, nodeName: string): Awaitable<Verdict>;
  postBind?(state: CycleState, pod: PodInfo, nodeName: string): Awaitable<void>;
}

/** The extension points by the names that a KubeSchedulerConfiguration gives them, and the methods that stand for them. */
export const EXTENSION_POINTS = {
  preEnqueue: 'preEnqueue',
  queueSort: 'less',
  preFilter: 'preFilter',
  filter: 'filter',
  postFilter: 'postFilter',
  preScore: 'preScore',
  score: 'score',
  reserve: 'reserve',
  permit: 'permit',
  preBind: 'preBind',
  bind: 'bind',
  postBind: 'postBind',
} as const satisfies Record<string, keyof Plugin>;

export type ExtensionPoint = keyof typeof EXTENSION_POINTS;

/** Whether the plugin has something to call at the point; Reserve counts with either of its methods. */
export function implementsPoint(plugin: Plugin, point: ExtensionPoint): boolean {
  return plugin[EXTENSION_POINTS[point]] !== undefined || (point === 'reserve' && plugin.unreserve !== undefined);
}

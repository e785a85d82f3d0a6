import type { Client } from '../../client/client.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Labels } from '../../machinery/label-selector.ts';
import type { EventSubject } from '../../runtime/event-reference.ts';
import type { NewEvent } from '../../runtime/event-series-recorder.ts';
import type { SharedInformers } from '../../runtime/shared-informers.ts';
import type { Extender } from '../cycle/extender.ts';
import type { CycleState } from './cycle-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { Plugin } from './plugin.ts';
import type { PodInfo } from './pod-info.ts';
import type { Verdict } from './status.ts';
import type { WaitingPods } from './waiting-pods.ts';

/** What a plugin may use of its scheduler. */
export interface SchedulerHandle {
  readonly schedulerName: string;
  readonly client: Client;
  readonly clock: Clock;
  /** 0 ≤ n < 1 */
  readonly random: () => number;
  /** Of `client`. Informers that a plugin asks for when it is made are synced before the first pod is scheduled. */
  readonly informers: SharedInformers;
  /** Aborted when the scheduler stops, which waits for what plugins have under way. */
  readonly signal: AbortSignal;
  readonly waitingPods: WaitingPods;
  /** Told of failures, one line each. */
  readonly log: (line: string) => void;
  nodes(): readonly NodeInfo[];
  /** Nodes where pods have required anti-affinity; nodes that are gone may be among them. */
  repellingNodes(): ReadonlySet<NodeInfo>;
  /** Nodes where pods have any other affinity to pods. */
  attractingNodes(): ReadonlySet<NodeInfo>;
  node(name: string): NodeInfo | undefined;
  /** Labels of a namespace; none while it is not known. */
  namespaceLabels(namespace: string): Labels | undefined;
  /** Pods that are expected on the node because room is being made for them. */
  nominatedPods(nodeName: string): readonly PodInfo[];
  /** Takes back that a pod is expected somewhere. */
  clearNomination(pod: PodInfo): void;
  /** Filter of all plugins, with the pods nominated for the node taken into account. */
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Verdict;
  /** PreFilterExtensions of all plugins. */
  addPod(state: CycleState, pod: PodInfo, change: { readonly other: PodInfo; readonly node: NodeInfo }): Verdict;
  removePod(state: CycleState, pod: PodInfo, change: { readonly other: PodInfo; readonly node: NodeInfo }): Verdict;
  /** Who else has a say. */
  readonly extenders: readonly Extender[];
  /** Brings waiting pods into the active queue at once. */
  activate(pods: readonly PodInfo[]): void;
  /** Work that goes on beside the cycles; the scheduler waits for it when it stops. */
  background(work: Promise<void>): void;
  event(regarding: EventSubject, what: NewEvent): void;
}

/** Makes a plugin for one profile. `args` are the `pluginConfig` args of the configuration; undefined without any. */
export type PluginFactory = (args: unknown, handle: SchedulerHandle) => Plugin;

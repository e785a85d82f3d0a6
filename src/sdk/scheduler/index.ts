/**
 * What authors of scheduler plugins import: `import { startScheduler, Status, type Plugin } from 'steersman/scheduler'`.
 * A plugin is an object with a name and a function for each extension point that it cares for.
 */
export { startScheduler, type AddedPlugin, type RunningScheduler, type StartSchedulerOptions } from './start-scheduler.ts';
export { startInProcessScheduler, type InProcessSchedulerOptions } from './in-process-scheduler.ts';
export { loadConfiguration, type LoadConfigurationOptions } from './load-configuration.ts';
export { DECISIONS_PATH, serveDecisions } from './serve-decisions.ts';
export { defaultConfiguration, type PluginReference, type PluginsConfiguration, type ProfileConfiguration, type SchedulerConfiguration } from '../../scheduler/config/configuration.ts';
export type { Extender, Victims } from '../../scheduler/cycle/extender.ts';
export type { Decision } from '../../scheduler/decisions/decision.ts';
export type { ClusterEvent, EventAction, EventInterest, EventResource, QueueingHint } from '../../scheduler/framework/cluster-event.ts';
export { CycleState, StateKey } from '../../scheduler/framework/cycle-state.ts';
export type { PluginFactory, SchedulerHandle } from '../../scheduler/framework/handle.ts';
export type { NodeInfo } from '../../scheduler/framework/node-info.ts';
export type { NodeStatuses } from '../../scheduler/framework/node-statuses.ts';
export { MAX_NODE_SCORE, type NodeScores, type PermitOutcome, type Plugin, type PostFilterOutcome, type PreFilterResult } from '../../scheduler/framework/plugin.ts';
export type { PodInfo } from '../../scheduler/framework/pod-info.ts';
export { Status, type StatusCode, type Verdict } from '../../scheduler/framework/status.ts';
export type { WaitingPod, WaitingPods } from '../../scheduler/framework/waiting-pods.ts';

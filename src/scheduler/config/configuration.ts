import type { ExtensionPoint } from '../framework/plugin.ts';
import { DEFAULT_SCHEDULER_NAME } from '../framework/objects.ts';

export interface PluginReference {
  readonly name: string;
  /** At Score; absent: the plugin's default, or 1. */
  readonly weight?: number;
}

export interface PluginSet {
  readonly enabled?: readonly PluginReference[];
  /** `*` for all default ones. */
  readonly disabled?: readonly PluginReference[];
}

/** `multiPoint` stands for every extension point that a plugin implements. */
export type PluginsConfiguration = Readonly<Partial<Record<ExtensionPoint | 'multiPoint', PluginSet>>>;

export interface ProfileConfiguration {
  readonly schedulerName: string;
  /** Absent: the scheduler's; 0: adaptive. */
  readonly percentageOfNodesToScore?: number;
  readonly plugins: PluginsConfiguration;
  /** Arguments of plugins by name. */
  readonly pluginConfig: ReadonlyMap<string, unknown>;
}

/** What kube-scheduler's configuration file says, resolved. */
export interface SchedulerConfiguration {
  readonly profiles: readonly ProfileConfiguration[];
  readonly percentageOfNodesToScore: number;
  readonly podInitialBackoffMs: number;
  readonly podMaxBackoffMs: number;
  /** How many pods may be on their way to their node at once. */
  readonly parallelism: number;
}

/** kube-scheduler's without a file. */
export function defaultConfiguration(): SchedulerConfiguration {
  return {
    profiles: [{ schedulerName: DEFAULT_SCHEDULER_NAME, plugins: {}, pluginConfig: new Map() }],
    percentageOfNodesToScore: 0,
    podInitialBackoffMs: 1000,
    podMaxBackoffMs: 10_000,
    parallelism: 16,
  };
}

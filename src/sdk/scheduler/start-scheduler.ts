import type { Client } from '../../client/client.ts';
import { defaultConfiguration, type SchedulerConfiguration } from '../../scheduler/config/configuration.ts';
import type { Extender } from '../../scheduler/cycle/extender.ts';
import type { PluginFactory } from '../../scheduler/framework/handle.ts';
import type { Plugin } from '../../scheduler/framework/plugin.ts';
import { defaultRegistry } from '../../scheduler/plugins/default-plugins.ts';
import { Scheduler } from '../../scheduler/scheduler.ts';

/** A plugin, or what makes one for each profile that uses it. */
export type AddedPlugin = Plugin | { readonly name: string; readonly make: PluginFactory };

export interface StartSchedulerOptions {
  /** Its clock is the scheduler's; its user agent names the field manager of what it writes. */
  readonly client: Client;
  /** 0 ≤ n < 1 */
  readonly random: () => number;
  /** Default: kube-scheduler's without a file. */
  readonly configuration?: SchedulerConfiguration;
  /** Plugins on top of the default ones, which every profile uses at all extension points that they implement. */
  readonly plugins?: readonly AddedPlugin[];
  /** Others who have a say. */
  readonly extenders?: readonly Extender[];
  /** Part of the events' `reportingInstance`. */
  readonly hostName?: string;
  /** Told of failures, one line each; pods are tried again. */
  readonly log?: (line: string) => void;
}

/** A scheduler at work. */
export interface RunningScheduler {
  readonly scheduler: Scheduler;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/**
 * Starts a scheduler against the API that the client reaches; it keeps no process alive. Throws PluginSelectionError when
 * a profile's plugins make no sense.
 */
export function startScheduler({ plugins = [], configuration = defaultConfiguration(), hostName = 'localhost', ...options }: StartSchedulerOptions): RunningScheduler {
  const registry = defaultRegistry();
  for (const plugin of plugins) registry.set(plugin.name, 'make' in plugin ? plugin.make : () => plugin);
  const names = plugins.map(({ name }) => name);
  const scheduler = new Scheduler({ ...options, hostName, registry, configuration: withPlugins(configuration, names) });
  scheduler.start();
  return { scheduler, stop: () => scheduler.stop() };
}

/** Profiles that name a plugin themselves know better where it belongs. */
function withPlugins(configuration: SchedulerConfiguration, names: readonly string[]): SchedulerConfiguration {
  const profiles = configuration.profiles.map((profile) => {
    const named = new Set(Object.values(profile.plugins).flatMap(({ enabled = [], disabled = [] }) => [...enabled, ...disabled].map(({ name }) => name)));
    const added = names.filter((name) => !named.has(name)).map((name) => ({ name }));
    const { multiPoint = {} } = profile.plugins;
    return { ...profile, plugins: { ...profile.plugins, multiPoint: { ...multiPoint, enabled: [...(multiPoint.enabled ?? []), ...added] } } };
  });
  return { ...configuration, profiles };
}

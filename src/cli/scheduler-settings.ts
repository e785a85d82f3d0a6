import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../machinery/clock.ts';
import type { ConfigurationFile } from '../scheduler/config/read-configuration.ts';
import type { AddedPlugin, StartSchedulerOptions } from '../sdk/scheduler/start-scheduler.ts';
import { UsageError, type CommandContext, type Flag } from './command.ts';

export const PLUGIN_FLAG: Flag = { name: 'plugin', type: 'string', multiple: true, value: 'FILES', help: 'modules whose default export is a scheduler plugin' };

export interface SchedulerSettings {
  readonly file: ConfigurationFile | undefined;
  readonly options: Pick<StartSchedulerOptions, 'configuration' | 'extenders' | 'plugins'>;
}

/** Reads the configuration and loads the plugins that flags name. Throws UsageError. */
export async function schedulerSettings({ config, plugins }: { readonly config: string | undefined; readonly plugins: readonly string[] }, context: CommandContext, log: (line: string) => void): Promise<SchedulerSettings> {
  const added = await Promise.all(plugins.map((path) => loadPlugin(resolve(context.cwd, path))));
  if (config === undefined) return { file: undefined, options: { plugins: added } };
  const path = resolve(context.cwd, config);
  const { loadConfiguration } = await import('../sdk/scheduler/load-configuration.ts');
  try {
    const { file, extenders } = loadConfiguration(readFileSync(path, 'utf8'), {
      clock: systemClock,
      log,
      readFile: (name) => readFileSync(resolve(dirname(path), name)),
      addedPlugins: added.map(({ name }) => name),
    });
    return { file, options: { configuration: file, extenders, plugins: added } };
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function loadPlugin(path: string): Promise<AddedPlugin> {
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const plugin = loaded.default;
  if (typeof plugin !== 'object' || plugin === null || typeof (plugin as { name?: unknown }).name !== 'string') throw new UsageError(`${path}: the default export is no scheduler plugin: an object with a name is expected`);
  return plugin as AddedPlugin;
}

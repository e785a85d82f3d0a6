import { EXTENSION_POINTS, implementsPoint, type ExtensionPoint, type Plugin } from '../framework/plugin.ts';
import type { EnabledPlugin, EnabledPlugins } from '../framework/profile.ts';
import type { PluginReference, PluginsConfiguration, PluginSet, ProfileConfiguration } from './configuration.ts';

const POINTS = Object.keys(EXTENSION_POINTS) as ExtensionPoint[];

/** A profile names a plugin that there is not, or one twice, or one where it does nothing. */
export class PluginSelectionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PluginSelectionError';
  }
}

/** The names of all plugins that a profile uses, defaults included. */
export function pluginNames(configuration: PluginsConfiguration, defaults: readonly PluginReference[]): string[] {
  const names = mergeDefaults(defaults, configuration.multiPoint).map(({ name }) => name);
  for (const point of POINTS) names.push(...(configuration[point]?.enabled ?? []).map(({ name }) => name));
  return [...new Set(names)];
}

/** Throws PluginSelectionError for a profile that names a plugin which is not among `known`. */
export function checkPluginNames(profiles: readonly ProfileConfiguration[], defaults: readonly PluginReference[], known: ReadonlySet<string>): void {
  for (const { schedulerName, plugins } of profiles) {
    for (const name of pluginNames(plugins, defaults)) {
      if (!known.has(name)) throw new PluginSelectionError(`profile ${JSON.stringify(schedulerName)}: ${JSON.stringify(name)} does not exist in the registry of plugins`);
    }
  }
}

/**
 * Which plugin is called where, in which order: at each extension point first those that are named there and in
 * multiPoint, then the others of multiPoint, then the others that are named there. Throws PluginSelectionError.
 */
export function enabledPlugins(configuration: PluginsConfiguration, defaults: readonly PluginReference[], plugins: ReadonlyMap<string, Plugin>): EnabledPlugins {
  const multiPoint = mergeDefaults(defaults, configuration.multiPoint);
  const found = Object.fromEntries(POINTS.map((point) => [point, atPoint(point, { set: configuration[point], multiPoint, plugins })])) as Record<ExtensionPoint, EnabledPlugin[]>;
  if (found.queueSort.length !== 1) throw new PluginSelectionError(`exactly one queue sort plugin must be enabled, not ${found.queueSort.length}`);
  if (found.bind.length === 0) throw new PluginSelectionError('at least one bind plugin is needed');
  return found;
}

function atPoint(point: ExtensionPoint, { set, multiPoint, plugins }: { readonly set: PluginSet | undefined; readonly multiPoint: readonly PluginReference[]; readonly plugins: ReadonlyMap<string, Plugin> }): EnabledPlugin[] {
  const named = set?.enabled ?? [];
  if (new Set(named.map(({ name }) => name)).size < named.length) throw new PluginSelectionError(`a plugin is enabled twice at ${point}`);
  const disabled = new Set((set?.disabled ?? []).map(({ name }) => name));
  const general = multiPoint.filter(({ name }) => !disabled.has('*') && !disabled.has(name) && implementsPoint(get(plugins, name), point));
  const isGeneral = (name: string): boolean => multiPoint.some((reference) => reference.name === name);
  const first = named.filter(({ name }) => isGeneral(name));
  const last = named.filter(({ name }) => !isGeneral(name));
  const middle = general.filter(({ name }) => !named.some((reference) => reference.name === name));
  return [...first, ...middle, ...last].map(({ name, weight }) => {
    const plugin = get(plugins, name);
    if (!implementsPoint(plugin, point)) throw new PluginSelectionError(`plugin ${JSON.stringify(name)} does not extend ${point} plugin`);
    return { plugin, weight: weight === undefined || weight === 0 ? 1 : weight };
  });
}

function get(plugins: ReadonlyMap<string, Plugin>, name: string): Plugin {
  const plugin = plugins.get(name);
  if (!plugin) throw new PluginSelectionError(`${JSON.stringify(name)} does not exist in the registry of plugins`);
  return plugin;
}

/** Enabling a default plugin again changes its weight, not its place. */
function mergeDefaults(defaults: readonly PluginReference[], { enabled = [], disabled = [] }: PluginSet = {}): PluginReference[] {
  const off = new Set(disabled.map(({ name }) => name));
  const kept = defaults.filter(({ name }) => !off.has('*') && !off.has(name));
  const replaced = kept.map((reference) => enabled.find(({ name }) => name === reference.name) ?? reference);
  return [...replaced, ...enabled.filter(({ name }) => !kept.some((reference) => reference.name === name))];
}

import type { Clock } from '../../machinery/clock.ts';
import { parseYaml } from '../../machinery/parse-yaml.ts';
import { checkPluginNames } from '../../scheduler/config/enabled-plugins.ts';
import { ConfigurationError } from '../../scheduler/config/field-reader.ts';
import { readConfiguration, type ConfigurationFile } from '../../scheduler/config/read-configuration.ts';
import type { Extender } from '../../scheduler/cycle/extender.ts';
import { httpExtender } from '../../scheduler/extender/http-extender.ts';
import { DEFAULT_PLUGINS, defaultRegistry } from '../../scheduler/plugins/default-plugins.ts';
import { postJson, resolveTls } from './post-json.ts';

export interface LoadConfigurationOptions {
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Of files that the configuration names, as it names them. */
  readonly readFile: (path: string) => Buffer;
  /** Names of plugins on top of the default ones that profiles may use. */
  readonly addedPlugins?: readonly string[];
}

/**
 * Reads the text of a KubeSchedulerConfiguration, YAML or JSON, with the extenders that it names. Throws
 * ConfigurationError with every finding, PluginSelectionError, YamlError, or what `readFile` fails with.
 */
export function loadConfiguration(text: string, { clock, log, readFile, addedPlugins = [] }: LoadConfigurationOptions): { readonly file: ConfigurationFile; readonly extenders: readonly Extender[] } {
  const { value, duplicates } = parseYaml(text);
  if (duplicates.length > 0) throw new ConfigurationError(duplicates.map((finding) => `strict decoding error: yaml: ${finding}`));
  const file = readConfiguration(value);
  checkPluginNames(file.profiles, DEFAULT_PLUGINS, new Set([...defaultRegistry().keys(), ...addedPlugins]));
  return { file, extenders: file.extenders.map((extender) => httpExtender(extender, postJson(resolveTls(extender.tls, readFile), clock), log)) };
}

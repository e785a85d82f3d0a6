import { isJsonObject, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { parseYaml, YamlError } from '../../machinery/parse-yaml.ts';

/** What is wrong with a kubeconfig, in one line. */
export class KubeconfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KubeconfigError';
  }
}

/** An entry with the folder that its relative paths are relative to. */
export interface KubeconfigEntry {
  readonly fields: JsonObject;
  readonly folder: string;
}

export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly currentContext: string;
}

/** Reads one file's text. Throws KubeconfigError. */
export function parseKubeconfig(source: string, at: { readonly file: string; readonly folder: string }): Kubeconfig {
  let value: JsonValue;
  try {
    ({ value } = parseYaml(source));
  } catch (error) {
    if (error instanceof YamlError) throw new KubeconfigError(`error loading config file "${at.file}": ${error.message}`, { cause: error });
    throw error;
  }
  if (value === null) return { clusters: new Map(), users: new Map(), contexts: new Map(), currentContext: '' };
  if (!isJsonObject(value) || (value['kind'] !== undefined && value['kind'] !== 'Config')) throw new KubeconfigError(`error loading config file "${at.file}": not a kubeconfig`);
  const current = value['current-context'];
  return {
    clusters: entries(value['clusters'], 'cluster', at.folder),
    users: entries(value['users'], 'user', at.folder),
    contexts: entries(value['contexts'], 'context', at.folder),
    currentContext: typeof current === 'string' ? current : '',
  };
}

/** As kubectl merges the files of KUBECONFIG: the first that names something wins. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  const merge = (of: (config: Kubeconfig) => ReadonlyMap<string, KubeconfigEntry>): Map<string, KubeconfigEntry> => {
    const merged = new Map<string, KubeconfigEntry>();
    for (const config of configs) for (const [name, entry] of of(config)) if (!merged.has(name)) merged.set(name, entry);
    return merged;
  };
  return {
    clusters: merge((config) => config.clusters),
    users: merge((config) => config.users),
    contexts: merge((config) => config.contexts),
    currentContext: configs.find((config) => config.currentContext !== '')?.currentContext ?? '',
  };
}

function entries(list: JsonValue | undefined, what: string, folder: string): Map<string, KubeconfigEntry> {
  const found = new Map<string, KubeconfigEntry>();
  for (const item of Array.isArray(list) ? list : []) {
    if (!isJsonObject(item) || typeof item['name'] !== 'string' || found.has(item['name'])) continue;
    const fields = item[what];
    found.set(item['name'], { fields: isJsonObject(fields) ? fields : {}, folder });
  }
  return found;
}

import { fieldDuplicate, fieldInvalid, fieldRequired } from '../../machinery/field-error.ts';
import { isJsonObject, type JsonValue } from '../../machinery/json.ts';
import { EXTENSION_POINTS, type ExtensionPoint } from '../framework/plugin.ts';
import { DEFAULT_SCHEDULER_NAME } from '../framework/objects.ts';
import type { NodeResourcesFitArgs } from '../plugins/node-resources-fit.ts';
import { defaultConfiguration, type PluginReference, type PluginsConfiguration, type PluginSet, type ProfileConfiguration, type SchedulerConfiguration } from './configuration.ts';
import { readExtender, type ExtenderConfiguration } from './extender-configuration.ts';
import { ConfigurationError, FieldReader } from './field-reader.ts';
import { PLUGIN_ARGS } from './plugin-args.ts';

export interface LeaderElectionConfiguration {
  readonly leaderElect: boolean;
  readonly resourceName: string;
  readonly resourceNamespace: string;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

/** A KubeSchedulerConfiguration, checked. */
export interface ConfigurationFile extends SchedulerConfiguration {
  readonly extenders: readonly ExtenderConfiguration[];
  readonly leaderElection: LeaderElectionConfiguration;
  /** `clientConnection.kubeconfig`; '' when the file names none. */
  readonly kubeconfig: string;
}

const API_VERSION = 'kubescheduler.config.k8s.io/v1';
const KIND = 'KubeSchedulerConfiguration';

/** Reads the JSON of a configuration file. Throws ConfigurationError with every finding. */
export function readConfiguration(value: JsonValue): ConfigurationFile {
  if (!isJsonObject(value)) throw new ConfigurationError([`couldn't get version/kind: an object of kind ${KIND} is expected`]);
  const { apiVersion, kind } = value;
  if (apiVersion !== API_VERSION || kind !== KIND) {
    throw new ConfigurationError([`no kind ${JSON.stringify(kind ?? '')} is registered for version ${JSON.stringify(apiVersion ?? '')}: ${KIND} of ${API_VERSION} is expected`]);
  }
  return FieldReader.read(value, read);
}

function read(reader: FieldReader): ConfigurationFile {
  const defaults = defaultConfiguration();
  // What profiling and the shape of the connection are to kube-scheduler has no counterpart here.
  for (const name of ['enableProfiling', 'enableContentionProfiling', 'delayCacheUntilActive']) reader.raw(name);
  const initialSeconds = reader.integer('podInitialBackoffSeconds', { min: 1, message: 'must be greater than 0' }) ?? 1;
  const maxSeconds = reader.integer('podMaxBackoffSeconds') ?? 10;
  if (maxSeconds < initialSeconds) reader.report(fieldInvalid(reader.path.child('podMaxBackoffSeconds'), maxSeconds, 'must be greater than or equal to PodInitialBackoffSeconds'));
  const extenders = reader.list('extenders', readExtender) ?? [];
  const binders = extenders.filter(({ bindVerb }) => bindVerb !== undefined).length;
  if (binders > 1) reader.report(fieldInvalid(reader.path.child('extenders'), `found ${binders} extenders implementing bind`, 'only one extender can implement bind'));
  return {
    profiles: readProfiles(reader).map((profile) => withoutManaged(profile, extenders)),
    percentageOfNodesToScore: reader.integer('percentageOfNodesToScore', PERCENTAGE) ?? 0,
    parallelism: reader.integer('parallelism', { min: 1, message: 'should be an integer value greater than zero' }) ?? defaults.parallelism,
    podInitialBackoffMs: initialSeconds * 1000,
    podMaxBackoffMs: maxSeconds * 1000,
    extenders,
    leaderElection: readLeaderElection(reader),
    kubeconfig: reader.object('clientConnection', readConnection) ?? '',
  };
}

/** What an extender manages alone, NodeResourcesFit does not look at. */
function withoutManaged(profile: ProfileConfiguration, extenders: readonly ExtenderConfiguration[]): ProfileConfiguration {
  const managed = extenders.flatMap(({ managedResources }) => managedResources.flatMap(({ name, ignoredByScheduler }) => (ignoredByScheduler ? [name] : [])));
  if (managed.length === 0) return profile;
  const args = profile.pluginConfig.get('NodeResourcesFit') as NodeResourcesFitArgs | undefined;
  const ignoredResources = [...(args?.ignoredResources ?? []), ...managed];
  return { ...profile, pluginConfig: new Map([...profile.pluginConfig, ['NodeResourcesFit', { ...args, ignoredResources }]]) };
}

const PERCENTAGE = { min: 0, max: 100, message: 'not in valid range [0-100]' };

function readConnection(reader: FieldReader): string {
  for (const name of ['acceptContentTypes', 'contentType', 'qps', 'burst']) reader.raw(name);
  return reader.text('kubeconfig') ?? '';
}

function readLeaderElection(reader: FieldReader): LeaderElectionConfiguration {
  const defaults = { leaderElect: true, resourceName: 'kube-scheduler', resourceNamespace: 'kube-system', leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2000 };
  const given = reader.object('leaderElection', (election) => {
    election.oneOf('resourceLock', ['leases']);
    const leaseDurationMs = election.durationMs('leaseDuration') ?? defaults.leaseDurationMs;
    const renewDeadlineMs = election.durationMs('renewDeadline') ?? defaults.renewDeadlineMs;
    if (leaseDurationMs <= renewDeadlineMs) election.report(fieldInvalid(election.path.child('leaseDuration'), renewDeadlineMs, 'LeaseDuration must be greater than RenewDeadline'));
    return {
      leaderElect: election.flag('leaderElect') ?? defaults.leaderElect,
      resourceName: election.text('resourceName') ?? defaults.resourceName,
      resourceNamespace: election.text('resourceNamespace') ?? defaults.resourceNamespace,
      leaseDurationMs,
      renewDeadlineMs,
      retryPeriodMs: election.durationMs('retryPeriod') ?? defaults.retryPeriodMs,
    };
  });
  return given ?? defaults;
}

function readProfiles(reader: FieldReader): readonly ProfileConfiguration[] {
  const profiles = reader.list('profiles', readProfile) ?? defaultConfiguration().profiles;
  const path = reader.path.child('profiles');
  if (profiles.length === 0) reader.report(fieldRequired(path));
  const names = profiles.map(({ schedulerName }) => schedulerName);
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) reader.report(fieldDuplicate(path.index(i).child('schedulerName'), name));
  });
  return profiles;
}

function readProfile(reader: FieldReader): ProfileConfiguration {
  const percentageOfNodesToScore = reader.integer('percentageOfNodesToScore', PERCENTAGE);
  return {
    schedulerName: reader.text('schedulerName') ?? DEFAULT_SCHEDULER_NAME,
    ...(percentageOfNodesToScore !== undefined && { percentageOfNodesToScore }),
    plugins: reader.object('plugins', readPlugins) ?? {},
    pluginConfig: readPluginConfig(reader),
  };
}

function readPlugins(reader: FieldReader): PluginsConfiguration {
  const sets: Partial<Record<ExtensionPoint | 'multiPoint', PluginSet>> = {};
  for (const point of [...(Object.keys(EXTENSION_POINTS) as ExtensionPoint[]), 'multiPoint'] as const) {
    const set = reader.object(point, readSet);
    if (set) sets[point] = set;
  }
  return sets;
}

function readSet(reader: FieldReader): PluginSet {
  const reference = (plugin: FieldReader): PluginReference => {
    const weight = plugin.integer('weight');
    return { name: plugin.required('name', plugin.text('name')) ?? '', ...(weight !== undefined && { weight }) };
  };
  return { enabled: reader.list('enabled', reference) ?? [], disabled: reader.list('disabled', reference) ?? [] };
}

function readPluginConfig(reader: FieldReader): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  reader.list('pluginConfig', (entry) => {
    const name = entry.required('name', entry.text('name')) ?? '';
    if (found.has(name)) reader.report(fieldDuplicate(entry.path.child('name'), name));
    const check = PLUGIN_ARGS.get(name);
    found.set(name, check ? entry.object('args', check) : entry.raw('args'));
  });
  return found;
}

import { describe, expect, test } from 'vitest';
import { systemClock } from '../../machinery/clock.ts';
import { loadConfiguration } from '../../sdk/scheduler/load-configuration.ts';
import type { Plugin } from '../framework/plugin.ts';
import { enabledPlugins, pluginNames } from './enabled-plugins.ts';
import type { PluginsConfiguration } from './configuration.ts';
import type { ConfigurationFile } from './read-configuration.ts';

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const load = (text: string): ConfigurationFile => loadConfiguration(HEAD + text, { clock: systemClock, log: () => undefined, readFile: () => Buffer.alloc(0) }).file;

describe('a KubeSchedulerConfiguration', () => {
  test('that says nothing is kube-scheduler as it comes', () => {
    expect(load('')).toMatchObject({
      profiles: [{ schedulerName: 'default-scheduler' }],
      percentageOfNodesToScore: 0,
      podInitialBackoffMs: 1000,
      podMaxBackoffMs: 10_000,
      leaderElection: { leaderElect: true, resourceName: 'kube-scheduler', leaseDurationMs: 15_000 },
    });
  });

  test('names profiles, their plugins and arguments', () => {
    const { profiles } = load(`
profiles:
- schedulerName: packing
  percentageOfNodesToScore: 100
  plugins:
    score:
      disabled: [{name: NodeResourcesBalancedAllocation}]
      enabled: [{name: NodeResourcesFit, weight: 5}]
  pluginConfig:
  - name: NodeResourcesFit
    args:
      apiVersion: kubescheduler.config.k8s.io/v1
      kind: NodeResourcesFitArgs
      scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 3}]}
  - name: Mine
    args: {anything: 1}
`);
    expect(profiles).toEqual([
      {
        schedulerName: 'packing',
        percentageOfNodesToScore: 100,
        plugins: { score: { enabled: [{ name: 'NodeResourcesFit', weight: 5 }], disabled: [{ name: 'NodeResourcesBalancedAllocation' }] } },
        pluginConfig: new Map<string, unknown>([
          ['NodeResourcesFit', { ignoredResources: [], ignoredResourceGroups: [], scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 3 }] } }],
          ['Mine', { anything: 1 }],
        ]),
      },
    ]);
  });

  test.each([
    ['percentageOfNodesToScore: 101', 'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]'],
    ['parallelism: 0', 'parallelism: Invalid value: 0: should be an integer value greater than zero'],
    ['podMaxBackoffSeconds: 1\npodInitialBackoffSeconds: 2', 'podMaxBackoffSeconds: Invalid value: 1: must be greater than or equal to PodInitialBackoffSeconds'],
    ['profiles: []', 'profiles: Required value'],
    ['profiles: [{schedulerName: a}, {schedulerName: a}]', 'profiles[1].schedulerName: Duplicate value: "a"'],
    ['profiles: [{plugin: {}}]', 'strict decoding error: unknown field "profiles[0].plugin"'],
    ['leaderElection: {leaseDuration: 5s}', 'leaderElection.leaseDuration: Invalid value: 10000: LeaseDuration must be greater than RenewDeadline'],
    ['leaderElection: {leaseDuration: soon}', 'leaderElection.leaseDuration: Invalid value: "soon": time: invalid duration "soon"'],
    ['extenders: [{prioritizeVerb: p, weight: -1, urlPrefix: "http://a"}]', 'extenders[0].weight: Invalid value: -1: must have a positive weight applied to it'],
    ['extenders: [{urlPrefix: a, bindVerb: b}, {urlPrefix: c, bindVerb: d}]', 'extenders: Invalid value: "found 2 extenders implementing bind": only one extender can implement bind'],
    ['profiles: [{pluginConfig: [{name: InterPodAffinity, args: {hardPodAffinityWeight: 101}}]}]', 'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]'],
    [
      'profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: RequestedToCapacityRatio}}}]}]',
      'profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio.shape: Required value: at least one point must be specified',
    ],
  ])('with %j is refused', (text, message) => {
    expect(() => load(text)).toThrow(message);
  });

  test('of another kind is refused', () => {
    expect(() => loadConfiguration('apiVersion: v1\nkind: Pod', { clock: systemClock, log: () => undefined, readFile: () => Buffer.alloc(0) })).toThrow('no kind "Pod" is registered for version "v1"');
  });
});

describe('the plugins of a profile', () => {
  const sort: Plugin = { name: 'Sort', less: () => false };
  const bind: Plugin = { name: 'Bind', bind: () => undefined };
  const score = (name: string): Plugin => ({ name, score: () => 0, filter: () => undefined });
  const plugins = new Map([sort, bind, score('A'), score('B'), score('C')].map((plugin) => [plugin.name, plugin]));
  const defaults = [{ name: 'Sort' }, { name: 'A', weight: 2 }, { name: 'B' }, { name: 'Bind' }];
  const at = (point: 'score' | 'filter', configuration: PluginsConfiguration): string[] => enabledPlugins(configuration, defaults, plugins)[point].map(({ plugin, weight }) => `${plugin.name}${weight}`);

  test.each<[PluginsConfiguration, string[], string[]]>([
    [{}, ['A2', 'B1'], ['A2', 'B1']],
    [{ multiPoint: { enabled: [{ name: 'C' }] } }, ['A2', 'B1', 'C1'], ['A2', 'B1', 'C1']],
    [{ multiPoint: { enabled: [{ name: 'A', weight: 7 }] } }, ['A7', 'B1'], ['A7', 'B1']],
    [{ multiPoint: { disabled: [{ name: 'A' }] } }, ['B1'], ['B1']],
    [{ score: { enabled: [{ name: 'B', weight: 9 }] } }, ['B9', 'A2'], ['A2', 'B1']],
    [{ score: { enabled: [{ name: 'C' }], disabled: [{ name: '*' }] } }, ['C1'], ['A2', 'B1']],
  ])('%j', (configuration, scores, filters) => {
    expect([at('score', configuration), at('filter', configuration)]).toEqual([scores, filters]);
  });

  test('must be one that orders the queue, and one that binds', () => {
    expect(() => enabledPlugins({ multiPoint: { disabled: [{ name: 'Sort' }] } }, defaults, plugins)).toThrow('exactly one queue sort plugin must be enabled');
    expect(() => enabledPlugins({ multiPoint: { disabled: [{ name: 'Bind' }] } }, defaults, plugins)).toThrow('at least one bind plugin is needed');
    expect(() => enabledPlugins({ score: { enabled: [{ name: 'Bind' }] } }, defaults, plugins)).toThrow('plugin "Bind" does not extend score plugin');
    expect(pluginNames({ filter: { enabled: [{ name: 'C' }] } }, defaults)).toEqual(['Sort', 'A', 'B', 'Bind', 'C']);
  });
});

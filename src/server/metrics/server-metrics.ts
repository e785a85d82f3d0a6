import type { Gate } from '../flow-control/gate.ts';
import { PriorityAndFairness } from '../flow-control/priority-and-fairness.ts';
import type { RegistryContext } from '../registry/api-call.ts';
import type { ResourceStorage } from '../registry/resource-type.ts';
import { VERSION_INFO } from '../version.ts';
import type { MetricRegistry, Reading } from './metric-registry.ts';

/** What is read off the server when it is asked for: what it holds, how its seats are used, what the process takes. */
export function addServerMetrics(registry: MetricRegistry, { context, gate, startedMs }: { readonly context: RegistryContext; readonly gate: Gate; readonly startedMs: number }): void {
  addStorage(registry, context);
  if (gate instanceof PriorityAndFairness) addFlowControl(registry, gate);
  addProcess(registry, startedMs);
  const { major, minor, gitVersion, gitCommit, gitTreeState, buildDate, goVersion, compiler, platform } = VERSION_INFO;
  registry.measured('kubernetes_build_info', 'The version that the server says it is, always 1.', {
    labels: ['major', 'minor', 'git_version', 'git_commit', 'git_tree_state', 'build_date', 'go_version', 'compiler', 'platform'],
    read: () => [[[major, minor, gitVersion, gitCommit, gitTreeState, buildDate, goVersion, compiler, platform], 1]],
  });
}

function addStorage(registry: MetricRegistry, { catalog, caches, store }: RegistryContext): void {
  const open = function* (): Generator<{ readonly storage: ResourceStorage; readonly count: number; readonly revision: number }> {
    for (const storage of new Set(catalog.all().map((type) => type.storage))) {
      const cache = caches.peek(storage.prefix);
      if (cache) yield { storage, count: cache.count(''), revision: cache.revision };
    }
  };
  registry.measured('apiserver_resource_objects', 'Stored objects, of the resources that were asked for since the start.', {
    labels: ['group', 'resource'],
    read: () => [...open()].map(({ storage, count }): Reading => [[storage.group, storage.resource], count]),
  });
  registry.measured('apiserver_storage_objects', 'The same under the name it had before.', {
    labels: ['resource'],
    read: () => [...open()].map(({ storage, count }): Reading => [[storage.group === '' ? storage.resource : `${storage.resource}.${storage.group}`], count]),
  });
  registry.measured('apiserver_watch_cache_resource_version', 'Up to which revision reads show everything.', {
    labels: ['group', 'resource'],
    read: () => [...open()].map(({ storage, revision }): Reading => [[storage.group, storage.resource], revision]),
  });
  registry.measured('apiserver_storage_size_bytes', 'Bytes that the store takes.', { labels: ['storage_cluster_id'], read: async () => [[['etcd-0'], await store.size()]] });
}

function addFlowControl(registry: MetricRegistry, gate: PriorityAndFairness): void {
  const perLevel = (name: string, help: string, value: (level: PriorityAndFairness['levels'][number]) => number, type: 'gauge' | 'counter' = 'gauge'): void => {
    registry.measured(name, help, { labels: ['priority_level'], type, read: () => gate.levels.map((level): Reading => [[level.name], value(level)]) });
  };
  perLevel('apiserver_flowcontrol_nominal_limit_seats', 'Seats of the level by its shares.', ({ state }) => state.bounds.nominal);
  perLevel('apiserver_flowcontrol_lower_limit_seats', 'Seats that the level never lends.', ({ state }) => state.bounds.lower);
  perLevel('apiserver_flowcontrol_upper_limit_seats', 'Seats that the level has at most, with what it borrows.', ({ state }) => state.bounds.upper);
  perLevel('apiserver_flowcontrol_current_limit_seats', 'Seats of the level now.', ({ seats }) => seats);
  const perSchema = (name: string, help: string, read: () => Iterable<Reading>, type: 'gauge' | 'counter' = 'gauge'): void => {
    registry.measured(name, help, { labels: ['priority_level', 'flow_schema'], type, read });
  };
  perSchema('apiserver_flowcontrol_current_executing_requests', 'Requests that hold seats now.', () => gate.bySchema(({ executing }) => executing));
  perSchema('apiserver_flowcontrol_current_executing_seats', 'Seats held now.', () => gate.bySchema(({ seatsInUse }) => seatsInUse));
  perSchema('apiserver_flowcontrol_dispatched_requests_total', 'Requests that were given seats.', () => gate.bySchema(({ dispatched }) => dispatched), 'counter');
}

function addProcess(registry: MetricRegistry, startedMs: number): void {
  registry.measured('process_cpu_seconds_total', 'Processor time taken.', {
    type: 'counter',
    read: () => {
      const { user, system } = process.cpuUsage();
      return [[[], (user + system) / 1e6]];
    },
  });
  registry.measured('process_resident_memory_bytes', 'Resident memory.', { read: () => [[[], process.memoryUsage.rss()]] });
  registry.measured('process_start_time_seconds', 'When the server started, in seconds since 1970.', { read: () => [[[], startedMs / 1000]] });
}

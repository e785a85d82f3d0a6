import type { Namespace, Node, Pod } from '../api/types/generated/core-v1.ts';
import { asError } from '../client/as-error.ts';
import { BUILTIN } from '../client/builtin-resources.ts';
import type { Client } from '../client/client.ts';
import { nextTurn } from '../machinery/next-turn.ts';
import { EventSeriesRecorder } from '../runtime/event-series-recorder.ts';
import { SharedInformers } from '../runtime/shared-informers.ts';
import { ClusterCache } from './cache/cluster-cache.ts';
import { checkPluginNames, enabledPlugins, pluginNames, PluginSelectionError } from './config/enabled-plugins.ts';
import type { ProfileConfiguration, SchedulerConfiguration } from './config/configuration.ts';
import { bindPod, giveUpPlacement, type Placement } from './cycle/bind-pod.ts';
import type { Extender } from './cycle/extender.ts';
import { filterNode } from './cycle/filter-node.ts';
import { reportFailure } from './cycle/report-failure.ts';
import { schedulePod } from './cycle/schedule-pod.ts';
import { DecisionLog } from './decisions/decision-log.ts';
import { LIVE_PODS, nodeHandler, podHandler, watchOthers } from './event-handlers.ts';
import { ANYTHING, type EventResource } from './framework/cluster-event.ts';
import type { PluginFactory, SchedulerHandle } from './framework/handle.ts';
import type { Plugin } from './framework/plugin.ts';
import { Profile } from './framework/profile.ts';
import { WaitingPods } from './framework/waiting-pods.ts';
import { DEFAULT_PLUGINS } from './plugins/default-plugins.ts';
import { Nominator } from './queue/nominator.ts';
import type { QueuedPod } from './queue/queued-pod.ts';
import { SchedulingQueue } from './queue/scheduling-queue.ts';
import type { SchedulerContext } from './scheduler-context.ts';

export interface SchedulerOptions {
  /** Its clock is the scheduler's; its user agent names the field manager of what it writes. */
  readonly client: Client;
  /** 0 ≤ n < 1 */
  readonly random: () => number;
  readonly configuration: SchedulerConfiguration;
  /** Plugins that profiles may name. */
  readonly registry: ReadonlyMap<string, PluginFactory>;
  readonly extenders?: readonly Extender[];
  /** Of the machine: part of the events' `reportingInstance`. */
  readonly hostName: string;
  /** Told of failures, one line each; pods are tried again. */
  readonly log?: (line: string) => void;
}

interface ProfileSource {
  readonly configuration: ProfileConfiguration;
  readonly plugins: ReadonlyMap<string, Plugin>;
}

/** So many bindings at most are under way; pods that wait for a permit do not count. */
const MAX_BINDINGS = 256;
/** Every pod that is bound is an event: they must keep pace. */
const EVENTS = { concurrency: 32, maxWaiting: 10_000 };
/** After so many cycles in a row the process's other work gets its turn. */
const CYCLES_PER_TURN = 4;

/**
 * Gives pods their nodes: pod by pod, each judged by the plugins of the profile that its `schedulerName` means, and bound
 * while the next ones are judged.
 */
export class Scheduler {
  /** Why pods are where they are. */
  readonly decisions: DecisionLog;
  readonly #options: SchedulerOptions;
  readonly #informers: SharedInformers;
  readonly #profiles = new Map<string, Profile>();
  /** What the profiles were made of. */
  readonly #sources = new Map<string, ProfileSource>();
  readonly #context: SchedulerContext & { readonly start: { next: number } };
  readonly #abort = new AbortController();
  readonly #bindings = new Set<Promise<void>>();
  #activeBindings = 0;
  #bindingEnded: (() => void) | undefined;
  #running: Promise<void> | undefined;

  /** Throws PluginSelectionError when a profile's plugins make no sense. */
  constructor(options: SchedulerOptions) {
    this.#options = options;
    const { client, random, configuration, log = () => undefined } = options;
    this.#informers = new SharedInformers({ client, random, onError: (error, { resource }) => log(`watch of ${resource}: ${error.message}`) });
    const { clock } = client;
    const profileOf = (name: string | undefined): Profile | undefined => this.#profiles.get(name ?? '');
    const queue = new SchedulingQueue({
      clock,
      profileOf: ({ pod }) => profileOf(pod.spec?.schedulerName),
      less: (a, b) => this.#anyProfile().less(a, b),
      initialBackoffMs: configuration.podInitialBackoffMs,
      maxBackoffMs: configuration.podMaxBackoffMs,
    });
    const events = new Map(
      configuration.profiles.map(({ schedulerName }) => [
        schedulerName,
        new EventSeriesRecorder({ client, random, ...EVENTS, reportingController: schedulerName, reportingInstance: `${schedulerName}-${options.hostName}`, onError: (error) => log(`scheduler: event: ${error.message}`) }),
      ]),
    );
    this.#context = {
      client,
      clock,
      random,
      log,
      pods: this.#informers.get<Pod>(BUILTIN.pods, LIVE_PODS),
      cache: new ClusterCache(),
      queue,
      nominator: new Nominator(),
      waitingPods: new WaitingPods(clock),
      events,
      extenders: options.extenders ?? [],
      percentageOfNodesToScore: configuration.percentageOfNodesToScore,
      signal: this.#abort.signal,
      start: { next: 0 },
    };
    this.decisions = new DecisionLog(clock, () => this.#context.cache.nodes.length);
    for (const profile of configuration.profiles) this.#addProfile(profile);
    if (new Set([...this.#sources.values()].map(queueOrder)).size > 1) throw new PluginSelectionError('the queueSort plugin and its arguments must be the same for all profiles');
  }

  /** Idempotent. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when nothing of the scheduler runs any more; pods that were being bound may be or not. */
  async stop(): Promise<void> {
    const { queue, waitingPods, events } = this.#context;
    this.#abort.abort(new Error('the scheduler was stopped'));
    queue.close();
    waitingPods.close();
    this.#bindingEnded?.();
    await this.#informers.stop();
    await this.#running;
    await Promise.all(this.#bindings);
    await Promise.all([...events.values()].map((recorder) => recorder.stop()));
  }

  /** The profile of a scheduler name. */
  profile(schedulerName: string): Profile | undefined {
    return this.#profiles.get(schedulerName);
  }

  /**
   * Puts a plugin in the place of that of the same name, in all profiles that use it, from the next cycle on. Pods that
   * wait are tried again. Throws RangeError when no profile uses it, PluginSelectionError when it cannot do its part.
   */
  replacePlugin(plugin: Plugin): void {
    let found = false;
    for (const { configuration, plugins } of this.#sources.values()) {
      if (!plugins.has(plugin.name)) continue;
      found = true;
      this.#build(configuration, new Map([...plugins, [plugin.name, plugin]]));
    }
    if (!found) throw new RangeError(`no profile uses a plugin ${JSON.stringify(plugin.name)}`);
    this.#context.queue.move(ANYTHING);
  }

  #anyProfile(): Profile {
    const profile = this.#profiles.values().next().value;
    if (!profile) throw new PluginSelectionError('at least one profile is required');
    return profile;
  }

  #addProfile(configuration: ProfileConfiguration): void {
    const { schedulerName, plugins: chosen, pluginConfig } = configuration;
    const { registry } = this.#options;
    checkPluginNames([configuration], DEFAULT_PLUGINS, new Set(registry.keys()));
    const handle = this.#handle(schedulerName);
    const plugins = new Map<string, Plugin>();
    for (const name of pluginNames(chosen, DEFAULT_PLUGINS)) {
      const plugin = registry.get(name)?.(pluginConfig.get(name), handle);
      if (plugin) plugins.set(name, plugin);
    }
    this.#build(configuration, plugins);
  }

  #build(configuration: ProfileConfiguration, plugins: ReadonlyMap<string, Plugin>): void {
    const { schedulerName, percentageOfNodesToScore } = configuration;
    this.#profiles.set(schedulerName, new Profile(schedulerName, enabledPlugins(configuration.plugins, DEFAULT_PLUGINS, plugins), percentageOfNodesToScore));
    this.#sources.set(schedulerName, { configuration, plugins });
  }

  #handle(schedulerName: string): SchedulerHandle {
    const { client, clock, random, log, cache, nominator, waitingPods, events } = this.#context;
    const namespaces = this.#informers.get<Namespace>(BUILTIN.namespaces);
    const profile = (): Profile => this.#profiles.get(schedulerName) ?? this.#anyProfile();
    return {
      schedulerName,
      client,
      clock,
      random,
      log,
      informers: this.#informers,
      signal: this.#abort.signal,
      waitingPods,
      nodes: () => cache.nodes,
      repellingNodes: () => cache.repellingNodes,
      attractingNodes: () => cache.attractingNodes,
      node: (name) => cache.node(name),
      namespaceLabels: (name) => namespaces.store.get(name)?.metadata.labels,
      nominatedPods: (name) => nominator.on(name),
      clearNomination: (pod) => nominator.delete(pod),
      filter: (state, pod, node) => filterNode({ profile: profile(), nominator }, state, pod, node),
      addPod: (state, pod, change) => profile().addPod(state, pod, change),
      removePod: (state, pod, change) => profile().removePod(state, pod, change),
      extenders: this.#context.extenders,
      activate: (pods) => this.#context.queue.activate(pods),
      background: (work) => this.#track(work),
      event: (regarding, what) => events.get(schedulerName)?.event(regarding, what),
    };
  }

  async #run(): Promise<void> {
    const { cache, queue, nominator, waitingPods, pods, log } = this.#context;
    const targets = { cache, queue, nominator, waitingPods, isOurs: (pod: { readonly spec?: { readonly schedulerName?: string } }) => this.#profiles.has(pod.spec?.schedulerName ?? '') };
    const nodes = this.#informers.get<Node>(BUILTIN.nodes);
    const wanted = new Set([...this.#profiles.values()].flatMap((profile) => profile.plugins().flatMap(({ events = [] }) => events.map(({ resource }) => resource as EventResource))));
    nodes.addHandler(nodeHandler(targets));
    pods.addHandler(podHandler(targets));
    watchOthers(this.#informers, queue, wanted);
    await this.#informers.startInTurns();
    if (!(await this.#informers.waitForSync())) return;
    for (let cycles = 1; !this.#abort.signal.aborted; cycles++) {
      const queued = queue.pop();
      if (!queued) {
        await queue.wait();
        continue;
      }
      try {
        await this.#schedule(queued);
      } catch (error) {
        log(`scheduler: ${queued.info.key}: ${asError(error).message}`);
        queue.done(queued.info.uid);
      }
      if (cycles % CYCLES_PER_TURN === 0) await nextTurn();
    }
  }

  async #schedule(queued: QueuedPod): Promise<void> {
    const { cache, queue, events } = this.#context;
    const { info } = queued;
    const profile = this.#profiles.get(info.pod.spec?.schedulerName ?? '');
    const isLeaving = info.pod.metadata.deletionTimestamp !== undefined;
    if (!profile || isLeaving || cache.isAssumed(info)) {
      queue.done(info.uid);
      if (isLeaving) events.get(profile?.schedulerName ?? '')?.event(info.pod, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note: `skip schedule deleting pod: ${info.key}` });
      return;
    }
    const outcome = await cache.hold(() => schedulePod(this.#context, profile, queued));
    this.decisions.record(queued, outcome);
    switch (outcome.type) {
      case 'placed':
        await this.#bind(outcome.placement);
        return;
      case 'refused':
        this.#track(giveUpPlacement(this.#context, outcome.placement, outcome.status));
        return;
      case 'failed':
        this.#track(reportFailure(this.#context, outcome.failure));
    }
  }

  /** Returns when there is room for another binding, not when this one has ended. */
  async #bind(placement: Placement): Promise<void> {
    const counts = placement.waits.size === 0;
    if (counts) this.#activeBindings++;
    const end = (): void => {
      if (counts) this.#activeBindings--;
      this.#bindingEnded?.();
    };
    this.#track(bindPod(this.#context, placement).finally(end));
    while (this.#activeBindings >= MAX_BINDINGS && !this.#abort.signal.aborted) await new Promise<void>((resolve) => (this.#bindingEnded = resolve));
  }

  /** Remembers work that goes on beside the cycles, until it has ended. */
  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        if (!this.#abort.signal.aborted) this.#context.log(`scheduler: ${asError(error).message}`);
      })
      .finally(() => this.#bindings.delete(tracked));
    this.#bindings.add(tracked);
  }
}

/** One queue cannot be in two orders. */
function queueOrder({ configuration, plugins }: ProfileSource): string {
  const name = enabledPlugins(configuration.plugins, DEFAULT_PLUGINS, plugins).queueSort[0]?.plugin.name ?? '';
  return JSON.stringify([name, configuration.pluginConfig.get(name)]);
}

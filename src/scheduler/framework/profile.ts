import { asError } from '../../client/as-error.ts';
import type { ClusterEvent, EventInterest, QueueingHint } from './cluster-event.ts';
import { isInterested } from './cluster-event.ts';
import { StateKey, type CycleState } from './cycle-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { NodeStatuses } from './node-statuses.ts';
import type { Awaitable } from './objects.ts';
import { MAX_NODE_SCORE, type ExtensionPoint, type Plugin, type PostFilterOutcome, type QueueOrderable } from './plugin.ts';
import type { PodInfo } from './pod-info.ts';
import { Status, type Verdict } from './status.ts';

/** A plugin at an extension point; the weight counts at Score. */
export interface EnabledPlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

export type EnabledPlugins = Readonly<Record<ExtensionPoint, readonly EnabledPlugin[]>>;

export interface PreFilterSummary {
  /** Absent: all nodes. */
  readonly nodeNames?: ReadonlySet<string>;
  /** Who restricted the nodes. */
  readonly restrictedBy: readonly string[];
  readonly status?: Status;
}

/** The score of one plugin for every node, normalized and weighted. */
export interface PluginScores {
  readonly plugin: string;
  readonly scores: Float64Array;
}

interface InterestOfPlugin extends EventInterest {
  readonly plugin: string;
}

const FILTERS = new StateKey<readonly Plugin[]>('filters');

/** The plugins of one scheduler name, and how they are called. Immutable: other plugins make another profile. */
export class Profile {
  readonly schedulerName: string;
  readonly percentageOfNodesToScore: number | undefined;
  readonly #points: EnabledPlugins;
  readonly #interests: readonly InterestOfPlugin[];
  readonly #interestsOfEvents = new Map<string, readonly InterestOfPlugin[]>();

  constructor(schedulerName: string, points: EnabledPlugins, percentageOfNodesToScore?: number) {
    this.schedulerName = schedulerName;
    this.percentageOfNodesToScore = percentageOfNodesToScore;
    this.#points = points;
    this.#interests = this.plugins().flatMap(({ name, events = [{ resource: '*', actions: ['*'] } as const] }) => events.map((interest): InterestOfPlugin => ({ ...interest, plugin: name })));
  }

  /** Every plugin once. */
  plugins(): readonly Plugin[] {
    return [...new Set(Object.values(this.#points).flatMap((enabled) => enabled.map(({ plugin }) => plugin)))];
  }

  has(point: ExtensionPoint): boolean {
    return this.#points[point].length > 0;
  }

  get points(): EnabledPlugins {
    return this.#points;
  }

  less(a: QueueOrderable, b: QueueOrderable): boolean {
    return this.#points.queueSort[0]?.plugin.less?.(a, b) ?? a.timestampMs < b.timestampMs;
  }

  /** The first plugin that does not let the pod into the queue. */
  preEnqueue(pod: PodInfo): Status | undefined {
    for (const { plugin } of this.#points.preEnqueue) {
      const status = plugin.preEnqueue?.(pod);
      if (status) return status.by(plugin.name);
    }
    return undefined;
  }

  /** The hints of those of `plugins` that care for the event. */
  hintsFor(event: ClusterEvent, plugins: ReadonlySet<string>): { readonly plugin: string; readonly hint: QueueingHint | undefined }[] {
    const key = `${event.resource}/${event.action}`;
    let interests = this.#interestsOfEvents.get(key);
    if (!interests) {
      interests = this.#interests.filter((interest) => isInterested(interest, event));
      this.#interestsOfEvents.set(key, interests);
    }
    return interests.filter(({ plugin }) => plugins.has(plugin)).map(({ plugin, hint }) => ({ plugin, hint }));
  }

  /** Stops at the first rejection that no eviction could change, and at failures. */
  async preFilter(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Promise<PreFilterSummary> {
    let nodeNames: ReadonlySet<string> | undefined;
    const restrictedBy: string[] = [];
    let rejection: Status | undefined;
    for (const { plugin } of this.#points.preFilter) {
      const called = call(plugin, 'PreFilter', () => plugin.preFilter?.(state, pod, nodes));
      const result = called instanceof Promise ? await called : called;
      if (result instanceof Status) {
        if (result.code === 'Skip') {
          state.skippedFilters.add(plugin.name);
          continue;
        }
        const status = result.by(plugin.name);
        if (status.code === 'UnschedulableAndUnresolvable' || !status.isRejection) return { restrictedBy, status };
        rejection ??= status;
        continue;
      }
      if (result?.nodeNames === undefined) continue;
      restrictedBy.push(plugin.name);
      nodeNames = nodeNames === undefined ? result.nodeNames : nodeNames.intersection(result.nodeNames);
      if (nodeNames.size === 0) {
        const message = restrictedBy.length === 1 ? `plugin ${plugin.name}` : `plugin(s) [${restrictedBy.join(' ')}] simultaneously`;
        return { nodeNames, restrictedBy, status: Status.unresolvable(`node(s) didn't satisfy ${message}`).by(plugin.name) };
      }
    }
    this.#chooseFilters(state);
    return { restrictedBy, ...(nodeNames && { nodeNames }), ...(rejection && { status: rejection }) };
  }

  #chooseFilters(state: CycleState): readonly Plugin[] {
    const filters = this.#points.filter.flatMap(({ plugin }) => (state.skippedFilters.has(plugin.name) ? [] : [plugin]));
    state.set(FILTERS, filters);
    return filters;
  }

  /** The first plugin that rejects the node decides. */
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Verdict {
    const filters = state.get(FILTERS) ?? this.#chooseFilters(state);
    for (const plugin of filters) {
      let status: Verdict;
      try {
        status = plugin.filter?.(state, pod, node);
      } catch (error) {
        return failure(plugin, error);
      }
      if (status !== undefined) return status.by(plugin.name);
    }
    return undefined;
  }

  /** PreFilterExtensions of the plugins that did not skip the pod. */
  addPod(state: CycleState, pod: PodInfo, change: { readonly other: PodInfo; readonly node: NodeInfo }): Verdict {
    return this.#extend('addPod', state, { pod, change });
  }

  removePod(state: CycleState, pod: PodInfo, change: { readonly other: PodInfo; readonly node: NodeInfo }): Verdict {
    return this.#extend('removePod', state, { pod, change });
  }

  #extend(method: 'addPod' | 'removePod', state: CycleState, { pod, change }: { readonly pod: PodInfo; readonly change: { readonly other: PodInfo; readonly node: NodeInfo } }): Verdict {
    for (const { plugin } of this.#points.preFilter) {
      if (plugin[method] === undefined || state.skippedFilters.has(plugin.name)) continue;
      const status = call(plugin, 'PreFilterExtension', () => plugin[method]?.(state, pod, change));
      if (status) return status.by(plugin.name);
    }
    return undefined;
  }

  /** Reasons of plugins that could not help are joined. */
  async postFilter(state: CycleState, pod: PodInfo, failures: NodeStatuses): Promise<PostFilterOutcome> {
    const reasons: string[] = [];
    let nominatedNodeName: string | undefined;
    for (const { plugin } of this.#points.postFilter) {
      const outcome = await call(plugin, 'PostFilter', () => plugin.postFilter?.(state, pod, failures));
      if (outcome?.status === undefined) return outcome ?? {};
      const { status } = outcome;
      if (status.code === 'UnschedulableAndUnresolvable') return { ...outcome, status: status.by(plugin.name) };
      if (!status.isRejection) return { status: status.by(plugin.name) };
      nominatedNodeName ??= outcome.nominatedNodeName;
      reasons.push(...status.reasons);
    }
    return { status: Status.unschedulable(...reasons), ...(nominatedNodeName !== undefined && { nominatedNodeName }) };
  }

  /** Every plugin's scores; throws what a plugin fails with. */
  async score(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Promise<PluginScores[]> {
    for (const { plugin } of this.#points.preScore) {
      const called = call(plugin, 'PreScore', () => plugin.preScore?.(state, pod, nodes));
      const status = called instanceof Promise ? await called : called;
      if (status?.code === 'Skip') state.skippedScores.add(plugin.name);
      else if (status) throw new PluginError('PreScore', plugin.name, status.error ?? new Error(status.message));
    }
    const found: PluginScores[] = [];
    for (const { plugin, weight } of this.#points.score) {
      if (state.skippedScores.has(plugin.name)) continue;
      found.push({ plugin: plugin.name, scores: call(plugin, 'Score', () => scoresOf({ plugin, weight }, { state, pod, nodes })) });
    }
    return found;
  }

  async reserve(state: CycleState, pod: PodInfo, nodeName: string): Promise<Verdict> {
    return this.#untilVerdict('reserve', state, { pod, nodeName });
  }

  /** In reverse order; never throws. */
  unreserve(state: CycleState, pod: PodInfo, nodeName: string): void {
    for (const { plugin } of this.#points.reserve.toReversed()) {
      try {
        plugin.unreserve?.(state, pod, nodeName);
      } catch {
        // Taking back must reach every plugin; one that cannot has lost its own bookkeeping only.
      }
    }
  }

  /** `Wait` when some plugin wants it: then the longest of the timeouts by plugin. */
  async permit(state: CycleState, pod: PodInfo, nodeName: string): Promise<{ readonly status?: Status; readonly waits: ReadonlyMap<string, number> }> {
    const waits = new Map<string, number>();
    for (const { plugin } of this.#points.permit) {
      const called = call(plugin, 'Permit', () => plugin.permit?.(state, pod, nodeName));
      const outcome = called instanceof Promise ? await called : called;
      if (!outcome) continue;
      if (outcome.status.code !== 'Wait') return { status: outcome.status.by(plugin.name), waits };
      waits.set(plugin.name, Math.min(outcome.timeoutMs ?? MAX_PERMIT_WAIT_MS, MAX_PERMIT_WAIT_MS));
    }
    return { waits };
  }

  async preBind(state: CycleState, pod: PodInfo, nodeName: string): Promise<Verdict> {
    return this.#untilVerdict('preBind', state, { pod, nodeName });
  }

  async bind(state: CycleState, pod: PodInfo, nodeName: string): Promise<Verdict> {
    for (const { plugin } of this.#points.bind) {
      const status = await call(plugin, 'Bind', () => plugin.bind?.(state, pod, nodeName));
      if (status?.code !== 'Skip') return status?.by(plugin.name);
    }
    return Status.failed(new Error('no bind plugin took the pod'));
  }

  async postBind(state: CycleState, pod: PodInfo, nodeName: string): Promise<void> {
    for (const { plugin } of this.#points.postBind) await call(plugin, 'PostBind', () => plugin.postBind?.(state, pod, nodeName));
  }

  async #untilVerdict(method: 'reserve' | 'preBind', state: CycleState, { pod, nodeName }: { readonly pod: PodInfo; readonly nodeName: string }): Promise<Verdict> {
    for (const { plugin } of this.#points[method]) {
      const called: Awaitable<Verdict> = call(plugin, method === 'reserve' ? 'Reserve' : 'PreBind', () => plugin[method]?.(state, pod, nodeName));
      const status = called instanceof Promise ? await called : called;
      if (status) return status.by(plugin.name);
    }
    return undefined;
  }
}

/** Kubernetes' bound of a wait for a permit. */
const MAX_PERMIT_WAIT_MS = 15 * 60_000;

/** A plugin that threw, or gave a score out of range. */
export class PluginError extends Error {
  readonly plugin: string;

  constructor(point: string, plugin: string, cause: Error) {
    super(`running ${point} plugin ${JSON.stringify(plugin)}: ${cause.message}`, { cause });
    this.name = 'PluginError';
    this.plugin = plugin;
  }
}

function failure(plugin: Plugin, error: unknown): Status {
  return Status.failed(new PluginError('Filter', plugin.name, asError(error))).by(plugin.name);
}

/** Names the plugin in what it throws. */
function call<T>(plugin: Plugin, point: string, run: () => T): T {
  try {
    const result = run();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw new PluginError(point, plugin.name, asError(error));
    }) as T;
  } catch (error) {
    throw new PluginError(point, plugin.name, asError(error));
  }
}

function scoresOf({ plugin, weight }: EnabledPlugin, { state, pod, nodes }: { readonly state: CycleState; readonly pod: PodInfo; readonly nodes: readonly NodeInfo[] }): Float64Array {
  const scores = new Float64Array(nodes.length);
  if (plugin.score !== undefined) for (let i = 0; i < nodes.length; i++) scores[i] = plugin.score(state, pod, nodes[i] as NodeInfo);
  plugin.normalizeScores?.(state, pod, { nodes, scores });
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (!(score >= 0 && score <= MAX_NODE_SCORE)) throw new RangeError(`score ${score} of node ${nodes[i]?.name} is not between 0 and ${MAX_NODE_SCORE}`);
    scores[i] = score * weight;
  }
  return scores;
}

import type { Lease } from '../../api/types/generated/coordination-v1.ts';
import type { Node, Pod } from '../../api/types/generated/core-v1.ts';
import { asError } from '../../client/as-error.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { getOwn } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { conditionOf, indexByNode, podsOn, recordNodeEvent, type SharedNode } from '../nodes/node-state.ts';
import { EvictionQueues } from './eviction-queues.ts';
import { computeHealth, type NodeHealth, type SeenNode } from './node-health.ts';
import { computeExecutingTaints, computeSchedulingTaints, isExecuting, NOT_READY, UNREACHABLE } from './node-taints.ts';
import { markNotReady, writeConditions, writeTaints } from './node-writes.ts';
import { computeZoneState, evictionRate, zoneOf, type ZoneLimits, type ZoneState } from './zones.ts';

const NAME = 'node-lifecycle-controller';
const LEASES = 'kube-node-lease';
const WORKERS = 8;
/** How often the queues of nodes to be emptied are looked at. */
const TAINT_EVERY_MS = 100;
/** A label of nodes that say nothing of how their zone is. */
const EXCLUDED = 'node.kubernetes.io/exclude-disruption';
const MONITOR = 'monitor';
const EVICT = 'evict';
/** Old names of labels, and where their values come from. */
const OLD_LABELS: readonly (readonly [old: string, current: string])[] = [
  ['beta.kubernetes.io/os', 'kubernetes.io/os'],
  ['beta.kubernetes.io/arch', 'kubernetes.io/arch'],
];

/** Watches over nodes: says when nothing is heard of one, keeps new pods away from those that are not well, and drives pods off those that stay so. */
export function startNodeLifecycleController(context: ControllerContext): RunningController {
  const { client, clock, random, informers, log } = context;
  const events = new EventRecorder({ client, random, component: 'node-controller' });
  const nodes = informers.get<Node>(BUILTIN.nodes);
  const leases = informers.get<Lease>(BUILTIN.leases, { namespace: LEASES });
  const pods = indexByNode(informers.get<Pod>(BUILTIN.pods));
  const lifecycle = new NodeLifecycle(context, { nodes, leases, pods, events });
  const onError = failureLog(log, NAME);
  const taints = new Controller({ name: NAME, clock, workers: WORKERS, onError, reconcile: (name, { signal }) => lifecycle.settle(name, signal) });
  taints.watch(nodes);
  const { monitorPeriodMs = 5000 } = context.nodes ?? {};
  const monitor = new Controller({
    name: `${NAME} (health)`,
    clock,
    workers: 2,
    onError,
    reconcile: async (key, { signal }) => {
      if (key === MONITOR) {
        if (await lifecycle.monitor(signal)) monitor.enqueue(EVICT);
        return { requeueAfterMs: monitorPeriodMs };
      }
      return (await lifecycle.evict(signal)) ? { requeueAfterMs: TAINT_EVERY_MS } : undefined;
    },
  });
  monitor.read(nodes).read(leases).read(pods);
  monitor.enqueue(MONITOR);
  taints.start();
  monitor.start();
  return {
    stop: async () => {
      await Promise.all([taints.stop(), monitor.stop()]);
      await events.stop();
    },
  };
}

interface Parts {
  readonly nodes: Informer<Node>;
  readonly leases: Informer<Lease>;
  readonly pods: Informer<Pod>;
  readonly events: EventRecorder;
}

class NodeLifecycle {
  readonly #context: ControllerContext;
  readonly #parts: Parts;
  readonly #client: ResourceClient<Node>;
  readonly #limits: ZoneLimits;
  readonly #queues: EvictionQueues;
  readonly #seen = new Map<string, SeenNode>();
  /** As last seen, for what is said of those that are gone. */
  readonly #known = new Map<string, SharedNode>();
  readonly #zones = new Map<string, ZoneState>();
  #wereAllDisrupted = false;

  constructor(context: ControllerContext, parts: Parts) {
    const { evictionRate: rate = 0.1, secondaryEvictionRate = 0.01, largeZoneNodes = 50, unhealthyZoneShare = 0.55 } = context.nodes ?? {};
    this.#context = context;
    this.#parts = parts;
    this.#client = context.client.resource<Node>(BUILTIN.nodes);
    this.#limits = { evictionRate: rate, secondaryEvictionRate, largeZoneNodes, unhealthyZoneShare };
    this.#queues = new EvictionQueues(context.clock);
  }

  /** The taints that the node's conditions call for, and labels under their old names. */
  async settle(name: string, signal: AbortSignal): Promise<void> {
    const node = this.#parts.nodes.store.get(name);
    if (!node) return;
    const taints = computeSchedulingTaints(node, this.#context.clock.now());
    if (taints) await this.#write(() => writeTaints(this.#client, node, taints, signal));
    const labels = computeOldLabels(node);
    if (labels) await this.#write(() => this.#client.patch(name, 'strategic', { metadata: { labels } }, { signal }));
  }

  /** Looks at every node once. True when some wait to be emptied. */
  async monitor(signal: AbortSignal): Promise<boolean> {
    const { nodes } = this.#parts;
    const all = nodes.store.all();
    this.#greet(all);
    const states = new Map<string, { ready: number; failing: number }>();
    let failure: Error | undefined;
    for (const node of all) {
      const zone = zoneOf(node);
      const counts = states.get(zone) ?? { ready: 0, failing: 0 };
      states.set(zone, counts);
      try {
        const { ready } = await this.#check(node, zone, signal);
        if (getOwn(node.metadata.labels ?? {}, EXCLUDED) !== undefined) continue;
        if (ready === 'True') counts.ready++;
        else if (ready !== undefined) counts.failing++;
      } catch (error) {
        // The others are to be looked at all the same.
        if (!hasReason(error, 'NotFound') && !hasReason(error, 'Conflict')) failure ??= asError(error);
      }
    }
    await this.#handleDisruption(all, states, signal);
    if (failure) this.#context.log(`${NAME}: ${failure.message}`);
    return this.#queues.hasWork;
  }

  /** Taints the nodes whose turn has come. True while others wait. */
  async evict(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#context;
    for (const name of this.#queues.take()) {
      const node = this.#parts.nodes.store.get(name);
      const status = node && conditionOf(node, 'Ready')?.status;
      if (!node || (status !== 'False' && status !== 'Unknown')) continue;
      const taints = computeExecutingTaints(node, status === 'False' ? NOT_READY : UNREACHABLE, clock.now());
      if (!taints) continue;
      try {
        await writeTaints(this.#client, node, taints, signal);
      } catch (error) {
        this.#queues.add(zoneOf(node), name);
        if (!hasReason(error, 'Conflict') && !hasReason(error, 'NotFound')) throw error;
      }
    }
    return this.#queues.hasWork;
  }

  /** What is said of nodes that came and went. */
  #greet(all: readonly SharedNode[]): void {
    const { events } = this.#parts;
    const present = new Set(all.map(({ metadata }) => metadata.uid ?? ''));
    for (const [uid, node] of this.#known) {
      if (present.has(uid)) continue;
      recordNodeEvent(events, node, { reason: 'RemovingNode', message: `event: Removing Node ${node.metadata.name ?? ''} from Controller` });
      this.#known.delete(uid);
      this.#seen.delete(uid);
      this.#queues.remove(node.metadata.name ?? '');
    }
    for (const node of all) {
      const { uid = '', name = '' } = node.metadata;
      if (!this.#known.has(uid)) recordNodeEvent(events, node, { reason: 'RegisteredNode', message: `event: Registered Node ${name} in Controller` });
      this.#known.set(uid, node);
    }
  }

  async #check(node: SharedNode, zone: string, signal: AbortSignal): Promise<NodeHealth> {
    const { clock } = this.#context;
    const { monitorGracePeriodMs = 50_000, startupGracePeriodMs = 60_000 } = this.#context.nodes ?? {};
    const { uid = '', name = '' } = node.metadata;
    const health = computeHealth(node, { lease: this.#parts.leases.store.get(`${LEASES}/${name}`), seen: this.#seen.get(uid), nowMs: clock.now(), graceMs: monitorGracePeriodMs, startupGraceMs: startupGracePeriodMs });
    this.#seen.set(uid, health.seen);
    const current = health.conditions ? await writeConditions(this.#client, node, health.conditions, signal) : node;
    await this.#taint(current, zone, { ready: health.ready, signal });
    if (health.ready !== 'Unknown') return health;
    if (health.before === 'True') recordNodeEvent(this.#parts.events, node, { reason: 'NodeNotReady', message: 'status is now: NodeNotReady' });
    for (const pod of podsOn(this.#parts.pods, name)) {
      const marked = await markNotReady(this.#context.client.resource<Pod>(BUILTIN.pods), pod, { nowMs: clock.now(), signal });
      if (marked) this.#parts.events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    }
    return health;
  }

  /** A node that is well bears no taint that drives pods out; one that is not bears the right one, or waits for its turn. */
  async #taint(node: SharedNode, zone: string, { ready, signal }: { ready: NodeHealth['ready']; signal: AbortSignal }): Promise<void> {
    const { name = '' } = node.metadata;
    if (ready === undefined) return;
    const nowMs = this.#context.clock.now();
    const isTainted = (node.spec?.taints ?? []).some(isExecuting);
    if (ready === 'True') this.#queues.remove(name);
    else if (!isTainted) this.#queues.add(zone, name);
    if (ready !== 'True' && !isTainted) return;
    const taints = computeExecutingTaints(node, ready === 'True' ? undefined : ready === 'False' ? NOT_READY : UNREACHABLE, nowMs);
    if (taints) await writeTaints(this.#client, node, taints, signal);
  }

  async #handleDisruption(all: readonly SharedNode[], counts: ReadonlyMap<string, { ready: number; failing: number }>, signal: AbortSignal): Promise<void> {
    const states = new Map([...counts].map(([zone, count]) => [zone, computeZoneState(count, this.#limits)]));
    const areAllDisrupted = states.size > 0 && [...states.values()].every((state) => state === 'FullDisruption');
    this.#queues.keepOnly(new Set(states.keys()));
    for (const [zone, state] of states) {
      const { ready, failing } = counts.get(zone) ?? { ready: 0, failing: 0 };
      this.#queues.setRate(zone, evictionRate(state, { nodes: ready + failing, areAllDisrupted }, this.#limits));
      if (this.#zones.get(zone) !== state && this.#zones.has(zone)) this.#context.log(`${NAME}: zone ${JSON.stringify(zone)} is now in state ${state}`);
      this.#zones.set(zone, state);
    }
    for (const zone of this.#zones.keys()) if (!states.has(zone)) this.#zones.delete(zone);
    if (areAllDisrupted) await this.#spare(all, signal);
    else if (this.#wereAllDisrupted) this.#hearAnew();
    this.#wereAllDisrupted = areAllDisrupted;
  }

  /** Nothing is heard of anything: pods stay where they are. */
  async #spare(all: readonly SharedNode[], signal: AbortSignal): Promise<void> {
    const { nodes } = this.#parts;
    for (const { metadata } of all) {
      const { name = '' } = metadata;
      this.#queues.remove(name);
      const node = nodes.store.get(name);
      const taints = node && computeExecutingTaints(node, undefined, this.#context.clock.now());
      if (node && taints) await this.#write(() => writeTaints(this.#client, node, taints, signal));
    }
  }

  /** Something is heard again: all others are given the time to be heard of, too. */
  #hearAnew(): void {
    const nowMs = this.#context.clock.now();
    for (const [uid, seen] of this.#seen) this.#seen.set(uid, { ...seen, heardMs: nowMs });
  }

  /** What changed meanwhile is looked at anew when the change is told. */
  async #write(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!hasReason(error, 'NotFound') && !hasReason(error, 'Conflict')) throw error;
    }
  }
}

function computeOldLabels({ metadata }: SharedNode): Record<string, string> | undefined {
  const labels = metadata.labels ?? {};
  const changed = OLD_LABELS.flatMap(([old, current]) => {
    const value = getOwn(labels, current);
    return value === undefined || getOwn(labels, old) === value ? [] : [[old, value] as const];
  });
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

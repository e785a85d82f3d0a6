import type { Node, Pod } from '../../api/types/generated/core-v1.ts';
import { asError } from '../../client/as-error.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { JsonObject } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { disruptionTarget, disruptPod } from '../pods/disruption.ts';
import { hasEnded, type SharedPod } from '../pods/pod-state.ts';
import { computeGarbage, type Garbage } from './compute-garbage.ts';

const NAME = 'pod-garbage-collector-controller';
const CHECK_EVERY_MS = 20_000;
/** How long a node must be missing before its pods are given up: they may be told of before it is. */
const QUARANTINE_MS = 40_000;
const DEFAULT_TERMINATED_PODS = 12_500;
const ORPHANED = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };

/** Deletes pods that nobody else will: of nodes that are gone, ended ones too many, and those in deletion that never had a node. */
export function startPodGarbageCollector(context: ControllerContext): RunningController {
  const { clock, informers, log } = context;
  const collector = new PodGarbageCollector(context, { pods: informers.get<Pod>(BUILTIN.pods), nodes: informers.get<Node>(BUILTIN.nodes) });
  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (_, { signal }) => {
      await collector.collect(signal);
      return { requeueAfterMs: CHECK_EVERY_MS };
    },
  });
  collector.readBy(controller);
  controller.enqueue('pods');
  controller.start();
  return controller;
}

class PodGarbageCollector {
  readonly #context: ControllerContext;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  /** Nodes that pods name and that there are not, since when. */
  readonly #missingMs = new Map<string, number>();

  constructor(context: ControllerContext, { pods, nodes }: { readonly pods: Informer<Pod>; readonly nodes: Informer<Node> }) {
    this.#context = context;
    this.#pods = pods;
    this.#nodes = nodes;
  }

  readBy(controller: Controller): void {
    controller.read(this.#pods).read(this.#nodes);
  }

  async collect(signal: AbortSignal): Promise<void> {
    const { nodes: settings, log } = this.#context;
    const pods = this.#pods.store.all();
    const nodes = new Map(this.#nodes.store.all().map((node) => [node.metadata.name ?? '', node]));
    const goneNodes = await this.#goneNodes(pods, nodes, signal);
    const garbage = computeGarbage(pods, { nodes, goneNodes, terminatedPods: settings?.terminatedPods ?? DEFAULT_TERMINATED_PODS });
    for (const [pod, reason] of garbage) {
      try {
        await this.#delete(pod, reason, signal);
      } catch (error) {
        if (signal.aborted) return;
        // The others are to go all the same; this one has its next turn.
        log(`${NAME}: ${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}: ${asError(error).message}`);
      }
    }
  }

  /** Nodes missing for long enough; the server is asked whether they really are. */
  async #goneNodes(pods: readonly SharedPod[], nodes: ReadonlyMap<string, unknown>, signal: AbortSignal): Promise<Set<string>> {
    const nowMs = this.#context.clock.now();
    const missing = new Set(pods.flatMap(({ spec }) => (spec?.nodeName && !nodes.has(spec.nodeName) ? [spec.nodeName] : [])));
    for (const name of this.#missingMs.keys()) if (!missing.has(name)) this.#missingMs.delete(name);
    const gone = new Set<string>();
    for (const name of missing) {
      const sinceMs = this.#missingMs.get(name) ?? nowMs;
      this.#missingMs.set(name, sinceMs);
      if (nowMs - sinceMs >= QUARANTINE_MS && !(await this.#exists(name, signal))) gone.add(name);
    }
    return gone;
  }

  async #exists(node: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#context.client.resource<Node>(BUILTIN.nodes).get(node, { signal });
      return true;
    } catch (error) {
      if (hasReason(error, 'NotFound')) return false;
      throw error;
    }
  }

  async #delete(pod: SharedPod, reason: Garbage, signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#context;
    const status: JsonObject = { phase: 'Failed', ...(reason === 'orphaned' && { conditions: [disruptionTarget(pod, ORPHANED, clock.now()) as unknown as JsonObject] }) };
    await disruptPod(client.resource<Pod>(BUILTIN.pods), pod, { status: hasEnded(pod) ? undefined : status, gracePeriodSeconds: 0, signal });
  }
}

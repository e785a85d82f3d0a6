import type { NodeStatus } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { equalJson, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import { Addresses } from './addresses.ts';
import { computeNodeStatus, conditionChanges, missingLabels, nodeToRegister, type NodeTemplate, type NodeView } from './compute-node.ts';
import type { SharedNode } from './pod-admission.ts';
import { isLive, isSimulated, type Simulation } from './simulation.ts';

/** How long a status that says nothing new is not reported, as kubelets do; after one that does, up to half of that more or less. */
const REPORT_EVERY_MS = 300_000;
const NODE_RANGE = '172.18.0.0/16';
const WORKERS = 16;
const REGISTER = 'register/';

/** Registers nodes, and reports the status of every live one. */
export class NodeLoop {
  readonly #simulation: Simulation;
  readonly #templates: ReadonlyMap<string, NodeTemplate>;
  readonly #addresses = new Addresses();
  /** By node: how long after its last report the next is due. Nodes that came together must not all report together. */
  readonly #reportAfterMs = new Map<string, number>();
  readonly #controller: Controller;

  constructor(simulation: Simulation, templates: readonly NodeTemplate[]) {
    this.#simulation = simulation;
    this.#templates = new Map(templates.map((template) => [template.name, template]));
    this.#controller = new Controller({
      name: 'simulated-nodes',
      clock: simulation.clock,
      workers: WORKERS,
      onError: (error, key) => {
        if (!hasReason(error, 'Conflict')) simulation.log(`simulated-nodes: ${key}: ${error.message}`);
      },
      reconcile: (key, { signal }) => (key.startsWith(REGISTER) ? this.#register(key.slice(REGISTER.length), signal) : this.#report(key, signal)),
    });
    // Before anything else is told of a node: no other may get its address.
    simulation.nodes.addHandler({
      onAdd: (node) => this.#addresses.claim(node.metadata.name ?? '', addressesOf(node)),
      onDelete: ({ metadata }) => {
        this.#addresses.release(metadata.name ?? '');
        this.#reportAfterMs.delete(metadata.name ?? '');
        simulation.events.forget(metadata.name ?? '');
      },
    });
    this.#controller.watch(simulation.nodes);
  }

  start(): void {
    for (const name of this.#templates.keys()) this.#controller.enqueue(`${REGISTER}${name}`);
    this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  async #register(name: string, signal: AbortSignal): Promise<void> {
    const { client, nodes, events, log } = this.#simulation;
    const template = this.#templates.get(name);
    const known = nodes.store.get(name);
    if (known && !isSimulated(known)) log(`simulated-nodes: node ${name} exists and is not simulated`);
    if (!template || known) return;
    try {
      await client.resource(BUILTIN.nodes).create(nodeToRegister(template, this.#view(name)), { signal });
      events.ofNode(name, 'Normal', 'Starting', 'Starting kubelet.');
      events.ofNode(name, 'Normal', 'NodeReady', `Node ${name} status is now: NodeReady`);
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists')) throw error;
    }
  }

  async #report(name: string, signal: AbortSignal): Promise<ReconcileResult | void> {
    const { client, clock, random, nodes, events } = this.#simulation;
    const node = nodes.store.get(name);
    if (!isLive(node)) return;
    const resource = client.resource(BUILTIN.nodes);
    const labels = missingLabels(node);
    const status = computeNodeStatus(node, this.#view(name));
    const isNew = saysSomethingNew(node, status);
    const afterMs = this.#reportAfterMs.get(name) ?? REPORT_EVERY_MS * (0.5 + random());
    this.#reportAfterMs.set(name, afterMs);
    const dueMs = heartbeatMs(node) + afterMs - clock.now();
    try {
      if (Object.keys(labels).length > 0) await resource.patch(name, 'strategic', { metadata: { labels } }, { signal });
      if (dueMs > 0 && !isNew) return { requeueAfterMs: dueMs };
      await resource.patchStatus(name, 'strategic', statusPatch(node, status), { signal });
    } catch (error) {
      if (hasReason(error, 'NotFound')) return;
      throw error;
    }
    const nextMs = REPORT_EVERY_MS * (isNew ? 0.5 + random() : 1);
    this.#reportAfterMs.set(name, nextMs);
    for (const reason of conditionChanges(node, status)) events.ofNode(name, 'Normal', reason, `Node ${name} status is now: ${reason}`);
    return { requeueAfterMs: nextMs };
  }

  #view(name: string): NodeView {
    const { clock, kubeletVersion } = this.#simulation;
    return { nowMs: clock.now(), kubeletVersion, address: () => this.#addresses.assign(name, [NODE_RANGE])?.[0] };
  }
}

export function addressesOf({ status }: SharedNode): string[] {
  return (status?.addresses ?? []).flatMap(({ type, address }) => (type === 'InternalIP' ? [address] : []));
}

/** When the kubelet was heard of last, going by what it reported. */
function heartbeatMs({ status }: SharedNode): number {
  return Date.parse(status?.conditions?.find(({ type }) => type === 'Ready')?.lastHeartbeatTime ?? '') || 0;
}

function saysSomethingNew({ status }: SharedNode, next: NodeStatus): boolean {
  const { conditions = [], ...rest } = next;
  if (Object.entries(rest).some(([field, value]) => !equalJson((status as Record<string, unknown> | undefined)?.[field], value))) return true;
  return conditions.some((condition) => {
    const known = status?.conditions?.find(({ type }) => type === condition.type);
    return known?.status !== condition.status || known.reason !== condition.reason || known.message !== condition.message;
  });
}

/** All conditions with their heartbeat, and what else is new. */
function statusPatch({ status }: SharedNode, next: NodeStatus): JsonObject {
  const { conditions = [], ...rest } = next;
  const changes = Object.entries(rest).filter(([field, value]) => !equalJson((status as Record<string, unknown> | undefined)?.[field], value));
  return { status: { ...(Object.fromEntries(changes) as Record<string, JsonValue>), conditions: conditions as unknown as JsonValue[] } };
}

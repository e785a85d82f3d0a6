import type { Lease } from '../../api/types/generated/coordination-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { formatMicroTime } from '../../machinery/clock.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import type { SharedNode } from './pod-admission.ts';
import { isLive, type Simulation } from './simulation.ts';

const NAMESPACE = 'kube-node-lease';
/** Leases are renewed this often while they last, as kubelets do. */
const RENEWALS = 4;
/** Kubelets' share of randomness, so that they do not renew all at once. */
const JITTER = 0.04;
const WORKERS = 16;

/** Renews the lease of every live node. One timer for all of them. */
export class LeaseLoop {
  readonly #simulation: Simulation;
  readonly #leases: ResourceClient<Lease>;
  readonly #renewEveryMs: number;
  /** As they were renewed last. */
  readonly #renewed = new Map<string, Lease>();
  readonly #controller: Controller;

  constructor(simulation: Simulation) {
    const { client, clock, nodes, log } = simulation;
    this.#simulation = simulation;
    this.#renewEveryMs = (1000 * simulation.leaseDurationSeconds) / RENEWALS;
    this.#leases = client.resource<Lease>(BUILTIN.leases).inNamespace(NAMESPACE);
    this.#controller = new Controller({
      name: 'node-leases',
      clock,
      workers: WORKERS,
      recordedRuns: 1,
      reconcile: (name, { signal }) => this.#renew(name, signal),
      onError: (error, name) => log(`node-leases: ${name}: ${error.message}`),
    });
    this.#controller.watch(nodes, { filter: ({ object, old }) => isLive(object) !== isLive(old) });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  async #renew(name: string, signal: AbortSignal): Promise<ReconcileResult | void> {
    const { clock, random, nodes, leaseDurationSeconds } = this.#simulation;
    const node = nodes.store.get(name);
    if (!isLive(node)) {
      this.#renewed.delete(name);
      return;
    }
    const known = this.#renewed.get(name) ?? (await this.#read(name, signal));
    const renewTime = formatMicroTime(clock.now());
    try {
      const renewed = known
        ? await this.#leases.update({ ...known, spec: { ...known.spec, holderIdentity: name, leaseDurationSeconds, renewTime } }, { signal })
        : await this.#leases.create(newLease(node, leaseDurationSeconds, renewTime), { signal });
      this.#renewed.set(name, renewed);
    } catch (error) {
      // Somebody else wrote it, or took it away: what is there now must be read first.
      this.#renewed.delete(name);
      if (!hasReason(error, 'Conflict') && !hasReason(error, 'NotFound') && !hasReason(error, 'AlreadyExists')) throw error;
      return { requeueAfterMs: this.#renewEveryMs / 10 };
    }
    return { requeueAfterMs: this.#renewEveryMs * (1 + JITTER * random()) };
  }

  async #read(name: string, signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return await this.#leases.get(name, { signal });
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }
}

function newLease({ metadata }: SharedNode, leaseDurationSeconds: number, renewTime: string): Lease {
  const { name = '', uid = '' } = metadata;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: NAMESPACE, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
    spec: { holderIdentity: name, leaseDurationSeconds, renewTime },
  };
}

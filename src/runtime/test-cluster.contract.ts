import { randomUUID } from 'node:crypto';
import { BUILTIN } from '../client/builtin-resources.ts';
import { Client } from '../client/client.ts';
import { FaultTransport, type Fault } from '../client/fault-transport.ts';
import { InProcessTransport } from '../client/in-process-transport.ts';
import type { TransportCall } from '../client/transport.ts';
import { VirtualClock } from '../machinery/virtual-clock.ts';
import { openApiServer } from '../sdk/cluster/api-server-process.ts';
import type { ApiServer } from '../server/api-server.ts';
import { generateClusterCertificates, servingHosts } from '../server/certificates/cluster-certificates.ts';
import { InProcessRequest } from '../server/http/in-process.ts';
import { jsonResponse } from '../server/http/api-request.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';

const ADMIN = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };

/** Numbers that look random and are the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The real API server on the memory store in virtual time, a client that may be told to fail, and one that never does. */
export class TestCluster {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  /** Its calls meet `fault`. */
  readonly client: Client;
  /** Calls by somebody else, who has no trouble. */
  readonly admin: Client;
  readonly faults: FaultTransport;
  fault: ((call: TransportCall) => Fault | undefined) | undefined;
  #server: ApiServer | undefined;
  readonly #random: () => number;

  private constructor(clock: VirtualClock, random: () => number) {
    this.clock = clock;
    this.#random = random;
    this.store = new MemoryStore({ clock });
    const transport = new InProcessTransport({
      handle: async (call) => this.#server?.handle(new InProcessRequest(call)) ?? jsonResponse(503, {}),
      user: ADMIN,
    });
    this.faults = new FaultTransport({ inner: transport, clock, fault: (call) => this.fault?.(call) });
    this.client = new Client({ transport: this.faults, clock, userAgent: 'test-controller/v1' });
    this.admin = new Client({ transport, clock, userAgent: 'admin/v1' });
  }

  static async open(random: () => number = seededRandom(1)): Promise<TestCluster> {
    const cluster = new TestCluster(new VirtualClock(), random);
    await cluster.startServer();
    await cluster.admin.resource(BUILTIN.namespaces).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'test' } });
    return cluster;
  }

  async startServer(): Promise<void> {
    this.#server = await openApiServer({ store: this.store, clock: this.clock, uuid: randomUUID, random: this.#random, certificates: certificatesOfTests(this.clock.now()) });
  }

  /** Every connection breaks; calls are answered with 503 until the server is started again. */
  stopServer(): void {
    this.#server?.close();
    this.#server = undefined;
    this.faults.breakConnections();
  }

  async close(): Promise<void> {
    this.stopServer();
    await this.store.close();
  }
}

/** Keys take a while to make; which they are does not matter here. */
const made = new Map<number, ReturnType<typeof generateClusterCertificates>>();
function certificatesOfTests(nowMs: number): ReturnType<typeof generateClusterCertificates> {
  const day = Math.floor(nowMs / 86_400_000);
  const known = made.get(day) ?? generateClusterCertificates(servingHosts(), nowMs);
  made.set(day, known);
  return known;
}

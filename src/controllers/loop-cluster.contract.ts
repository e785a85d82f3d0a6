import type { KubeObject } from '../machinery/object-meta.ts';
import { settle, VirtualClock } from '../machinery/virtual-clock.ts';
import { startInProcessControllers, type InProcessControllersOptions } from '../sdk/controllers/in-process-controllers.ts';
import { startCluster, type Answer, type Cluster } from '../sdk/testing/cluster.ts';
import { startInProcessNodes, type InProcessNodesOptions } from '../sdk/nodes/in-process-nodes.ts';
import { seededRandom } from '../runtime/test-cluster.contract.ts';
import type { RunningController } from './controller-context.ts';

/** The real API server in virtual time, with the control loops under test. */
export class LoopCluster {
  readonly clock: VirtualClock;
  readonly cluster: Cluster;
  #controllers: RunningController;
  readonly log: string[];
  readonly #calls: { pending: number };
  readonly #handler: Pick<Cluster['server'], 'handle'>;
  readonly #options: Partial<InProcessControllersOptions>;
  #nodes: RunningController | undefined;

  private constructor(parts: { clock: VirtualClock; cluster: Cluster; controllers: RunningController; log: string[]; calls: { pending: number }; handler: Pick<Cluster['server'], 'handle'>; options: Partial<InProcessControllersOptions> }) {
    this.clock = parts.clock;
    this.cluster = parts.cluster;
    this.#controllers = parts.controllers;
    this.log = parts.log;
    this.#calls = parts.calls;
    this.#handler = parts.handler;
    this.#options = parts.options;
  }

  static async open(controllers: readonly string[], options: Partial<InProcessControllersOptions> = {}): Promise<LoopCluster> {
    const clock = new VirtualClock();
    const cluster = await startCluster({ clock });
    const calls = { pending: 0 };
    const log: string[] = [];
    const handler: Pick<Cluster['server'], 'handle'> = {
      handle: (request) => {
        calls.pending++;
        return cluster.server.handle(request).finally(() => calls.pending--);
      },
    };
    const running = await startLoops({ handler, clock, log }, controllers, options);
    const loops = new LoopCluster({ clock, cluster, controllers: running, log, calls, handler, options });
    await loops.settle();
    return loops;
  }

  /** The control loops end, and others begin with nothing but what the server tells them. */
  async restart(controllers: readonly string[], options = this.#options): Promise<LoopCluster> {
    let stopped = false;
    const stopping = this.#controllers.stop().then(() => (stopped = true));
    // A call under way may wait for its time.
    for (await this.#idle(); !stopped; await this.settle(1000));
    await stopping;
    this.#controllers = await startLoops({ handler: this.#handler, clock: this.clock, log: this.log }, controllers, options);
    await this.settle();
    return this;
  }

  /** Lets time pass, but never while a call of the control loops is under way: calls take no virtual time. */
  async settle(ms = 500): Promise<void> {
    const untilMs = this.clock.now() + ms;
    for (;;) {
      await this.#idle();
      const { nextDelayMs } = this.clock;
      if (nextDelayMs === undefined || this.clock.now() + nextDelayMs > untilMs) break;
      await this.clock.advance(nextDelayMs);
    }
    await this.clock.advance(untilMs - this.clock.now());
    await this.#idle();
  }

  async #idle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet = this.#calls.pending === 0 ? quiet + 1 : 0) await settle();
  }

  /** Starts simulated nodes beside the loops; those that ran before end. */
  async startNodes(options: Omit<InProcessNodesOptions, 'clock' | 'random' | 'log'> = {}): Promise<void> {
    await this.stopNodes();
    this.#nodes = startInProcessNodes(this.#handler, { clock: this.clock, random: seededRandom(5), log: (line) => this.log.push(line), ...options });
    await this.settle();
  }

  async stopNodes(): Promise<void> {
    await this.#nodes?.stop();
    this.#nodes = undefined;
  }

  async close(): Promise<void> {
    await this.stopNodes();
    await this.#controllers.stop();
    await this.cluster.stop();
  }

  async get<T = KubeObject>(path: string): Promise<T | undefined> {
    const answer = await this.cluster.request<T>('GET', path);
    if (answer.status === 404) return undefined;
    return expectDone(answer, `GET ${path}`);
  }

  async create<T = KubeObject>(path: string, body: unknown): Promise<T> {
    return expectDone(await this.cluster.request<T>('POST', path, { body }), `POST ${path}`);
  }

  async merge<T = KubeObject>(path: string, body: unknown): Promise<T> {
    return expectDone(await this.cluster.request<T>('PATCH', path, { body, headers: { 'content-type': 'application/merge-patch+json' } }), `PATCH ${path}`);
  }

  async delete(path: string, body?: unknown): Promise<void> {
    expectDone(await this.cluster.request('DELETE', path, body === undefined ? {} : { body }), `DELETE ${path}`);
  }

  async names(path: string): Promise<string[]> {
    const list = await this.get<{ items: KubeObject[] }>(path);
    return (list?.items ?? []).map(({ metadata }) => metadata.name ?? '').toSorted();
  }

  /** Lets time pass until the object is gone. */
  async gone(path: string, limitMs = 60_000): Promise<void> {
    await this.until(async () => (await this.get(path)) === undefined, limitMs);
  }

  async until(condition: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
    const untilMs = this.clock.now() + limitMs;
    for (await this.settle(0); !(await condition()); await this.settle(500)) {
      if (this.clock.now() > untilMs) throw new Error(`condition still false after ${limitMs} ms of virtual time; log: ${this.log.join('; ')}`);
    }
  }
}

interface LoopParts {
  readonly handler: Pick<Cluster['server'], 'handle'>;
  readonly clock: VirtualClock;
  readonly log: string[];
}

function startLoops({ handler, clock, log }: LoopParts, controllers: readonly string[], options: Partial<InProcessControllersOptions>): Promise<RunningController> {
  return startInProcessControllers(handler, { clock, random: seededRandom(3), controllers, log: (line) => log.push(line), ...options });
}

function expectDone<T>(answer: Answer<T>, what: string): T {
  if (answer.status >= 400) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A definition of a namespaced custom resource `widgets.example.com`. */
export const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
  },
};

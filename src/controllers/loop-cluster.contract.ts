import type { KubeObject } from '../machinery/object-meta.ts';
import { settle, VirtualClock } from '../machinery/virtual-clock.ts';
import { startInProcessControllers, type InProcessControllersOptions } from '../sdk/controllers/in-process-controllers.ts';
import { startCluster, type Answer, type Cluster } from '../sdk/testing/cluster.ts';
import { seededRandom } from '../runtime/test-cluster.contract.ts';
import type { RunningController } from './controller-context.ts';

/** The real API server in virtual time, with the control loops under test. */
export class LoopCluster {
  readonly clock: VirtualClock;
  readonly cluster: Cluster;
  #controllers: RunningController;
  readonly log: string[];
  readonly #calls: { pending: number };
  readonly #options: Partial<InProcessControllersOptions>;

  private constructor(parts: LoopParts & { readonly controllers: RunningController; readonly options: Partial<InProcessControllersOptions> }) {
    this.clock = parts.clock;
    this.cluster = parts.cluster;
    this.#controllers = parts.controllers;
    this.log = parts.log;
    this.#calls = parts.calls;
    this.#options = parts.options;
  }

  static async open(controllers: readonly string[], options: Partial<InProcessControllersOptions> = {}): Promise<LoopCluster> {
    const clock = new VirtualClock();
    const cluster = await startCluster({ clock });
    const calls = { pending: 0 };
    const log: string[] = [];
    const running = await startLoops({ cluster, clock, calls, log }, controllers, options);
    const loops = new LoopCluster({ clock, cluster, controllers: running, log, calls, options });
    await loops.settle();
    return loops;
  }

  /** The control loops end, and others begin with nothing but what the server tells them. */
  async restart(controllers: readonly string[]): Promise<void> {
    let stopped = false;
    const stopping = this.#controllers.stop().then(() => (stopped = true));
    for (await this.#idle(); !stopped; await this.settle(1000));
    await stopping;
    this.#controllers = await startLoops({ cluster: this.cluster, clock: this.clock, calls: this.#calls, log: this.log }, controllers, this.#options);
    await this.settle();
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

  async close(): Promise<void> {
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
  readonly cluster: Cluster;
  readonly clock: VirtualClock;
  readonly calls: { pending: number };
  readonly log: string[];
}

function startLoops({ cluster, clock, calls, log }: LoopParts, controllers: readonly string[], options: Partial<InProcessControllersOptions>): Promise<RunningController> {
  const server: Pick<Cluster['server'], 'handle'> = {
    handle: (request) => {
      calls.pending++;
      return cluster.server.handle(request).finally(() => calls.pending--);
    },
  };
  return startInProcessControllers(server, { clock, random: seededRandom(3), controllers, log: (line) => log.push(line), ...options });
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

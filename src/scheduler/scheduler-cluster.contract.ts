import type { Event, Node, Pod } from '../api/types/generated/core-v1.ts';
import type { KubeObject } from '../machinery/object-meta.ts';
import { settle, VirtualClock } from '../machinery/virtual-clock.ts';
import { seededRandom } from '../runtime/test-cluster.contract.ts';
import { startInProcessScheduler, type InProcessSchedulerOptions } from '../sdk/scheduler/in-process-scheduler.ts';
import type { RunningScheduler } from '../sdk/scheduler/start-scheduler.ts';
import { startCluster, type Answer, type Cluster } from '../sdk/testing/cluster.ts';

export const PODS = '/api/v1/namespaces/default/pods';

export interface NodeOptions {
  readonly labels?: Record<string, string>;
  readonly resources?: Record<string, string>;
  readonly spec?: Node['spec'];
  readonly images?: NonNullable<Node['status']>['images'];
}

/** The real API server in virtual time, with the scheduler under test. */
export class SchedulerCluster {
  readonly clock = new VirtualClock();
  readonly cluster: Cluster;
  readonly log: string[] = [];
  /** Says of each call of the scheduler whether it is lost before the server sees it, or its answer is; absent: none. */
  fault: ((method: string, path: string) => 'lost' | 'unanswered' | undefined) | undefined;
  #running: RunningScheduler | undefined;
  #pending = 0;

  private constructor(cluster: Cluster, clock: VirtualClock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  static async open(options: Partial<InProcessSchedulerOptions> = {}): Promise<SchedulerCluster> {
    const clock = new VirtualClock();
    const opened = new SchedulerCluster(await startCluster({ clock }), clock);
    await opened.addNamespace('default');
    await opened.start(options);
    return opened;
  }

  get scheduler(): RunningScheduler['scheduler'] {
    if (!this.#running) throw new Error('the scheduler does not run');
    return this.#running.scheduler;
  }

  async start(options: Partial<InProcessSchedulerOptions> = {}): Promise<void> {
    const server: Pick<Cluster['server'], 'handle'> = {
      handle: (request) => {
        this.#pending++;
        return this.#handle(request).finally(() => this.#pending--);
      },
    };
    this.#running = startInProcessScheduler(server, { clock: this.clock, random: seededRandom(3), log: (line) => this.log.push(line), ...options });
    await this.settle();
  }

  async #handle(request: Parameters<Cluster['server']['handle']>[0]): ReturnType<Cluster['server']['handle']> {
    const fault = this.fault?.(request.method, request.path);
    if (fault === 'lost') throw new Error('connection refused');
    const response = await this.cluster.server.handle(request);
    if (fault === 'unanswered') throw new Error('connection reset');
    return response;
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.cluster.stop();
  }

  /** Lets time pass, but never while a call of the scheduler is under way: calls take no virtual time. */
  async settle(ms = 0): Promise<void> {
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
    for (let quiet = 0; quiet < 3; quiet = this.#pending === 0 ? quiet + 1 : 0) await settle();
  }

  async send<T = KubeObject>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {};
    const answer: Answer<T> = await this.cluster.request<T>(method, path, { headers, ...(body !== undefined && { body }) });
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** With the service account without which no pod is let in. */
  async addNamespace(name: string, labels: Record<string, string> = {}): Promise<void> {
    if (name !== 'default') await this.send('POST', '/api/v1/namespaces', { metadata: { name, labels } });
    await this.send('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } });
  }

  async addNode(name: string, { labels = {}, resources = {}, spec, images }: NodeOptions = {}): Promise<void> {
    const allocatable = { cpu: '2', memory: '4Gi', pods: '110', 'ephemeral-storage': '10Gi', ...resources };
    const status = { capacity: allocatable, allocatable, conditions: [{ type: 'Ready', status: 'True' }], ...(images && { images }) };
    await this.send('POST', '/api/v1/nodes', { metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } }, status, ...(spec && { spec }) });
    await this.send('PATCH', `/api/v1/nodes/${name}`, { spec: { taints: spec?.taints ?? null } });
  }

  /** Creates a pod; its scheduler has looked at it when this resolves. */
  async addPod(name: string, spec: Partial<Pod['spec']> = {}, metadata: Partial<Pod['metadata']> = {}): Promise<void> {
    const body = { metadata: { name, ...metadata }, spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i' }], ...spec } };
    await this.send('POST', `/api/v1/namespaces/${metadata.namespace ?? 'default'}/pods`, body);
    await this.settle();
  }

  pod(name: string): Promise<Pod> {
    return this.send<Pod>('GET', `${PODS}/${name}`);
  }

  /** '' while it has none. */
  async nodeOf(name: string): Promise<string> {
    return (await this.pod(name)).spec?.nodeName ?? '';
  }

  /** The message of the condition PodScheduled; '' when it has none. */
  async messageOf(name: string): Promise<string> {
    return (await this.pod(name)).status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? '';
  }

  async deletePod(name: string): Promise<void> {
    await this.send('DELETE', `${PODS}/${name}?gracePeriodSeconds=0`);
    await this.settle();
  }

  async events(reason: string): Promise<Event[]> {
    return (await this.send<{ items: Event[] }>('GET', `/api/v1/namespaces/default/events?fieldSelector=reason%3D${reason}`)).items;
  }
}

/** A container that requests these. */
export function requesting(requests: Record<string, string>): Partial<Pod['spec']> {
  return { containers: [{ name: 'c', image: 'i', resources: { requests } }] };
}

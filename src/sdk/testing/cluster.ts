import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../../client/client.ts';
import { InProcessTransport } from '../../client/in-process-transport.ts';
import { systemClock, type Clock } from '../../machinery/clock.ts';
import type { ApiServer } from '../../server/api-server.ts';
import type { UserInfo } from '../../server/authentication/authenticator.ts';
import { generateClusterCertificates, servingHosts, type ClusterCertificates } from '../../server/certificates/cluster-certificates.ts';
import { kubeconfigText } from '../../server/certificates/kubeconfig.ts';
import type { ApiResponse } from '../../server/http/api-request.ts';
import type { HttpsServer } from '../../server/http/https-server.ts';
import { InProcessRequest, readAnswer, type InProcessCall } from '../../server/http/in-process.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import type { Store } from '../../store/store.ts';
import { forkApiServer, listen, openApiServer, type ApiServerProcessOptions } from '../cluster/api-server-process.ts';
import type { Scheduler } from '../../scheduler/scheduler.ts';
import { SimulatedNodeConnector } from '../nodes/simulated-node-connector.ts';
import { startParts, type ClusterParts } from './cluster-parts.ts';
import { LazyRuleCompiler } from '../cluster/lazy-rule-compiler.ts';
import type { ClusterOptions } from './cluster-options.ts';

/** The administrator, as whom the cluster's own client acts. */
export const ADMIN: UserInfo = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

/** What an in-process request came to. */
export interface Answer<T = unknown> {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: T;
}

/** An HTTPS address of a cluster, with what is needed to use it. */
export interface Address {
  readonly url: string;
  /** A kubeconfig of the administrator, as a file's text. */
  readonly kubeconfig: string;
}

/**
 * A whole cluster in this process: the same API server as in production, in a test's hands. Ready when `startCluster`
 * resolves; clusters know nothing of each other, however many there are.
 */
export class Cluster {
  readonly server: ApiServer;
  readonly clock: Clock;
  /** Acts as the administrator, without sockets. */
  readonly client: Client;
  readonly #options: ClusterOptions;
  readonly #store: Store;
  readonly #certificates: ClusterCertificates;
  readonly #ruleCompiler: LazyRuleCompiler;
  readonly #cleanUp: () => Promise<void>;
  readonly #parts: ClusterParts | undefined;
  #https: HttpsServer | undefined;
  #address: Promise<Address> | undefined;

  constructor(parts: { server: ApiServer; store: Store; options: ClusterOptions; clock: Clock; certificates: ClusterCertificates; ruleCompiler: LazyRuleCompiler; cleanUp: () => Promise<void>; parts?: ClusterParts }) {
    this.server = parts.server;
    this.clock = parts.clock;
    this.#store = parts.store;
    this.#options = parts.options;
    this.#certificates = parts.certificates;
    this.#ruleCompiler = parts.ruleCompiler;
    this.#cleanUp = parts.cleanUp;
    this.#parts = parts.parts;
    this.client = this.clientAs(ADMIN);
  }

  /** Its scheduler, when it was started with one. */
  get scheduler(): Scheduler | undefined {
    return this.#parts?.scheduler;
  }

  /** A client in this process that acts as somebody else: the server takes its word for who that is. */
  clientAs(user: UserInfo): Client {
    const transport = new InProcessTransport({ handle: (call) => this.server.handle(new InProcessRequest(call as InProcessCall)), user });
    return new Client({ transport, clock: this.clock });
  }

  /** One request through the whole pipeline; as the administrator unless `user` or a header says otherwise. */
  async request<T = unknown>(method: string, path: string, options: { body?: unknown; headers?: Record<string, string>; user?: UserInfo | 'none' } = {}): Promise<Answer<T>> {
    const { body, headers = {}, user = headers['authorization'] === undefined ? ADMIN : 'none' } = options;
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const response: ApiResponse = await this.server.handle(
      new InProcessRequest({
        method,
        path,
        headers: { accept: 'application/json', ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(text !== undefined && { body: text }),
        ...(user !== 'none' && { user }),
      }),
    );
    const bytes = await readAnswer(response);
    const isJson = response.contentType.startsWith('application/json');
    return { status: response.status, contentType: response.contentType, headers: response.headers ?? {}, body: (isJson && bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : bytes.toString('utf8')) as T };
  }

  /** Opens an HTTPS port on the loopback address, once; later calls give the same. */
  address(): Promise<Address> {
    this.#address ??= this.#listen();
    return this.#address;
  }

  /**
   * An independent copy of the whole state in an instant, however much is stored: both share what neither has changed.
   * Only clusters on the memory store can be forked. The fork's clock is the given one, or the original's.
   */
  async fork(options: { readonly clock?: Clock } = {}): Promise<Cluster> {
    if (!(this.#store instanceof MemoryStore)) throw new Error('only a cluster with storage "memory" can be forked');
    const clock = options.clock ?? this.clock;
    const store = this.#store.fork({ clock });
    const server = await forkApiServer(this.server, serverOptions(this.#options, { store, clock, certificates: this.#certificates, ruleCompiler: this.#ruleCompiler }));
    return new Cluster({ server, store, options: this.#options, clock, certificates: this.#certificates, ruleCompiler: this.#ruleCompiler, cleanUp: () => store.close() });
  }

  /** Ends every watch, closes the port and releases the store: nothing of the cluster keeps the process alive. */
  async stop(): Promise<void> {
    await this.#parts?.stop();
    this.server.close();
    if (this.#address) await this.#address.catch(() => undefined);
    await this.#https?.close();
    await this.#cleanUp();
  }

  async #listen(): Promise<Address> {
    const certificates = this.#certificates;
    const { https, port } = await listen(this.server, certificates, { port: 0, host: '127.0.0.1' });
    this.#https = https;
    const url = `https://127.0.0.1:${port}`;
    return { url, kubeconfig: kubeconfigText({ server: url, ca: certificates.ca.cert, client: certificates.admin }) };
  }
}

/** Starts a cluster in this process. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const clock = options.clock ?? systemClock;
  const certificates = generateClusterCertificates(servingHosts(), clock.now());
  const { store, cleanUp } = await openStore(options, clock);
  const ruleCompiler = new LazyRuleCompiler();
  const connector = new SimulatedNodeConnector();
  const server = await openApiServer({ ...serverOptions(options, { store, clock, certificates, ruleCompiler }), connector });
  const parts = await startParts(options, { server, clock, certificates, connector });
  return new Cluster({ server, store, options, clock, certificates, ruleCompiler, cleanUp, parts });
}

function serverOptions(options: ClusterOptions, parts: { store: Store; clock: Clock; certificates: ClusterCertificates; ruleCompiler: LazyRuleCompiler }): ApiServerProcessOptions {
  return {
    ...parts,
    ...(options.random && { random: options.random }),
    ...(options.uuid && { uuid: options.uuid }),
    ...(options.tokens !== undefined && { tokenFile: options.tokens }),
    ...(options.authenticators && { authenticators: options.authenticators }),
    ...(options.tokenWebhook && { tokenWebhook: options.tokenWebhook }),
    ...(options.admission && { admissionFunctions: options.admission }),
    ...(options.audit && { audit: options.audit }),
    ...(options.converters && { converters: new Map(Object.entries(options.converters)) }),
    ...(options.authorizationModes && { authorizationModes: options.authorizationModes }),
    ...(options.flowControl && { flowControl: options.flowControl }),
    ...(options.log && { log: options.log }),
  };
}

async function openStore(options: ClusterOptions, clock: Clock): Promise<{ store: Store; cleanUp: () => Promise<void> }> {
  if (options.storage !== 'lmdb') {
    const store = new MemoryStore({ clock });
    return { store, cleanUp: () => store.close() };
  }
  const { open } = await import('../../store/lmdb/open.ts');
  const own = options.folder === undefined ? await mkdtemp(join(tmpdir(), 'steersman-')) : undefined;
  const store = await open({ folder: own ?? options.folder ?? '', clock });
  return {
    store,
    cleanUp: async () => {
      await store.close();
      if (own !== undefined) await rm(own, { recursive: true, force: true });
    },
  };
}

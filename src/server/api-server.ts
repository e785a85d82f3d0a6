import type { Facts } from '../api/facts/facts.ts';
import type { Clock } from '../machinery/clock.ts';
import type { GroupResource, GroupVersionResource } from '../machinery/group-version.ts';
import type { DeepReadonly } from '../machinery/json.ts';
import type { KubeObject } from '../machinery/object-meta.ts';
import type { Store } from '../store/store.ts';
import type { Auditor } from './audit/auditor.ts';
import { AdmissionChain } from './admission/admission-chain.ts';
import type { AdmissionPlugin } from './admission/admission-plugin.ts';
import type { Authenticator } from './authentication/authenticator.ts';
import { Impersonator } from './authorization/impersonation.ts';
import type { Authorizer } from './authorization/authorizer.ts';
import { builtinResources } from './builtin/builtin-resources.ts';
import { KindRuleSets, type KindRuleLoaders } from './builtin/kind-rule-sets.ts';
import { knowsKind } from './builtin/known-kinds.ts';
import { DiscoveryDocuments } from './discovery/discovery-documents.ts';
import { addDiscoveryPaths } from './discovery/discovery-paths.ts';
import { addHealthPaths, type HealthCheck } from './health/health-paths.ts';
import type { ApiRequest, ApiResponse } from './http/api-request.ts';
import { addFlowControlPaths } from './flow-control/debug-paths.ts';
import type { Gate } from './flow-control/gate.ts';
import { FLOW_SCHEMAS, PRIORITY_LEVELS, PriorityAndFairness } from './flow-control/priority-and-fairness.ts';
import { jsonResponse, textResponse } from './http/api-request.ts';
import { lazily } from '../machinery/lazily.ts';
import { MetricRegistry } from './metrics/metric-registry.ts';
import { RequestMetrics } from './metrics/request-metrics.ts';
import { addServerMetrics } from './metrics/server-metrics.ts';
import type { ObjectReader } from './object-reader.ts';
import { Pipeline } from './pipeline/handler.ts';
import { LazyProtobuf } from './pipeline/protobuf-form.ts';
import { PathRouter } from './pipeline/path-router.ts';
import { inRequestVersion } from './registry/conversion.ts';
import type { RegistryContext } from './registry/api-call.ts';
import type { EndpointHandlers } from './registry/dispatch.ts';
import { CacheReader, ResourceCaches } from './registry/resource-caches.ts';
import { ResourceCatalog } from './registry/resource-catalog.ts';
import { objectKey, type ResourceStorage } from './registry/resource-type.ts';
import { WriteCompanions, type WriteCompanion } from './registry/write-companion.ts';
import { VERSION_INFO } from './version.ts';
import type { WatchCache } from './watch-cache/watch-cache.ts';

/** What stages decide by, and therefore is in memory before the first request. */
const READ_AT_ONCE: readonly GroupResource[] = [
  { group: '', resource: 'namespaces' },
  { group: '', resource: 'serviceaccounts' },
  { group: '', resource: 'secrets' },
  { group: '', resource: 'pods' },
  { group: '', resource: 'nodes' },
  { group: '', resource: 'configmaps' },
  { group: '', resource: 'persistentvolumes' },
  { group: '', resource: 'persistentvolumeclaims' },
  { group: '', resource: 'limitranges' },
  { group: '', resource: 'resourcequotas' },
  { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  { group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings' },
  { group: 'rbac.authorization.k8s.io', resource: 'roles' },
  { group: 'rbac.authorization.k8s.io', resource: 'rolebindings' },
  { group: 'scheduling.k8s.io', resource: 'priorityclasses' },
  { group: 'storage.k8s.io', resource: 'storageclasses' },
  { group: 'storage.k8s.io', resource: 'volumeattachments' },
  { group: 'storage.k8s.io', resource: 'csidrivers' },
  { group: 'networking.k8s.io', resource: 'ingressclasses' },
  { group: 'node.k8s.io', resource: 'runtimeclasses' },
  { group: 'resource.k8s.io', resource: 'resourceclaims' },
  { group: 'resource.k8s.io', resource: 'resourceslices' },
  { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' },
  { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
  { group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicies' },
  { group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicybindings' },
  { group: 'admissionregistration.k8s.io', resource: 'mutatingadmissionpolicies' },
  { group: 'admissionregistration.k8s.io', resource: 'mutatingadmissionpolicybindings' },
  { group: 'admissionregistration.k8s.io', resource: 'validatingwebhookconfigurations' },
  { group: 'admissionregistration.k8s.io', resource: 'mutatingwebhookconfigurations' },
  FLOW_SCHEMAS,
  PRIORITY_LEVELS,
];
export const DEFAULT_REQUEST_TIMEOUT_MS = 60_000;

export interface ApiServerOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly uuid: () => string;
  readonly facts: Facts;
  readonly rules: KindRuleLoaders;
  /** `--request-timeout`. Default: a minute. */
  readonly requestTimeoutMs?: number;
  /** Makes the parts that decide by stored objects, once those can be read. */
  readonly access: (server: ServerCore) => Access;
  readonly onInternalError: (error: unknown, request: ApiRequest) => void;
  /** Makes what records requests. Absent: nothing is recorded. */
  readonly auditor?: (context: RegistryContext) => Auditor;
}

/** What the parts of access control are made from. */
export interface ServerCore {
  readonly context: RegistryContext;
  readonly reader: ObjectReader;
  readonly catalog: ResourceCatalog;
  /** For what is derived from pods as they change. */
  readonly pods?: WatchCache;
}

export interface Access {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly admission: readonly AdmissionPlugin[];
  readonly endpoints: EndpointHandlers;
  /** Ends what goes out from this server. */
  readonly close?: () => void;
  readonly gate: Gate;
  /** What writes of some resources bring along. */
  readonly companions?: readonly (readonly [resource: GroupResource, companion: WriteCompanion])[];
}

/**
 * The API server: everything between a request and the store. Knows nothing of ports and files; who starts it brings
 * the store, the time, and what decides about access.
 */
export class ApiServer {
  readonly facts: Facts;
  readonly context: RegistryContext;
  readonly catalog: ResourceCatalog;
  readonly reader: ObjectReader;
  /** Where extensions add paths of their own. */
  readonly paths: PathRouter;
  readonly admission: AdmissionChain;
  readonly metrics = new MetricRegistry();
  readonly #pipeline: Pipeline;
  readonly #checks: HealthCheck[];
  readonly #cleanUps: (() => void)[] = [];
  #ready = false;

  private constructor(options: ApiServerOptions, core: { context: RegistryContext; reader: ObjectReader; catalog: ResourceCatalog; admission: AdmissionChain }) {
    this.facts = options.facts;
    this.context = core.context;
    this.catalog = core.catalog;
    this.reader = core.reader;
    this.admission = core.admission;
    this.paths = new PathRouter();
    const pods = core.catalog.findStored('', 'pods');
    const podCache = pods && core.context.caches.peek(pods.storage.prefix);
    const access = options.access({ ...core, ...(podCache && { pods: podCache }) });
    this.admission.replace(access.admission);
    if (access.close) this.#cleanUps.push(access.close);
    for (const [resource, companion] of access.companions ?? []) core.context.companions.set(resource, companion);
    this.#checks = healthChecks({ isReady: () => this.#ready, store: options.store });
    addDiscoveryPaths(this.paths, new DiscoveryDocuments(core.catalog), core.context.protobuf);
    addHealthPaths(this.paths, this.#checks);
    this.paths.exact('/version', () => jsonResponse(200, VERSION_INFO));
    this.paths.exact('/', () => jsonResponse(200, { paths: this.paths.paths() }));
    // Forks are made faster than families of metrics: those wait for the first who needs them.
    const requestMetrics = lazily(() => new RequestMetrics(this.metrics));
    const startedMs = options.clock.now();
    const serverMetrics = lazily(() => addServerMetrics(this.metrics, { context: core.context, gate: access.gate, startedMs }));
    this.#pipeline = new Pipeline({
      context: core.context,
      authenticator: access.authenticator,
      authorizer: access.authorizer,
      impersonator: new Impersonator(access.authorizer),
      paths: this.paths,
      endpoints: access.endpoints,
      gate: access.gate,
      ...(options.auditor && { auditor: options.auditor(core.context) }),
      get metrics() {
        return requestMetrics();
      },
      requestTimeoutMs: options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS,
      onInternalError: options.onInternalError,
    });
    this.onClose(() => access.gate.close());
    this.paths.exact('/metrics', async () => {
      serverMetrics();
      return textResponse(200, await this.metrics.text(), 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores');
    });
    if (access.gate instanceof PriorityAndFairness) addFlowControlPaths(this.paths, access.gate, options.clock);
  }

  /** Resolves when requests can be answered; bootstrap objects are the caller's to ensure, and then `setReady`. */
  static async open(options: ApiServerOptions): Promise<ApiServer> {
    const catalog = new ResourceCatalog();
    const rules = new KindRuleSets(options.rules);
    catalog.add(builtinResources(options.facts, rules));
    const caches = new ResourceCaches(options.store, options.clock);
    await Promise.all(storagesReadAtOnce(catalog).map(async (storage) => caches.get(storage)));
    return ApiServer.#over(options, catalog, caches);
  }

  /**
   * An independent server over a fork of this one's store, with the same state and the same resources: costs no more
   * than its own parts, however much is stored.
   */
  async fork(options: ApiServerOptions): Promise<ApiServer> {
    const revision = await options.store.currentRevision();
    const fork = ApiServer.#over(options, this.catalog.clone(), this.context.caches.fork(options.store, options.clock, revision));
    if (this.#ready) fork.setReady();
    return fork;
  }

  /**
   * Loads what nearly every first request would otherwise wait for: the rules of the core group. For servers that have
   * time after their start; may be left out. Other groups take their memory when they are used.
   */
  async warmUp(): Promise<void> {
    await this.catalog.findStored('', 'pods')?.storage.load?.();
  }

  static #over(options: ApiServerOptions, catalog: ResourceCatalog, caches: ResourceCaches): ApiServer {
    const admission = new AdmissionChain([]);
    const context: RegistryContext = {
      store: options.store,
      caches,
      catalog,
      admission,
      companions: new WriteCompanions(),
      clock: options.clock,
      random: options.random,
      uuid: options.uuid,
      protobuf: new LazyProtobuf(options.facts),
      knowsKind: (group, version, kind) => knowsKind(options.facts, group, version, kind),
    };
    return new ApiServer(options, { context, catalog, admission, reader: new CacheReader(caches, storagesReadAtOnce(catalog)) });
  }

  /** Answers one request. Never rejects. */
  handle(request: ApiRequest): Promise<ApiResponse> {
    return this.#pipeline.handle(request);
  }

  /** An object as it is stored, in the version asked for; the server's own look, without a request. Shared. */
  async readStored(resource: GroupVersionResource, namespace: string, name: string): Promise<DeepReadonly<KubeObject> | undefined> {
    const type = this.catalog.find(resource.group, resource.version, resource.resource);
    if (!type) return undefined;
    const cache = await this.context.caches.get(type.storage);
    const item = cache.get(objectKey(type.namespaced ? namespace : '', name));
    return item && inRequestVersion(type, item);
  }

  /** From now on `/readyz` says ok. */
  setReady(): void {
    this.#ready = true;
  }

  /** What is to end before the server does. */
  onClose(cleanUp: () => void): void {
    this.#cleanUps.push(cleanUp);
  }

  /** Ends every watch and releases the caches; the store stays its owner's to close. */
  close(): void {
    this.#ready = false;
    for (const cleanUp of this.#cleanUps) cleanUp();
    this.context.caches.close();
  }
}

function storagesReadAtOnce(catalog: ResourceCatalog): ResourceStorage[] {
  return READ_AT_ONCE.flatMap((gr): ResourceStorage[] => {
    const type = catalog.findStored(gr.group, gr.resource);
    return type ? [type.storage] : [];
  });
}

function healthChecks({ isReady, store }: { readonly isReady: () => boolean; readonly store: Store }): HealthCheck[] {
  const storeAnswers = async (): Promise<void> => {
    await store.currentRevision();
  };
  const ready = (): void => {
    if (!isReady()) throw new Error('not yet');
  };
  return [
    { name: 'ping', scope: 'all', check: () => undefined },
    { name: 'log', scope: 'all', check: () => undefined },
    { name: 'etcd', scope: 'all', check: storeAnswers },
    { name: 'informer-sync', scope: 'ready', check: ready },
    { name: 'poststarthook/rbac/bootstrap-roles', scope: 'ready', check: ready },
    { name: 'shutdown', scope: 'ready', check: () => undefined },
  ];
}

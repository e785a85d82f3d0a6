import type { DiscoveredResource } from '../../client/discovery/discovered-resources.ts';
import type { ApiObject } from '../../client/resource-definition.ts';
import type { Timer } from '../../machinery/clock.ts';
import { formatApiVersion } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { Informer } from '../../runtime/informer.ts';
import { preferredResources } from '../discovery/preferred-resources.ts';
import type { ControllerContext } from '../controller-context.ts';
import { metadataClient } from './metadata-client.ts';
import type { ObjectReference } from './object-reference.ts';

export interface MonitorHandler {
  onObserved(identity: ObjectReference, object: DeepReadonly<ApiObject>, old?: DeepReadonly<ApiObject>): void;
  onRemoved(identity: ObjectReference): void;
  /** The server serves other resources than before. */
  onResourcesChanged(): void;
}

const REDISCOVER_MS = 30_000;
/** Definitions often come several at a time. */
const CHANGE_MS = 1000;
const NEEDED_VERBS = ['delete', 'list', 'watch'];
/** Events own nothing, are owned by nothing, and are many. */
const IGNORED = new Set(['events.', 'events.events.k8s.io']);
/** Whose objects say what else is served. */
const DEFINITIONS = new Set(['customresourcedefinitions.apiextensions.k8s.io', 'apiservices.apiregistration.k8s.io']);

/** Watches the metadata of everything that can be deleted, also of resources that come and go. */
export class ResourceMonitors {
  readonly #context: ControllerContext;
  readonly #handler: MonitorHandler;
  readonly #informers = new Map<string, Informer<ApiObject>>();
  readonly #stopping: Promise<void>[] = [];
  #timer: Timer | undefined;
  #dueMs = 0;
  #syncing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(context: ControllerContext, handler: MonitorHandler) {
    this.#context = context;
    this.#handler = handler;
  }

  /** Resolves when what is served now is watched and known, or `timeoutMs` have passed. */
  async start(timeoutMs: number): Promise<void> {
    this.#syncing = this.#sync();
    await this.#syncing;
    await Promise.all([...this.#informers.values()].map((informer) => informer.waitForSync(timeoutMs)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#syncing;
    await Promise.all([...this.#stopping, ...[...this.#informers.values()].map((informer) => informer.stop())]);
  }

  #schedule(delayMs: number): void {
    const { clock } = this.#context;
    const dueMs = clock.now() + delayMs;
    if (this.#stopped || (this.#timer && this.#dueMs <= dueMs)) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      this.#syncing = this.#syncing.then(() => this.#sync());
    });
  }

  async #sync(): Promise<void> {
    if (this.#stopped) return;
    try {
      const { resources, failures } = await preferredResources(this.#context.client);
      if (!this.#hasStopped()) this.#replace(resources.filter(isMonitored), new Set(failures.map(({ groupVersion }) => groupVersion)));
    } catch (error) {
      this.#context.log(`garbage-collector-controller: failed to discover resources: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#schedule(REDISCOVER_MS);
  }

  #hasStopped(): boolean {
    return this.#stopped;
  }

  /** Resources of versions that could not be read are watched on: that they are missing says nothing. */
  #replace(resources: readonly DiscoveredResource[], unknown: ReadonlySet<string>): void {
    const wanted = new Map(resources.map((resource) => [`${formatApiVersion(resource)}/${resource.resource}`, resource]));
    let changed = false;
    for (const [id, resource] of wanted) {
      if (this.#informers.has(id)) continue;
      this.#informers.set(id, this.#monitor(resource));
      changed = true;
    }
    for (const [id, informer] of this.#informers) {
      if (wanted.has(id) || unknown.has(formatApiVersion(informer.resource.definition))) continue;
      this.#informers.delete(id);
      this.#stopping.push(informer.stop());
      changed = true;
    }
    if (changed) this.#handler.onResourcesChanged();
  }

  #monitor(resource: DiscoveredResource): Informer<ApiObject> {
    const { client, clock, random, log } = this.#context;
    const identityOf = ({ metadata }: DeepReadonly<ApiObject>): ObjectReference => ({
      apiVersion: formatApiVersion(resource),
      kind: resource.kind,
      namespace: metadata.namespace ?? '',
      name: metadata.name ?? '',
      uid: metadata.uid ?? '',
    });
    const defines = DEFINITIONS.has(`${resource.resource}.${resource.group}`);
    const changed = (): void => {
      if (defines) this.#schedule(CHANGE_MS);
    };
    const informer = new Informer<ApiObject>({
      resource: metadataClient(client, resource),
      clock,
      random,
      transform: ownership,
      onError: (error) => log(`garbage-collector-controller: watch of ${resource.resource}: ${error.message}`),
    });
    informer.addHandler({
      onAdd: (object, initial) => {
        this.#handler.onObserved(identityOf(object), object);
        if (!initial) changed();
      },
      onUpdate: (object, old) => {
        this.#handler.onObserved(identityOf(object), object, old);
        changed();
      },
      onDelete: (object) => {
        this.#handler.onRemoved(identityOf(object));
        changed();
      },
    });
    informer.start();
    return informer;
  }
}

function isMonitored({ group, resource, verbs }: DiscoveredResource): boolean {
  return !IGNORED.has(`${resource}.${group}`) && NEEDED_VERBS.every((verb) => verbs.includes(verb));
}

/** All that matters of an object here. */
function ownership({ apiVersion, kind, metadata }: ApiObject): ApiObject {
  const { name, namespace, uid, resourceVersion, deletionTimestamp, finalizers, ownerReferences } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(finalizers && { finalizers }),
      ...(ownerReferences && { ownerReferences }),
    },
  };
}

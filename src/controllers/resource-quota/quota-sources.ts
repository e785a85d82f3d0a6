import type { Measured } from '../../api/quota/evaluators/evaluator.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ApiObject, ResourceDefinition } from '../../client/resource-definition.ts';
import type { GroupResource } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { Informer } from '../../runtime/informer.ts';
import { preferredResources } from '../discovery/preferred-resources.ts';
import type { ControllerContext } from '../controller-context.ts';
import { metadataClient } from '../garbage-collector/metadata-client.ts';

/** What happened to an object that quotas may count. */
export interface MeasuredChange {
  readonly resource: GroupResource;
  readonly object: Measured;
  readonly old?: Measured;
  readonly event: 'add' | 'update' | 'delete';
}

/** Resources whose objects are measured, not only counted. */
const MEASURED: ReadonlyMap<string, ResourceDefinition<ApiObject>> = new Map<string, ResourceDefinition<ApiObject>>([
  ['/pods', BUILTIN.pods as unknown as ResourceDefinition<ApiObject>],
  ['/services', BUILTIN.services as unknown as ResourceDefinition<ApiObject>],
  ['/persistentvolumeclaims', BUILTIN.persistentVolumeClaims as unknown as ResourceDefinition<ApiObject>],
  ['resource.k8s.io/resourceclaims', BUILTIN.resourceClaims as unknown as ResourceDefinition<ApiObject>],
]);
const SYNC_MS = 30_000;

/** The objects that quotas count: whole where they are measured, their metadata where they are only counted. Watched once a quota names them. */
export class QuotaSources {
  readonly #context: ControllerContext;
  readonly #onChange: (change: MeasuredChange) => void;
  readonly #informers = new Map<string, Informer<ApiObject>>();
  /** Those that are nobody else's. */
  readonly #own: Informer<ApiObject>[] = [];
  readonly #removals: (() => void)[] = [];

  constructor(context: ControllerContext, onChange: (change: MeasuredChange) => void) {
    this.#context = context;
    this.#onChange = onChange;
  }

  /** The resource's objects in a namespace; undefined when the server does not serve it. Throws when they are not known in time. */
  async objects(resource: GroupResource, namespace: string, signal: AbortSignal): Promise<readonly DeepReadonly<ApiObject>[] | undefined> {
    const informer = this.#informers.get(keyOf(resource)) ?? (await this.#open(resource, signal));
    if (!informer) return undefined;
    if (!(await informer.waitForSync(SYNC_MS))) throw new Error(`${resource.resource} are not known yet`);
    if (!informer.isCaughtUp) await informer.waitUntilCaughtUp();
    return informer.store.inNamespace(namespace);
  }

  async stop(): Promise<void> {
    for (const remove of this.#removals.splice(0)) remove();
    await Promise.all(this.#own.map((informer) => informer.stop()));
  }

  async #open(resource: GroupResource, signal: AbortSignal): Promise<Informer<ApiObject> | undefined> {
    const definition = MEASURED.get(keyOf(resource));
    const informer = definition ? this.#context.informers.get(definition) : await this.#metadata(resource, signal);
    const known = this.#informers.get(keyOf(resource));
    if (!informer || known) return known;
    this.#informers.set(keyOf(resource), informer);
    this.#removals.push(
      informer.addHandler({
        onAdd: (object, initial) => void (initial || this.#onChange({ resource, event: 'add', object: object as Measured })),
        onUpdate: (object, old) => this.#onChange({ resource, event: 'update', object: object as Measured, old: old as Measured }),
        onDelete: (object) => this.#onChange({ resource, event: 'delete', object: object as Measured }),
      }),
    );
    return informer;
  }

  async #metadata(resource: GroupResource, signal: AbortSignal): Promise<Informer<ApiObject> | undefined> {
    const { client, clock, random, log } = this.#context;
    const { resources } = await preferredResources(client, { signal });
    const found = resources.find((served) => served.group === resource.group && served.resource === resource.resource && served.namespaced && served.verbs.includes('watch'));
    if (!found || signal.aborted) return undefined;
    const informer = new Informer<ApiObject>({
      resource: metadataClient(client, found),
      clock,
      random,
      transform: identity,
      onError: (error) => log(`resourcequota-controller: watch of ${found.resource}: ${error.message}`),
    });
    this.#own.push(informer);
    informer.start();
    return informer;
  }
}

function keyOf({ group, resource }: GroupResource): string {
  return `${group}/${resource}`;
}

function identity({ apiVersion, kind, metadata }: ApiObject): ApiObject {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = metadata;
  return { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion } };
}

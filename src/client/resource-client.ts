import { isJsonObject, type JsonObject, type JsonValue } from '../machinery/json.ts';
import type { Scale } from '../api/types/generated/autoscaling-v1.ts';
import type { CallOptions, Caller } from './caller.ts';
import {
  createRequest, deleteCollectionRequest, deleteRequest, getRequest, listRequest, patchRequest, updateRequest, watchRequest,
  type DeleteRequestOptions, type ListRequestOptions, type PatchRequestOptions, type PatchType, type RequestTarget, type WatchRequestOptions, type WriteRequestOptions,
} from './request.ts';
import type { ApiObject, ResourceDefinition } from './resource-definition.ts';
import { TransportError } from './transport.ts';
import { WatchStream } from './watch-stream.ts';

export interface ListPage<T> {
  readonly items: T[];
  /** The revision that the list shows. */
  readonly resourceVersion: string;
  /** Present when there are more pages. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface PatchOptions extends PatchRequestOptions, CallOptions {
  readonly subresource?: string;
}

/** Apply always has a manager, and says whether it takes over what others manage. */
export interface ApplyOptions extends CallOptions {
  readonly fieldManager: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly subresource?: string;
}

export type WriteOptions = WriteRequestOptions & CallOptions;

/** What is applied: the object's identity and the fields that the manager wants. */
export type AppliedConfiguration = { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name?: string; readonly namespace?: string } };

/** A graceful deletion answers with the object as it lives on; otherwise the object is gone. */
export type DeleteResult<T> = { readonly type: 'terminating'; readonly object: T } | { readonly type: 'gone'; readonly uid?: string };

const PAGE_ITEMS = 500;

/** Calls about one resource, in one namespace or in all. Immutable and cheap; errors are those of Client. */
export class ResourceClient<T extends ApiObject> {
  readonly definition: ResourceDefinition<T>;
  /** '' stands for all namespaces, or none. */
  readonly namespace: string;
  readonly #caller: Caller;

  constructor(caller: Caller, definition: ResourceDefinition<T>, namespace = '') {
    this.#caller = caller;
    this.definition = definition;
    this.namespace = namespace;
  }

  inNamespace(namespace: string): ResourceClient<T> {
    if (!this.definition.namespaced && namespace !== '') throw new RangeError(`${this.definition.resource} have no namespace`);
    return new ResourceClient(this.#caller, this.definition, namespace);
  }

  async get(name: string, options: CallOptions & { readonly resourceVersion?: string } = {}): Promise<T> {
    return this.#object(await this.#caller.json(getRequest(this.#named(name), options), options));
  }

  /** One page, or the whole when no limit is given. */
  async list(options: ListRequestOptions & CallOptions = {}): Promise<ListPage<T>> {
    return this.#page(await this.#caller.json(listRequest(this.#collection(), options), options));
  }

  /** Page by page, all of one state: a list whose continue token expires throws 410 Expired. */
  async *pages(options: ListRequestOptions & CallOptions = {}): AsyncGenerator<ListPage<T>> {
    // A continue token carries the revision; naming one beside it is an error.
    const { resourceVersion: _, resourceVersionMatch: __, ...later } = options;
    let page = await this.list({ limit: PAGE_ITEMS, ...options });
    for (;;) {
      yield page;
      if (page.continue === undefined) return;
      page = await this.list({ limit: PAGE_ITEMS, ...later, continue: page.continue });
    }
  }

  /** All items of all pages. */
  async listAll(options: ListRequestOptions & CallOptions = {}): Promise<ListPage<T>> {
    const items: T[] = [];
    let resourceVersion = '';
    for await (const page of this.pages(options)) {
      for (const item of page.items) items.push(item);
      resourceVersion = page.resourceVersion;
    }
    return { items, resourceVersion };
  }

  /** Resolves when the server has taken the watch. Aborting the signal ends it. */
  async watch(options: WatchRequestOptions & CallOptions = {}): Promise<WatchStream<T>> {
    return new WatchStream<T>(await this.#caller.open(watchRequest(this.#collection(), options), options));
  }

  async create(object: T, options: WriteOptions = {}): Promise<T> {
    return this.#written(await this.#caller.json(createRequest(this.#collection(object), object, options), options), options);
  }

  async update(object: T, options: WriteOptions & { readonly subresource?: string } = {}): Promise<T> {
    return this.#written(await this.#caller.json(updateRequest(this.#of(object, options.subresource), object, options), options), options);
  }

  updateStatus(object: T, options: WriteOptions = {}): Promise<T> {
    return this.update(object, { ...options, subresource: 'status' });
  }

  async patch(name: string, type: Exclude<PatchType, 'apply'>, body: JsonValue, options: PatchOptions = {}): Promise<T> {
    const request = patchRequest(this.#named(name, options.subresource), { type, body }, options);
    return this.#written(await this.#caller.json(request, options), options);
  }

  patchStatus(name: string, type: Exclude<PatchType, 'apply'>, body: JsonValue, options: PatchOptions = {}): Promise<T> {
    return this.patch(name, type, body, { ...options, subresource: 'status' });
  }

  /** Server-side apply: creates the object, or gives it these fields and takes away those applied before and now absent. */
  async apply(configuration: AppliedConfiguration, options: ApplyOptions): Promise<T> {
    const request = patchRequest(this.#of(configuration, options.subresource), { type: 'apply', body: configuration }, options);
    return this.#written(await this.#caller.json(request, options), options);
  }

  applyStatus(configuration: AppliedConfiguration, options: ApplyOptions): Promise<T> {
    return this.apply(configuration, { ...options, subresource: 'status' });
  }

  async delete(name: string, options: DeleteRequestOptions & CallOptions = {}): Promise<DeleteResult<T>> {
    const answer = await this.#caller.json(deleteRequest(this.#named(name), options), options);
    if (!isJsonObject(answer)) throw new TransportError('the answer to a deletion is no object');
    const result = answer['kind'] === 'Status' ? gone(answer) : resultOf(answer as unknown as T);
    if (options.dryRun !== true) this.#noteDeletion(name, result);
    return result;
  }

  /** Deletes what the selectors choose: all without them. */
  async deleteCollection(options: DeleteRequestOptions & ListRequestOptions & CallOptions = {}): Promise<void> {
    await this.#caller.json(deleteCollectionRequest(this.#collection(), options), options);
  }

  /** Any subresource that answers with JSON. */
  async getSubresource<S = JsonObject>(name: string, subresource: string, options: CallOptions = {}): Promise<S> {
    return (await this.#caller.json(getRequest(this.#named(name, subresource)), options)) as S;
  }

  /** POST to a subresource: `binding`, `eviction`, `token`. */
  async createSubresource<S = JsonObject>(name: string, subresource: string, body: object, options: WriteOptions = {}): Promise<S> {
    return (await this.#caller.json(createRequest(this.#named(name, subresource), body, options), options)) as S;
  }

  /** PUT to a subresource of another kind than the object's own. */
  async updateSubresource<S = JsonObject>(name: string, subresource: string, body: object, options: WriteOptions = {}): Promise<S> {
    return (await this.#caller.json(updateRequest(this.#named(name, subresource), body, options), options)) as S;
  }

  getScale(name: string, options: CallOptions = {}): Promise<Scale> {
    return this.getSubresource<Scale>(name, 'scale', options);
  }

  async updateScale(scale: Scale, options: WriteOptions = {}): Promise<Scale> {
    return this.#scaled(await this.updateSubresource<Scale>(scale.metadata.name ?? '', 'scale', scale, options), options);
  }

  async patchScale(name: string, type: Exclude<PatchType, 'apply'>, body: JsonValue, options: WriteOptions = {}): Promise<Scale> {
    return this.#scaled((await this.#caller.json(patchRequest(this.#named(name, 'scale'), { type, body }, options), options)) as unknown as Scale, options);
  }

  #collection(object?: T): RequestTarget {
    const namespace = this.#namespaceFor(object);
    if (object !== undefined && this.definition.namespaced && namespace === '') throw new RangeError(`no namespace for a new object of ${this.definition.resource}`);
    return { resource: this.definition, namespace };
  }

  #named(name: string, subresource?: string): RequestTarget {
    return this.#target(name, this.namespace, subresource);
  }

  #of(object: AppliedConfiguration, subresource?: string): RequestTarget {
    return this.#target(object.metadata.name ?? '', this.#namespaceFor(object), subresource);
  }

  #target(name: string, namespace: string, subresource: string | undefined): RequestTarget {
    if (this.definition.namespaced && namespace === '') throw new RangeError(`no namespace for ${this.definition.resource} ${JSON.stringify(name)}`);
    return { resource: this.definition, namespace, name, ...(subresource !== undefined && { subresource }) };
  }

  #namespaceFor(object: AppliedConfiguration | undefined): string {
    if (!this.definition.namespaced) return '';
    return this.namespace === '' ? (object?.metadata.namespace ?? '') : this.namespace;
  }

  #object(answer: JsonValue): T {
    if (!isJsonObject(answer) || !isJsonObject(answer['metadata'])) throw new TransportError(`the answer is no object of ${this.definition.resource}`);
    return answer as unknown as T;
  }

  #written(answer: JsonValue, { dryRun }: { readonly dryRun?: boolean }): T {
    const object = this.#object(answer);
    const { metadata } = object;
    if (dryRun !== true) this.#caller.noteWrite({ resource: this.definition, object, deletion: false, namespace: metadata.namespace ?? '', name: metadata.name ?? '' });
    return object;
  }

  /** A scale carries the identity and the revision of the object that it scales. */
  #scaled(scale: Scale, { dryRun }: WriteOptions): Scale {
    const { namespace = '', name = '' } = scale.metadata;
    if (dryRun !== true) this.#caller.noteWrite({ resource: this.definition, object: scale, deletion: false, namespace, name });
    return scale;
  }

  #noteDeletion(name: string, result: DeleteResult<T>): void {
    const notice = { resource: this.definition, deletion: true, namespace: this.namespace, name };
    if (result.type === 'terminating') this.#caller.noteWrite({ ...notice, object: result.object });
    else this.#caller.noteWrite({ ...notice, ...(result.uid !== undefined && { uid: result.uid }) });
  }

  #page(answer: JsonValue): ListPage<T> {
    if (!isJsonObject(answer) || !isJsonObject(answer['metadata'])) throw new TransportError(`the answer is no list of ${this.definition.resource}`);
    const metadata = answer['metadata'] as { resourceVersion?: string; continue?: string; remainingItemCount?: number };
    const items = (answer['items'] ?? []) as unknown as T[];
    const apiVersion = textOf(answer['apiVersion']);
    const kind = this.definition.kind ?? textOf(answer['kind']).replace(/List$/, '');
    for (const item of items) {
      item.apiVersion ??= apiVersion;
      item.kind ??= kind;
    }
    return {
      items,
      resourceVersion: metadata.resourceVersion ?? '',
      ...(metadata.continue !== undefined && metadata.continue !== '' && { continue: metadata.continue }),
      ...(metadata.remainingItemCount !== undefined && { remainingItemCount: metadata.remainingItemCount }),
    };
  }
}

/** Some kinds answer with the object also when nothing keeps it any more. */
function resultOf<T extends ApiObject>(object: T): DeleteResult<T> {
  const { uid, deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  if (deletionTimestamp !== undefined && (deletionGracePeriodSeconds > 0 || finalizers.length > 0)) return { type: 'terminating', object };
  return { type: 'gone', ...(uid !== undefined && { uid }) };
}

function gone(status: JsonObject): DeleteResult<never> {
  const details = status['details'];
  const uid = isJsonObject(details) ? details['uid'] : undefined;
  return { type: 'gone', ...(typeof uid === 'string' && { uid }) };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

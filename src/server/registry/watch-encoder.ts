import type { DeepReadonly, JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { stringifyJson } from '../../machinery/parse-json.ts';
import type { Status } from '../../machinery/status-error.ts';
import { parseIncludeObject, transformObject, type IncludeObject } from '../pipeline/transform.ts';
import type { CachedObject } from '../watch-cache/cached-object.ts';
import type { CacheEvent } from '../watch-cache/event-window.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import { inRequestVersion, inRequestVersions, isStoredIn } from './conversion.ts';
import type { ServedObject } from './served-object.ts';

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED';

const EVENT_HEAD: Readonly<Record<WatchEventType, Buffer>> = {
  ADDED: Buffer.from('{"type":"ADDED","object":'),
  MODIFIED: Buffer.from('{"type":"MODIFIED","object":'),
  DELETED: Buffer.from('{"type":"DELETED","object":'),
};
const EVENT_TAIL = Buffer.from('}\n');

/** Encodes events for one watch. Events in the plain form are encoded once and shared by all watches of the version. */
export class WatchEncoder {
  readonly contentType: string;
  readonly #context: RegistryContext;
  readonly #call: ApiCall;
  readonly #include: IncludeObject;
  /** What was converted elsewhere, for as long as anybody shows it. */
  readonly #converted = new WeakMap<ServedObject, DeepReadonly<KubeObject>>();
  /** Only a table's first event names the columns. */
  #columnsSent = false;

  constructor(context: RegistryContext, call: ApiCall) {
    this.#context = context;
    this.#call = call;
    this.#include = parseIncludeObject(call.query);
    this.contentType = call.form.format === 'protobuf' ? 'application/vnd.kubernetes.protobuf;stream=watch' : 'application/json';
  }

  /** Whether objects must be prepared. */
  get converts(): boolean {
    return this.#call.type.conversion !== undefined;
  }

  /** To be awaited before objects are encoded; undefined where they can be at once. Rejects when they cannot be converted. */
  prepare(objects: readonly CachedObject[]): Promise<void> | undefined {
    const { type } = this.#call;
    if (!type.conversion) return undefined;
    const missing = objects.filter((object) => !isStoredIn(type, object) && !this.#converted.has(object));
    return missing.length === 0 ? undefined : this.#convert(missing);
  }

  async #convert(objects: readonly CachedObject[]): Promise<void> {
    const shown = await inRequestVersions(this.#call.type, objects);
    objects.forEach((object, i) => this.#converted.set(object, shown[i] as DeepReadonly<KubeObject>));
  }

  initial(object: CachedObject): Uint8Array {
    return this.#encode('ADDED', object);
  }

  /** `revision` is the event's: a deleted object is shown with the revision of its deletion. */
  event(type: WatchEventType, event: CacheEvent, object: CachedObject, revision: number): Uint8Array {
    const shown = object.revision === revision ? object : new AtRevision(object, revision);
    if (this.#call.form.as || this.#call.form.format !== 'json') return this.#encode(type, shown);
    const shared = `${type} ${this.#call.type.apiVersion}`;
    const known = event.encoded?.get(shared);
    if (known) return known;
    const encoded = this.#encode(type, shown);
    event.encoded ??= new Map();
    event.encoded.set(shared, encoded);
    return encoded;
  }

  bookmark(revision: number, endOfInitialEvents: boolean): Uint8Array {
    const { type, form } = this.#call;
    const metadata = { resourceVersion: String(revision), ...(endOfInitialEvents && { annotations: { 'k8s.io/initial-events-end': 'true' } }) };
    const object = type.bookmark(metadata);
    const shown = form.as ? this.#transform(object) : object;
    return this.#frame('BOOKMARK', shown);
  }

  status(status: Status): Uint8Array {
    return this.#frame('ERROR', status);
  }

  #encode(type: WatchEventType, object: ServedObject): Uint8Array {
    const { form } = this.#call;
    const resource = this.#call.type;
    if (!form.as && form.format === 'json' && isStoredIn(resource, object)) {
      return Buffer.concat([EVENT_HEAD[type], resource.head.object(object.value, object.revision), EVENT_TAIL]);
    }
    const shown = this.#shown(object);
    return this.#frame(type, form.as ? this.#transform(shown) : shown);
  }

  #shown(object: ServedObject): DeepReadonly<KubeObject> {
    if (!(object instanceof AtRevision)) return this.#converted.get(object) ?? (inRequestVersion(this.#call.type, object) as DeepReadonly<KubeObject>);
    const origin = this.#converted.get(object.origin);
    return origin ? withRevision(origin, object.revision) : (inRequestVersion(this.#call.type, object) as DeepReadonly<KubeObject>);
  }

  #transform(object: DeepReadonly<KubeObject>): unknown {
    const { form, type } = this.#call;
    if (!form.as) return object;
    const withColumns = !this.#columnsSent;
    this.#columnsSent = true;
    return transformObject({ type, as: form.as, include: this.#include, nowMs: this.#context.clock.now() }, object, withColumns);
  }

  #frame(type: string, object: unknown): Uint8Array {
    const forms = this.#call.form.format === 'protobuf' ? this.#context.protobuf.loaded : undefined;
    if (forms) return forms.watchFrame(type, object as JsonObject);
    return Buffer.from(`{"type":"${type}","object":${stringifyJson(object)}}\n`);
  }
}

/** An object shown with another revision than its own. */
class AtRevision implements ServedObject {
  readonly value: Uint8Array;
  readonly revision: number;
  readonly origin: CachedObject;
  constructor(object: CachedObject, revision: number) {
    this.origin = object;
    this.value = object.value;
    this.revision = revision;
  }
  object(): DeepReadonly<KubeObject> {
    return withRevision(this.origin.object(), this.revision);
  }
  type() {
    return this.origin.type();
  }
}

function withRevision({ metadata, ...rest }: DeepReadonly<KubeObject>, revision: number): DeepReadonly<KubeObject> {
  return { ...rest, metadata: { ...metadata, resourceVersion: String(revision) } } as DeepReadonly<KubeObject>;
}

import type { DeepReadonly, JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { stringifyJson } from '../../machinery/parse-json.ts';
import type { Status } from '../../machinery/status-error.ts';
import { inRequestVersion, isStoredIn } from '../pipeline/encode.ts';
import { parseIncludeObject, transformObject, type IncludeObject } from '../pipeline/transform.ts';
import type { CachedObject } from '../watch-cache/cached-object.ts';
import type { CacheEvent } from '../watch-cache/event-window.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
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
  /** Only a table's first event names the columns. */
  #columnsSent = false;

  constructor(context: RegistryContext, call: ApiCall) {
    this.#context = context;
    this.#call = call;
    this.#include = parseIncludeObject(call.query);
    this.contentType = call.form.format === 'protobuf' ? 'application/vnd.kubernetes.protobuf;stream=watch' : 'application/json';
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
    const shown = inRequestVersion(resource, object);
    return this.#frame(type, form.as ? this.#transform(shown) : shown);
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
  readonly #object: CachedObject;
  constructor(object: CachedObject, revision: number) {
    this.#object = object;
    this.value = object.value;
    this.revision = revision;
  }
  object(): DeepReadonly<KubeObject> {
    const { metadata, ...rest } = this.#object.object();
    return { ...rest, metadata: { ...metadata, resourceVersion: String(this.revision) } } as DeepReadonly<KubeObject>;
  }
  type() {
    return this.#object.type();
  }
}

import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Entry } from '../../store/store.ts';
import { decodeStored, storedHeader, type TypeTag } from '../objects/stored-object.ts';
import type { ParsedHolder, ParsedObjects } from './parsed-objects.ts';

/** How a resource's cache reads the bytes it holds. */
export interface CacheCodec {
  /** The type of stored bytes; `version` is what the bytes themselves say, for resources that change their version. */
  typeOf(version: string | undefined): TypeTag;
}

/**
 * One object at one revision: its bytes, and its parsed form while that is held. Immutable to its users and shared
 * between snapshots, events and forks.
 */
export class CachedObject implements ParsedHolder {
  /** `namespace/name`, or `name` for cluster-scoped resources. */
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
  parsed: DeepReadonly<KubeObject> | undefined = undefined;
  readonly #codec: CacheCodec;
  readonly #objects: ParsedObjects;

  constructor(entry: Entry, key: string, codec: CacheCodec, objects: ParsedObjects) {
    this.key = key;
    this.value = entry.value;
    this.revision = entry.modRevision;
    this.#codec = codec;
    this.#objects = objects;
  }

  /** The object in the version it is stored in, with type and resourceVersion. Shared: never to be changed. */
  object(): DeepReadonly<KubeObject> {
    if (this.parsed) return this.parsed;
    const parsed = decodeStored(this.value, this.revision, this.type()) as DeepReadonly<KubeObject>;
    this.#objects.remember(this, parsed);
    return parsed;
  }

  type(): TypeTag {
    return this.#codec.typeOf(storedHeader(this.value).version);
  }

  get namespace(): string {
    const slash = this.key.indexOf('/');
    return slash < 0 ? '' : this.key.slice(0, slash);
  }

  get name(): string {
    return this.key.slice(this.key.indexOf('/') + 1);
  }
}

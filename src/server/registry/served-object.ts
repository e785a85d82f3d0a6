import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { decodeStored, storedHeader, type TypeTag } from '../objects/stored-object.ts';
import type { ResourceStorage } from './resource-type.ts';

/** A stored object on its way to a client: its bytes, from which most answers are copied, and its parsed form on demand. */
export interface ServedObject {
  readonly value: Uint8Array;
  readonly revision: number;
  /** In the version it is stored in; shared, never to be changed. */
  object(): DeepReadonly<KubeObject>;
  type(): TypeTag;
}

/** The type of bytes of a storage, which may say their version themselves. */
export function typeOfStored(storage: ResourceStorage, version: string | undefined): TypeTag {
  if (version === undefined || version === storage.storageType.apiVersion) return storage.storageType;
  return { apiVersion: version, kind: storage.kind };
}

/** What a write left in the store. */
export class WrittenObject implements ServedObject {
  readonly value: Uint8Array;
  readonly revision: number;
  readonly #storage: ResourceStorage;
  #parsed: KubeObject | undefined;

  constructor(storage: ResourceStorage, value: Uint8Array, revision: number) {
    this.#storage = storage;
    this.value = value;
    this.revision = revision;
  }

  object(): DeepReadonly<KubeObject> {
    this.#parsed ??= decodeStored(this.value, this.revision, this.type());
    return this.#parsed as DeepReadonly<KubeObject>;
  }

  type(): TypeTag {
    return typeOfStored(this.#storage, storedHeader(this.value).version);
  }
}

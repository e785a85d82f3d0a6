import { objectKey, type ApiObject } from '../client/resource-definition.ts';
import type { DeepReadonly } from '../machinery/json.ts';
import { ObjectIndex, type IndexFunction } from './object-index.ts';

const NAMESPACE = 'namespace';

/** Objects of one resource by key, with indexes. What it gives out is shared: copy before changing. */
export class ObjectStore<T extends ApiObject> {
  readonly #objects = new Map<string, DeepReadonly<T>>();
  readonly #indexes = new Map<string, ObjectIndex<T>>();

  constructor(indexes: Readonly<Record<string, IndexFunction<T>>> = {}) {
    this.#indexes.set(NAMESPACE, new ObjectIndex<T>((object) => [(object as unknown as ApiObject).metadata.namespace ?? '']));
    for (const [name, valuesOf] of Object.entries(indexes)) this.addIndex(name, valuesOf);
  }

  /** Indexes may be added at any time; the name must be new. */
  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    if (this.#indexes.has(name)) throw new RangeError(`index ${JSON.stringify(name)} exists`);
    const index = new ObjectIndex<T>(valuesOf);
    for (const [key, object] of this.#objects) index.replace(key, undefined, object);
    this.#indexes.set(name, index);
  }

  hasIndex(name: string): boolean {
    return this.#indexes.has(name);
  }

  get size(): number {
    return this.#objects.size;
  }

  /** `namespace/name`, or `name`. */
  get(key: string): DeepReadonly<T> | undefined {
    return this.#objects.get(key);
  }

  /** In the order in which they came. */
  all(): DeepReadonly<T>[] {
    return [...this.#objects.values()];
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  inNamespace(namespace: string): DeepReadonly<T>[] {
    return this.byIndex(NAMESPACE, namespace);
  }

  /** Throws RangeError for an index that there is not. */
  byIndex(name: string, value: string): DeepReadonly<T>[] {
    const index = this.#indexes.get(name);
    if (!index) throw new RangeError(`no index ${JSON.stringify(name)}`);
    const found: DeepReadonly<T>[] = [];
    for (const key of index.keys(value)) {
      const object = this.#objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  /** What stood under the key before. */
  set(object: DeepReadonly<T>): DeepReadonly<T> | undefined {
    const key = objectKey(object);
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) index.replace(key, old, object);
    return old;
  }

  delete(key: string): DeepReadonly<T> | undefined {
    const old = this.#objects.get(key);
    if (old === undefined) return undefined;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) index.replace(key, old, undefined);
    return old;
  }
}

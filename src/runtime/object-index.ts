import type { ApiObject } from '../client/resource-definition.ts';
import type { DeepReadonly } from '../machinery/json.ts';

/** The values under which an object is found; none leaves it out. Must be pure. */
export type IndexFunction<T extends ApiObject> = (object: DeepReadonly<T>) => readonly string[];

const NONE: ReadonlySet<string> = new Set();

/** Keys of objects by what an index function says of them. Costs what changes, not what is held. */
export class ObjectIndex<T extends ApiObject> {
  readonly #valuesOf: IndexFunction<T>;
  readonly #keys = new Map<string, Set<string>>();

  constructor(valuesOf: IndexFunction<T>) {
    this.#valuesOf = valuesOf;
  }

  replace(key: string, old: DeepReadonly<T> | undefined, object: DeepReadonly<T> | undefined): void {
    const before = old === undefined ? [] : this.#valuesOf(old);
    const after = object === undefined ? [] : this.#valuesOf(object);
    for (const value of before) if (!after.includes(value)) this.#remove(value, key);
    for (const value of after) {
      const keys = this.#keys.get(value);
      if (keys) keys.add(key);
      else this.#keys.set(value, new Set([key]));
    }
  }

  keys(value: string): ReadonlySet<string> {
    return this.#keys.get(value) ?? NONE;
  }

  /** Every value that some object has. */
  values(): IterableIterator<string> {
    return this.#keys.keys();
  }

  #remove(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys?.delete(key) === true && keys.size === 0) this.#keys.delete(value);
  }
}

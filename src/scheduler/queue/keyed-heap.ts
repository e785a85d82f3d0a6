/** A heap of which any entry can be found and taken by its key. */
export class KeyedHeap<T> {
  readonly #keyOf: (entry: T) => string;
  readonly #less: (a: T, b: T) => boolean;
  readonly #entries: T[] = [];
  readonly #places = new Map<string, number>();

  constructor(keyOf: (entry: T) => string, less: (a: T, b: T) => boolean) {
    this.#keyOf = keyOf;
    this.#less = less;
  }

  get size(): number {
    return this.#entries.length;
  }

  peek(): T | undefined {
    return this.#entries[0];
  }

  get(key: string): T | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#entries[place];
  }

  /** In no order. */
  values(): readonly T[] {
    return this.#entries;
  }

  /** Adds the entry, in place of one with the same key. */
  push(entry: T): void {
    const key = this.#keyOf(entry);
    const place = this.#places.get(key) ?? this.#entries.length;
    this.#put(place, entry);
    this.#settle(place);
  }

  pop(): T | undefined {
    const first = this.#entries[0];
    if (first !== undefined) this.delete(this.#keyOf(first));
    return first;
  }

  delete(key: string): T | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const entry = this.#entries[place];
    const last = this.#entries.pop() as T;
    this.#places.delete(key);
    if (place < this.#entries.length) {
      this.#put(place, last);
      this.#settle(place);
    }
    return entry;
  }

  #put(place: number, entry: T): void {
    this.#entries[place] = entry;
    this.#places.set(this.#keyOf(entry), place);
  }

  #settle(from: number): void {
    let place = from;
    const entry = this.#entries[place] as T;
    for (let parent = (place - 1) >> 1; place > 0 && this.#less(entry, this.#entries[parent] as T); parent = (place - 1) >> 1) {
      this.#put(place, this.#entries[parent] as T);
      place = parent;
    }
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#entries.length) break;
      if (child + 1 < this.#entries.length && this.#less(this.#entries[child + 1] as T, this.#entries[child] as T)) child++;
      if (!this.#less(this.#entries[child] as T, entry)) break;
      this.#put(place, this.#entries[child] as T);
      place = child;
    }
    this.#put(place, entry);
  }
}

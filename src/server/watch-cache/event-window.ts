import type { CachedObject } from './cached-object.ts';

/** A write as watchers see it. `object` is what the key holds now, or, for a deletion, held last. */
export interface CacheEvent {
  readonly type: 'put' | 'delete';
  readonly revision: number;
  readonly key: string;
  /** Absent for a deletion. */
  readonly object?: CachedObject;
  /** Absent for a creation. */
  readonly previous?: CachedObject;
  /** The event as watches send it, by form: made by the first watch that needs it, shared by the others. */
  encoded?: Map<string, Uint8Array>;
}

/**
 * The newest events of a resource, in the order of revisions: what a watch that starts in the past is given first.
 * A ring that grows up to its capacity, then forgets the oldest.
 */
export class EventWindow {
  readonly #capacity: number;
  #events: CacheEvent[] = [];
  #head = 0;
  /** Everything after this revision is in the window. */
  #since: number;

  constructor(since: number, capacity: number) {
    this.#since = since;
    this.#capacity = capacity;
  }

  get since(): number {
    return this.#since;
  }

  push(event: CacheEvent): void {
    if (this.#events.length < this.#capacity) {
      this.#events.push(event);
      return;
    }
    this.#since = this.#events[this.#head]?.revision ?? this.#since;
    this.#events[this.#head] = event;
    this.#head = (this.#head + 1) % this.#capacity;
  }

  /** Puts older events, which were read from the store, in front; as many as fit, the newest of them. */
  prepend(older: readonly CacheEvent[], since: number): void {
    const all = [...older, ...this.#ordered()];
    const dropped = Math.max(0, all.length - this.#capacity);
    this.#since = dropped === 0 ? since : (all[dropped - 1]?.revision ?? since);
    this.#events = all.slice(dropped);
    this.#head = 0;
  }

  /** Events after `revision`, oldest first; undefined when some of them are no longer held. */
  after(revision: number): CacheEvent[] | undefined {
    if (revision < this.#since) return undefined;
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#at(middle)?.revision ?? 0) > revision) high = middle;
      else low = middle + 1;
    }
    const events: CacheEvent[] = [];
    for (let i = low; i < this.#events.length; i++) {
      const event = this.#at(i);
      if (event) events.push(event);
    }
    return events;
  }

  #at(i: number): CacheEvent | undefined {
    return this.#events[(this.#head + i) % this.#events.length];
  }

  #ordered(): CacheEvent[] {
    return [...this.#events.slice(this.#head), ...this.#events.slice(0, this.#head)];
  }
}

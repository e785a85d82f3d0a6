import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';

/** Something that can hold its parsed form for a while. */
export interface ParsedHolder {
  parsed: DeepReadonly<KubeObject> | undefined;
}

/**
 * Bounds how many parsed objects are held beside their bytes: a ring in which the newest takes the oldest's place.
 * One for all resources of a server.
 */
export class ParsedObjects {
  /** Grows up to its capacity: most servers of tests never fill it. */
  readonly #ring: ParsedHolder[] = [];
  readonly #capacity: number;
  #next = 0;

  constructor(capacity = 32_768) {
    this.#capacity = capacity;
  }

  remember(holder: ParsedHolder, parsed: DeepReadonly<KubeObject>): void {
    const evicted = this.#ring[this.#next];
    if (evicted) evicted.parsed = undefined;
    holder.parsed = parsed;
    this.#ring[this.#next] = holder;
    this.#next = (this.#next + 1) % this.#capacity;
  }
}

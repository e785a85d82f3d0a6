import type { Located } from './records.ts';

const overheadBytes = 256;

/** The newest durable entries last read or written: a read-modify-write and its event then read the disk once at most. */
export class RecentEntries {
  readonly #entries = new Map<string, Located>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): Located | undefined {
    return this.#entries.get(key);
  }

  set(key: string, located: Located): void {
    this.delete(key);
    this.#entries.set(key, located);
    this.#bytes += cost(located);
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= cost(entry);
    }
  }

  delete(key: string): void {
    const old = this.#entries.get(key);
    if (!old) return;
    this.#entries.delete(key);
    this.#bytes -= cost(old);
  }
}

function cost(located: Located): number {
  return located.entry.value.length + overheadBytes;
}

import type { Located } from './records.ts';

const overheadBytes = 256;

/**
 * The newest durable entries last read or written: a read-modify-write and its event then read the disk once at most.
 * Two generations: when the young one is full the old one is dropped whole, and what was used meanwhile has moved over.
 */
export class RecentEntries {
  readonly #maxBytes: number;
  #young = new Map<string, Located>();
  #old = new Map<string, Located>();
  #youngBytes = 0;

  /** Holds up to twice this much. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): Located | undefined {
    const young = this.#young.get(key);
    if (young) return young;
    const old = this.#old.get(key);
    if (old) this.set(key, old);
    return old;
  }

  set(key: string, located: Located): void {
    // Counted anew when replaced: the generation then ends a little early.
    this.#youngBytes += located.entry.value.length + overheadBytes;
    this.#young.set(key, located);
    if (this.#youngBytes <= this.#maxBytes) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}

import type { Cause } from './cause.ts';

/** One run of a reconciler. */
export interface ReconcileRecord {
  readonly key: string;
  readonly startedMs: number;
  readonly durationMs: number;
  /** How long the key had waited before. */
  readonly queuedMs: number;
  readonly causes: readonly Cause[];
  readonly otherCauses: number;
  readonly outcome: ReconcileOutcome;
}

export type ReconcileOutcome =
  | { readonly type: 'done' }
  | { readonly type: 'requeued'; readonly afterMs: number }
  /** `failures` in a row, this one included. */
  | { readonly type: 'failed'; readonly error: Error; readonly failures: number; readonly retryAfterMs: number };

/** The last runs, the oldest forgotten first: what answers "why did it run, and what came of it?". */
export class ReconcileLog {
  readonly #capacity: number;
  readonly #records: ReconcileRecord[] = [];
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(record: ReconcileRecord): void {
    if (this.#capacity === 0) return;
    this.#records[this.#next] = record;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** The oldest first; of one key, or of all. */
  records(key?: string): ReconcileRecord[] {
    const ordered = [...this.#records.slice(this.#next), ...this.#records.slice(0, this.#next)];
    return key === undefined ? ordered : ordered.filter((record) => record.key === key);
  }
}

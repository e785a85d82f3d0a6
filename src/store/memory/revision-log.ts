import type { HistoryPolicy } from '../history-policy.ts';
import type { StoreEvent } from '../store.ts';

/** The events of one revision. */
export interface LoggedRevision {
  readonly revision: number;
  readonly events: readonly StoreEvent[];
  readonly timeMs: number;
  /** Bytes of the values this revision replaced: what only the log still holds. */
  readonly replacedBytes: number;
}

/** The newest revisions in full, without a gap, so that one is found by arithmetic. */
export class RevisionLog {
  #revisions: LoggedRevision[];
  /** Where the log begins in the array; what stands before was dropped and is cut off now and then. */
  #head = 0;
  #replacedBytes = 0;

  constructor(from?: RevisionLog) {
    this.#revisions = from ? from.#revisions.slice(from.#head) : [];
    this.#replacedBytes = from ? from.#replacedBytes : 0;
  }

  get length(): number {
    return this.#revisions.length - this.#head;
  }

  get replacedBytes(): number {
    return this.#replacedBytes;
  }

  append(entry: LoggedRevision): void {
    this.#revisions.push(entry);
    this.#replacedBytes += entry.replacedBytes;
  }

  get(revision: number): LoggedRevision | undefined {
    const first = this.#revisions[this.#head];
    return first && revision >= first.revision ? this.#revisions[this.#head + revision - first.revision] : undefined;
  }

  /** Drops revisions up to and including this one. */
  dropThrough(revision: number): void {
    for (let first = this.#first; first && first.revision <= revision; first = this.#first) this.#dropFirst(first);
    this.#cutOff();
  }

  /** Drops what the policy no longer keeps; answers the newest revision dropped. */
  trim(policy: HistoryPolicy, nowMs: number): number | undefined {
    const maxRevisions = policy.maxRevisions ?? Infinity;
    const maxBytes = policy.maxBytes ?? Infinity;
    const oldestMs = policy.maxAgeMs === undefined ? -Infinity : nowMs - policy.maxAgeMs;
    let dropped: number | undefined;
    for (let first = this.#first; first; first = this.#first) {
      if (this.length <= maxRevisions && this.#replacedBytes <= maxBytes && first.timeMs >= oldestMs) break;
      this.#dropFirst(first);
      dropped = first.revision;
    }
    if (dropped !== undefined) this.#cutOff();
    return dropped;
  }

  clone(): RevisionLog {
    return new RevisionLog(this);
  }

  get #first(): LoggedRevision | undefined {
    return this.#revisions[this.#head];
  }

  #dropFirst(first: LoggedRevision): void {
    this.#revisions[this.#head++] = dropped;
    this.#replacedBytes -= first.replacedBytes;
  }

  #cutOff(): void {
    if (this.#head < 256 || this.#head * 2 < this.#revisions.length) return;
    this.#revisions = this.#revisions.slice(this.#head);
    this.#head = 0;
  }
}

/** Stands where a revision was dropped, so that its events can be collected at once. */
const dropped: LoggedRevision = { revision: 0, events: [], timeMs: 0, replacedBytes: 0 };

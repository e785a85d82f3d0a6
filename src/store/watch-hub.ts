import { ClosedError, CompactedError } from './errors.ts';
import { RangeIndex } from './range-index.ts';
import type { KeyRange, StoreEvent, Watch, WatchListener, WatchOptions } from './store.ts';

/** What the hub needs from the engine it serves. */
export interface WatchSource {
  /** The newest durable revision, at once. */
  durableRevision(): number;
  compacted(): number;
  /**
   * Events of the range from `fromRevision` on, out of at most about `limit` events of the history, whole revisions
   * only. `throughRevision` is how far the history was read, at least `fromRevision`.
   */
  readHistory(range: KeyRange, fromRevision: number, limit: number): HistoryChunk;
}

export interface HistoryChunk {
  readonly events: readonly StoreEvent[];
  readonly throughRevision: number;
}

interface Group {
  readonly range: KeyRange;
  readonly watches: Set<LiveWatch>;
  /** What the batch being published holds for this range. */
  events: StoreEvent[];
}

const historyChunkEvents = 1000;

/**
 * The watches of an embedded engine. The engine publishes what became durable, in order; a watch that starts in the past
 * first reads the history, chunk by chunk, and goes live in the very turn in which it has caught up. An event costs its
 * own watches, not all of them.
 */
export class WatchHub {
  readonly #source: WatchSource;
  readonly #index = new RangeIndex<Group>();
  readonly #groups = new Map<string, Group>();
  readonly #watches = new Set<LiveWatch>();
  readonly #queue: { events: readonly StoreEvent[]; revision: number }[] = [];
  #publishing = false;
  #closed = false;

  constructor(source: WatchSource) {
    this.#source = source;
  }

  /** How many watches are open. */
  get size(): number {
    return this.#watches.size;
  }

  watch(range: KeyRange, listener: WatchListener, options: WatchOptions = {}): Watch {
    const current = this.#source.durableRevision();
    const watch = new LiveWatch(range, listener, options.startRevision ?? current + 1, this);
    this.#watches.add(watch);
    if (this.#closed) queueMicrotask(() => this.end(watch, new ClosedError()));
    else if (watch.nextRevision > current) this.#goLive(watch);
    else queueMicrotask(() => this.#catchUp(watch));
    return watch;
  }

  /** Hands on what became durable. A listener may write: what comes of it is published after this. */
  publish(events: readonly StoreEvent[], revision: number): void {
    if (this.#groups.size === 0) return;
    this.#queue.push({ events, revision });
    if (this.#publishing) return;
    this.#publishing = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#dispatch(next.events, next.revision);
    } finally {
      this.#publishing = false;
    }
  }

  /** Ends every watch with ClosedError. */
  close(): void {
    this.#closed = true;
    for (const watch of this.#watches) this.end(watch, new ClosedError());
  }

  /** For LiveWatch: forgets the watch, and tells its listener why if it ended by itself. */
  end(watch: LiveWatch, error: Error | undefined): void {
    if (!this.#watches.delete(watch)) return;
    const group = watch.live ? this.#groups.get(groupKey(watch.range)) : undefined;
    if (group?.watches.delete(watch) && group.watches.size === 0) {
      this.#groups.delete(groupKey(watch.range));
      this.#index.remove(group);
    }
    watch.ended = true;
    if (error) watch.listener.onEnd(error);
  }

  /** For LiveWatch: progress as of this call, told in a later turn. */
  progress(watch: LiveWatch): void {
    if (watch.progressWanted) return;
    watch.progressWanted = true;
    if (watch.live) queueMicrotask(() => this.#tellProgress(watch));
  }

  #tellProgress(watch: LiveWatch): void {
    if (watch.ended || !watch.progressWanted) return;
    if (this.#publishing) {
      queueMicrotask(() => this.#tellProgress(watch));
      return;
    }
    watch.progressWanted = false;
    const revision = this.#source.durableRevision();
    this.#call(watch, () => watch.listener.onProgress(revision));
  }

  #goLive(watch: LiveWatch): void {
    const key = groupKey(watch.range);
    let group = this.#groups.get(key);
    if (!group) {
      group = { range: watch.range, watches: new Set(), events: [] };
      this.#groups.set(key, group);
      this.#index.add(group);
    }
    group.watches.add(watch);
    watch.live = true;
    if (watch.progressWanted) queueMicrotask(() => this.#tellProgress(watch));
  }

  #catchUp(watch: LiveWatch): void {
    if (watch.ended) return;
    const compacted = this.#source.compacted();
    if (watch.nextRevision <= compacted) {
      this.end(watch, new CompactedError(compacted));
      return;
    }
    let chunk: HistoryChunk;
    try {
      chunk = this.#source.readHistory(watch.range, watch.nextRevision, historyChunkEvents);
    } catch (error) {
      this.end(watch, error instanceof Error ? error : new Error(String(error)));
      return;
    }
    watch.nextRevision = chunk.throughRevision + 1;
    if (chunk.events.length > 0) {
      this.#call(watch, () => watch.listener.onEvents(chunk.events, chunk.throughRevision));
      if (watch.ended) return;
    }
    if (watch.nextRevision > this.#source.durableRevision()) this.#goLive(watch);
    else setImmediate(() => this.#catchUp(watch));
  }

  #dispatch(events: readonly StoreEvent[], revision: number): void {
    const touched: Group[] = [];
    for (const event of events) {
      for (const group of this.#index.find(event.key)) {
        if (group.events.length === 0) touched.push(group);
        group.events.push(event);
      }
    }
    for (const group of touched) {
      const batch = group.events;
      group.events = [];
      for (const watch of group.watches) this.#deliver(watch, batch, revision);
    }
  }

  #deliver(watch: LiveWatch, batch: readonly StoreEvent[], revision: number): void {
    if (watch.nextRevision > revision) return;
    const first = batch[0];
    const events = first && first.revision >= watch.nextRevision ? batch : batch.filter((event) => event.revision >= watch.nextRevision);
    watch.nextRevision = revision + 1;
    if (events.length > 0) this.#call(watch, () => watch.listener.onEvents(events, revision));
  }

  /** A listener that throws breaks its promise; it loses its watch, and nobody else is harmed. */
  #call(watch: LiveWatch, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.end(watch, error instanceof Error ? error : new Error(String(error)));
    }
  }
}

class LiveWatch implements Watch {
  readonly range: KeyRange;
  readonly listener: WatchListener;
  /** Everything below was delivered, or is not wanted. */
  nextRevision: number;
  live = false;
  ended = false;
  progressWanted = false;
  readonly #hub: WatchHub;

  constructor(range: KeyRange, listener: WatchListener, nextRevision: number, hub: WatchHub) {
    this.range = range;
    this.listener = listener;
    this.nextRevision = nextRevision;
    this.#hub = hub;
  }

  cancel(): void {
    this.#hub.end(this, undefined);
  }

  requestProgress(): void {
    if (!this.ended) this.#hub.progress(this);
  }
}

function groupKey(range: KeyRange): string {
  return `${range.start}\0${range.end}`;
}

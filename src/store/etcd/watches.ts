import type { IWatchResponse } from 'etcd3';
import type { Clock, Timer } from '../../machinery/clock.ts';
import { ClosedError, CompactedError, StoreError } from '../errors.ts';
import type { KeyRange, StoreEvent, Watch, WatchListener, WatchOptions } from '../store.ts';
import { entryOfKeyValue } from './connection.ts';
import type { EtcdConnection, WatchStream } from './connection.ts';
import { Progress } from './progress.ts';
import type { ProgressTrust } from './progress.ts';

interface Follower {
  readonly range: KeyRange;
  readonly listener: WatchListener;
  /** Everything below was delivered or is not wanted. Undefined: from whatever is newest when etcd hears of the watch. */
  nextRevision: number | undefined;
  /** Until then the watch may still be catching up, whatever the server says of its stream. */
  caughtUpAtMs: number;
  /** The server knows the watch. */
  readonly created: PromiseWithResolvers<void>;
}

export interface WatchesOptions {
  readonly clock: Clock;
  /** Stands before every key. */
  readonly prefix: string;
  readonly trust: ProgressTrust;
}

const firstRetryMs = 100;
const lastRetryMs = 5_000;

/**
 * All watches of the store over one stream, each under an ID of our choosing. When the stream breaks, a new one takes
 * every watch up where it was; nothing is told twice or left out. A compaction that overtook a watch meanwhile ends it.
 */
export class Watches {
  readonly #connection: EtcdConnection;
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #prefixBytes: number;
  readonly #followers = new Map<number, Follower>();
  #lastId = 0;
  #stream: WatchStream | undefined;
  #opening = false;
  #retryMs = firstRetryMs;
  #retry: Timer | undefined;
  readonly #progress: Progress;
  readonly #catchUpMs: number;
  #closed = false;

  constructor(connection: EtcdConnection, { clock, prefix, trust }: WatchesOptions) {
    this.#connection = connection;
    this.#clock = clock;
    this.#prefix = prefix;
    this.#prefixBytes = Buffer.byteLength(prefix);
    this.#catchUpMs = trust.catchUpMs;
    this.#progress = new Progress({ clock, rounds: trust.rounds, send: () => this.#stream?.send({ progress_request: {} }) });
  }

  watch(range: KeyRange, listener: WatchListener, options: WatchOptions = {}): Watch {
    const id = ++this.#lastId;
    if (this.#closed) {
      let cancelled = false;
      queueMicrotask(() => {
        if (!cancelled) listener.onEnd(new ClosedError());
      });
      return { cancel: () => (cancelled = true), requestProgress: () => undefined };
    }
    const follower: Follower = { range, listener, nextRevision: options.startRevision, caughtUpAtMs: Infinity, created: Promise.withResolvers() };
    this.#followers.set(id, follower);
    if (this.#stream) this.#create(this.#stream, id, follower);
    else this.#open();
    return { cancel: () => this.#cancel(id), requestProgress: () => this.#requestProgress(id) };
  }

  /** Resolves when etcd has heard of every watch that begins with what comes after its call; a write must wait for it. */
  async begun(): Promise<void> {
    for (const follower of this.#followers.values()) if (follower.nextRevision === undefined) await follower.created.promise;
  }

  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
    this.#progress.close();
    this.#stream?.cancel();
    this.#stream = undefined;
    for (const id of this.#followers.keys()) this.#end(id, new ClosedError());
  }

  #open(): void {
    if (this.#opening || this.#closed) return;
    this.#opening = true;
    this.#retry?.cancel();
    this.#retry = undefined;
    const stream = this.#connection.watchStream({
      onResponse: (response) => this.#take(response),
      onEnd: () => this.#broken(),
    });
    stream.then((opened) => this.#opened(opened), () => this.#broken());
  }

  #opened(stream: WatchStream): void {
    // The stream may have broken before it was handed over, or nobody wants it any more.
    if (!this.#opening || this.#closed) {
      stream.cancel();
      return;
    }
    this.#opening = false;
    this.#stream = stream;
    for (const [id, follower] of this.#followers) this.#create(stream, id, follower);
    this.#progress.reopened();
  }

  #broken(): void {
    this.#stream = undefined;
    this.#opening = false;
    if (this.#closed || this.#followers.size === 0 || this.#retry) return;
    this.#retry = this.#clock.setTimer(this.#retryMs, () => this.#open());
    this.#retryMs = Math.min(lastRetryMs, this.#retryMs * 2);
  }

  #create(stream: WatchStream, id: number, follower: Follower): void {
    stream.send({
      create_request: {
        key: Buffer.from(this.#prefix + follower.range.start),
        range_end: Buffer.from(this.#prefix + follower.range.end),
        start_revision: follower.nextRevision ?? 0,
        prev_kv: true,
        watch_id: id,
      } as never,
    });
  }

  #take(response: IWatchResponse): void {
    this.#retryMs = firstRetryMs;
    const headRevision = Number(response.header.revision);
    const id = Number(response.watch_id);
    const follower = this.#followers.get(id);
    if (response.canceled) {
      const compacted = Number(response.compact_revision);
      if (follower) this.#end(id, compacted > 0 ? new CompactedError(compacted) : new StoreError(`etcd ended the watch: ${reasonOf(response)}`));
    } else if (response.created) {
      if (!follower) return;
      const behind = follower.nextRevision !== undefined && follower.nextRevision <= headRevision;
      follower.caughtUpAtMs = behind ? this.#clock.now() + this.#catchUpMs : 0;
      // What came after this answer is told from now on, even if the stream breaks before anything is.
      follower.nextRevision ??= headRevision + 1;
      follower.created.resolve();
    } else if (response.events.length > 0) {
      if (follower) this.#deliver(id, follower, response);
    } else {
      this.#progressed(id, headRevision);
    }
  }

  #deliver(id: number, follower: Follower, response: IWatchResponse): void {
    const events: StoreEvent[] = [];
    for (const { type, kv, prev_kv: previousKv } of response.events) {
      const revision = Number(kv.mod_revision);
      if (revision < (follower.nextRevision ?? 0)) continue;
      const entry = entryOfKeyValue(kv, this.#prefixBytes);
      const previous = (previousKv as typeof previousKv | null) ? entryOfKeyValue(previousKv, this.#prefixBytes) : undefined;
      // The package's types spell it otherwise than its messages do.
      const deleted = (type as string).toUpperCase() === 'DELETE';
      if (!previous && (deleted || entry.createRevision < revision)) {
        // Compaction took what was before while the event was on its way.
        this.#end(id, new CompactedError(revision));
        return;
      }
      events.push({ type: deleted ? 'delete' : 'put', key: entry.key, revision, ...(!deleted && { entry }), ...(previous && { previous }) });
    }
    const last = events.at(-1);
    if (!last) return;
    follower.nextRevision = last.revision + 1;
    this.#call(id, () => follower.listener.onEvents(events, last.revision));
  }

  /** An answer to a progress request names no watch, and speaks for all of the stream. */
  #progressed(id: number, revision: number): void {
    const single = this.#followers.get(id);
    if (single) {
      this.#tell(id, single, revision);
      return;
    }
    const reached = this.#progress.answered(revision);
    if (reached === undefined) return;
    let waitMs = 0;
    for (const [followerId, follower] of this.#followers) {
      const leftMs = follower.caughtUpAtMs - this.#clock.now();
      if (leftMs <= 0) this.#tell(followerId, follower, reached);
      else if (follower.caughtUpAtMs < Infinity) waitMs = Math.max(waitMs, leftMs);
    }
    if (waitMs > 0) this.#clock.setTimer(waitMs, () => this.#closed || this.#progress.request());
  }

  #tell(id: number, follower: Follower, revision: number): void {
    if (follower.nextRevision === undefined || revision < follower.nextRevision - 1) return;
    follower.nextRevision = revision + 1;
    this.#call(id, () => follower.listener.onProgress(revision));
  }

  #requestProgress(id: number): void {
    const follower = this.#followers.get(id);
    if (!follower) return;
    // Only a watch the server knows is spoken for in its answer.
    void follower.created.promise.then(() => {
      if (this.#followers.get(id) === follower) this.#progress.request();
    });
  }

  #cancel(id: number): void {
    const follower = this.#followers.get(id);
    if (!follower) return;
    this.#followers.delete(id);
    follower.created.resolve();
    this.#stream?.send({ cancel_request: { watch_id: id } });
  }

  #end(id: number, error: Error): void {
    const follower = this.#followers.get(id);
    if (!follower) return;
    this.#cancel(id);
    follower.listener.onEnd(error);
  }

  /** A listener that throws breaks its promise; it loses its watch, and nobody else is harmed. */
  #call(id: number, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#end(id, error instanceof Error ? error : new Error(String(error)));
    }
  }
}

function reasonOf(response: IWatchResponse): string {
  return (response as { readonly cancel_reason?: string }).cancel_reason ?? 'no reason given';
}

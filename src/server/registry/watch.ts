import type { Timer } from '../../machinery/clock.ts';
import { expired, findStatusError, internalError, type Status } from '../../machinery/status-error.ts';
import { CompactedError } from '../../store/errors.ts';
import type { StreamSink } from '../http/api-request.ts';
import type { CachedObject } from '../watch-cache/cached-object.ts';
import type { CacheEvent } from '../watch-cache/event-window.ts';
import { rangeOf, type CacheWatcher, type Snapshot, type WatchCache } from '../watch-cache/watch-cache.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import type { Outcome } from './outcome.ts';
import { parseResourceVersion, waitForRevision } from './read.ts';
import { parseListOptions, validateListOptions, type ListOptions } from './request-options.ts';
import { selectionOf, type Selection } from './selection.ts';
import { WatchEncoder } from './watch-encoder.ts';

/** Watches without a timeout of their own end after 30 to 60 minutes, so that clients spread over servers anew. */
const MIN_TIMEOUT_MS = 1_800_000;
const BOOKMARK_INTERVAL_MS = 60_000;
/** What a client that does not read may leave unsent before its watch is ended. */
const MAX_PENDING_EVENTS = 10_000;
const MAX_PENDING_BYTES = 16 * 1024 * 1024;
const INITIAL_CHUNK_BYTES = 256 * 1024;

/** WATCH: the answer is a stream of events that follows the selection until the client or the time ends it. */
export async function watchObjects(context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const options = parseListOptions(call.query);
  validateListOptions(options, true);
  const selection = selectionOf(call.type, call.info.namespace, call.info.name, options);
  const cache = await context.caches.get(call.type.storage);
  if (!context.store.local) await cache.waitForNewest();
  if (call.form.format === 'protobuf') await context.protobuf.load();
  const encoder = new WatchEncoder(context, call);
  const stream = new WatchStream(context, encoder, selection, options);
  const begin = await startOf(context, cache, stream, selection, options);
  if (begin.snapshot) await stream.prepare(begin.snapshot);
  return {
    type: 'response',
    response: { type: 'stream', status: 200, contentType: encoder.contentType, start: (sink) => stream.start(sink, cache, begin) },
  };
}

/** What the stream begins with: a state, or events that are already queued, or an error to report. */
interface Beginning {
  readonly snapshot?: Snapshot;
  /** Bookmark that says that the initial events are complete. */
  readonly endOfInitialEvents: boolean;
  readonly error?: Status;
}

async function startOf(context: RegistryContext, cache: WatchCache, stream: WatchStream, selection: Selection, options: ListOptions): Promise<Beginning> {
  const revision = options.resourceVersion === '' ? 0 : parseResourceVersion(options.resourceVersion, 'list');
  if (options.sendInitialEvents === true) {
    if (revision > 0) await waitForRevision(context, cache, revision);
    const { snapshot, cancel } = cache.watchFromNow(selection.scope, stream);
    stream.onStop(cancel);
    return { snapshot, endOfInitialEvents: options.allowWatchBookmarks };
  }
  if (revision === 0) {
    const { snapshot, cancel } = cache.watchFromNow(selection.scope, stream);
    stream.onStop(cancel);
    if (options.sendInitialEvents === false) return { endOfInitialEvents: false };
    return { snapshot, endOfInitialEvents: false };
  }
  try {
    stream.onStop(await cache.watchAfter(revision, selection.scope, stream));
    return { endOfInitialEvents: false };
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error;
    return { endOfInitialEvents: false, error: expired(`too old resource version: ${revision} (${error.compactedRevision})`).status };
  }
}

/** One client's watch: turns the cache's events into those of its selection and writes them as fast as it reads. */
class WatchStream implements CacheWatcher {
  readonly #context: RegistryContext;
  readonly #encoder: WatchEncoder;
  readonly #selection: Selection;
  readonly #options: ListOptions;
  #sink: StreamSink | undefined;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #blocked = true;
  #flushing = false;
  #stopped = false;
  #lastRevision = 0;
  /** Events that wait for their conversion. */
  #converting = 0;
  #order: Promise<void> = Promise.resolve();
  readonly #cleanups: (() => void)[] = [];

  constructor(context: RegistryContext, encoder: WatchEncoder, selection: Selection, options: ListOptions) {
    this.#context = context;
    this.#encoder = encoder;
    this.#selection = selection;
    this.#options = options;
  }

  onStop(cleanup: () => void): void {
    if (this.#stopped) cleanup();
    else this.#cleanups.push(cleanup);
  }

  /** Has a state converted that is to be shown. */
  async prepare(snapshot: Snapshot): Promise<void> {
    try {
      await this.#selection.prepare?.([...this.#inScope(snapshot)]);
      if (this.#encoder.converts) await this.#encoder.prepare([...this.#selected(snapshot)]);
    } catch (error) {
      this.#stop();
      throw error;
    }
  }

  onEvent(event: CacheEvent): void {
    if (this.#stopped) return;
    if (this.#encoder.converts) this.#later(event);
    else this.#show(event);
  }

  /** Events stay in their order, however long each takes to be converted. */
  #later(event: CacheEvent): void {
    if (++this.#converting > MAX_PENDING_EVENTS) {
      this.#giveUp();
      return;
    }
    this.#order = this.#order.then(async () => {
      try {
        if (!this.#stopped) await this.#prepareEvent(event);
        this.#converting--;
        this.#show(event);
      } catch (error) {
        this.#send(this.#encoder.status((findStatusError(error) ?? internalError(String(error))).status));
        this.#finish();
      }
    });
  }

  async #prepareEvent({ object, previous }: CacheEvent): Promise<void> {
    const objects = [object, previous].filter((one) => one !== undefined);
    await this.#selection.prepare?.(objects);
    await this.#encoder.prepare(objects.filter((one) => this.#selection.matches(one)).slice(0, 1));
  }

  #show(event: CacheEvent): void {
    if (this.#stopped) return;
    this.#lastRevision = event.revision;
    const now = event.object !== undefined && this.#selection.matches(event.object);
    const before = event.previous !== undefined && this.#selection.matches(event.previous);
    if (now && event.object) this.#send(this.#encoder.event(before ? 'MODIFIED' : 'ADDED', event, event.object, event.revision));
    else if (before && event.previous) this.#send(this.#encoder.event('DELETED', event, event.previous, event.revision));
  }

  onEnd(_error: Error): void {
    this.#finish();
  }

  start(sink: StreamSink, cache: WatchCache, begin: Beginning): void {
    this.#sink = sink;
    sink.onClose(() => this.#stop());
    if (begin.error) {
      sink.write(this.#encoder.status(begin.error));
      sink.end();
      return;
    }
    this.#startTimers(cache);
    if (begin.snapshot) this.#sendSnapshot(sink, begin.snapshot, begin.endOfInitialEvents);
    else {
      this.#blocked = false;
      this.#flush();
    }
  }

  #startTimers(cache: WatchCache): void {
    const { clock, random } = this.#context;
    const timeoutMs = this.#options.timeoutSeconds !== undefined && this.#options.timeoutSeconds > 0 ? this.#options.timeoutSeconds * 1000 : MIN_TIMEOUT_MS * (1 + random());
    let timers: Timer[] = [];
    const bookmark = (): void => {
      cache.requestProgress();
      const revision = Math.max(cache.revision, this.#lastRevision);
      const send = (): void => this.#send(this.#encoder.bookmark(revision, false));
      // It says that everything before it was sent.
      if (this.#converting > 0) this.#order = this.#order.then(send);
      else send();
    };
    const end = clock.setTimer(timeoutMs, () => {
      if (this.#options.allowWatchBookmarks) bookmark();
      this.#finish();
    });
    timers.push(end);
    if (this.#options.allowWatchBookmarks) {
      const tick = (): void => {
        bookmark();
        timers = [end, clock.setTimer(BOOKMARK_INTERVAL_MS, tick)];
      };
      timers.push(clock.setTimer(BOOKMARK_INTERVAL_MS, tick));
    }
    this.onStop(() => {
      for (const timer of timers) timer.cancel();
    });
  }

  /** Writes the state as ADDED events, no faster than the client reads; live events wait behind it. */
  #sendSnapshot(sink: StreamSink, snapshot: Snapshot, bookmark: boolean): void {
    const items = this.#selected(snapshot);
    const pump = (): void => {
      while (!this.#stopped) {
        const chunk: Uint8Array[] = [];
        let bytes = 0;
        let done = false;
        while (bytes < INITIAL_CHUNK_BYTES) {
          const next = items.next();
          if (next.done) {
            done = true;
            break;
          }
          const encoded = this.#encoder.initial(next.value);
          chunk.push(encoded);
          bytes += encoded.length;
        }
        if (done && bookmark) chunk.push(this.#encoder.bookmark(snapshot.revision, true));
        const writable = chunk.length === 0 || sink.write(chunk.length === 1 && chunk[0] ? chunk[0] : Buffer.concat(chunk));
        if (done) {
          this.#blocked = !writable;
          if (writable) this.#flush();
          else sink.onDrain(() => this.#unblock());
          return;
        }
        if (!writable) {
          sink.onDrain(pump);
          return;
        }
      }
    };
    pump();
  }

  *#selected(snapshot: Snapshot): Generator<CachedObject> {
    for (const item of this.#inScope(snapshot)) if (this.#selection.matches(item)) yield item;
  }

  *#inScope(snapshot: Snapshot): Generator<CachedObject> {
    const { scope } = this.#selection;
    if (scope === '' || scope.endsWith('/')) {
      yield* rangeOf(snapshot.tree, scope);
      return;
    }
    const item = snapshot.tree.get(scope);
    if (item) yield item;
  }

  #send(encoded: Uint8Array): void {
    if (this.#stopped) return;
    this.#pending.push(encoded);
    this.#pendingBytes += encoded.length;
    if (this.#blocked) {
      if (this.#pending.length > MAX_PENDING_EVENTS || this.#pendingBytes > MAX_PENDING_BYTES) this.#giveUp();
      return;
    }
    if (this.#flushing) return;
    this.#flushing = true;
    // Events of one batch become one write.
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#stopped || this.#blocked || !this.#sink || this.#pending.length === 0) return;
    const chunk = this.#pending.length === 1 && this.#pending[0] ? this.#pending[0] : Buffer.concat(this.#pending, this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    if (this.#sink.write(chunk)) return;
    this.#blocked = true;
    this.#sink.onDrain(() => this.#unblock());
  }

  #unblock(): void {
    this.#blocked = false;
    this.#flush();
  }

  /** The client does not read: it is better off listing anew than being served from an ever longer queue. */
  #giveUp(): void {
    const sink = this.#sink;
    this.#stop();
    sink?.abort();
  }

  /** A client that lags behind is not sent the rest at the end: it watches on from the last event that it saw. */
  #finish(): void {
    if (this.#stopped) return;
    this.#flush();
    const sink = this.#sink;
    this.#stop();
    sink?.end();
  }

  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#pending = [];
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }
}

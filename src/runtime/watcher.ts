import { abortReason } from '../client/abortable.ts';
import { asError } from '../client/as-error.ts';
import { retryAfterOf } from '../client/answer-error.ts';
import type { SelectorOptions } from '../client/request.ts';
import type { ResourceClient } from '../client/resource-client.ts';
import type { ApiObject } from '../client/resource-definition.ts';
import type { WatchEvent, WatchStream } from '../client/watch-stream.ts';
import { sleep, type Clock, type Timer } from '../machinery/clock.ts';
import { Backoff } from './backoff.ts';
import { nextWatchState, START, type WatchInput, type WatchState } from './watch-state.ts';

/**
 * Told what becomes of the watched objects, synchronously and in the server's order; must not throw.
 * `initial` calls stand between `onRestart` and `onSynced`: together they are the whole state, and what they do not
 * leave standing is gone.
 */
export interface WatcherHandler<T extends ApiObject> {
  /** The state is told anew from nothing; what was told since the last `onRestart` without `onSynced` is void. */
  onRestart(): void;
  onApplied(object: T, initial: boolean): void;
  onDeleted(object: T, initial: boolean): void;
  /** The state is complete as of this revision. */
  onSynced(resourceVersion: string): void;
  /** Everything up to this revision was told. */
  onProgress(resourceVersion: string): void;
  /** Something went wrong; the watcher goes on by itself. */
  onError(error: Error): void;
}

export interface WatcherOptions<T extends ApiObject> extends SelectorOptions {
  readonly resource: ResourceClient<T>;
  readonly clock: Clock;
  /** 0 ≤ n < 1 */
  readonly random: () => number;
  readonly handler: WatcherHandler<T>;
  /** A watch that is silent for longer is renewed; servers send bookmarks about every minute. Default 150 s. */
  readonly silenceMs?: number;
  /** Items of a page, where the state is read in pages; default 500. */
  readonly pageItems?: number;
}

const BACKOFF = { baseMs: 800, maxMs: 30_000 };
/** Servers are asked to end watches after 5 to 10 minutes, so that clients spread over them anew. */
const MIN_WATCH_SECONDS = 300;
/** A watch that ends sooner without a word counts as a failure: asking again at once would be a storm. */
const SHORT_WATCH_MS = 1000;

/** Ends a watch of which nothing is heard. */
class SilenceError extends Error {
  constructor() {
    super('the watch is silent');
    this.name = 'SilenceError';
  }
}

/** Follows one resource for as long as it is not stopped, whatever happens to the server and the way to it. */
export class Watcher<T extends ApiObject> {
  readonly #options: WatcherOptions<T>;
  readonly #abort = new AbortController();
  readonly #backoff: Backoff;
  #state: WatchState = START;
  #run: Promise<void> | undefined;
  #connection: AbortController | undefined;

  constructor(options: WatcherOptions<T>) {
    this.#options = options;
    this.#backoff = new Backoff(options.clock, options.random, BACKOFF);
  }

  get state(): WatchState {
    return this.#state;
  }

  /** Idempotent. */
  start(): void {
    this.#run ??= this.#loop();
  }

  /** Resolves when nothing is under way any more; the handler is not called after this call. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error('the watcher was stopped'));
    await this.#run;
  }

  /** The watch is suspected to be dead: opens it anew from where it is. Does nothing while the state is still coming in. */
  renew(): void {
    if (this.#state.type === 'watching') this.#connection?.abort(new SilenceError());
  }

  get #stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const input = await this.#attempt();
      if (this.#stopped) return;
      if (input === undefined) continue;
      const { state, backOff } = nextWatchState(this.#state, input);
      this.#state = state;
      const error = input.type === 'failed' ? input.error : undefined;
      if (error !== undefined) this.#options.handler.onError(asError(error));
      const waitMs = Math.max(backOff ? this.#backoff.next() : 0, (retryAfterOf(error) ?? 0) * 1000);
      if (waitMs > 0) await sleep(this.#options.clock, waitMs, this.#abort.signal).catch(() => undefined);
    }
  }

  /** One list or watch to its end; what ended it, or undefined when the next follows at once. */
  async #attempt(): Promise<WatchInput | undefined> {
    const { state } = this;
    try {
      if (state.type === 'empty' && state.listBy !== 'stream') return await this.#list(state.listBy === 'whole');
      return await this.#watch(state);
    } catch (error) {
      if (error instanceof SilenceError) return { type: 'silent' };
      return { type: 'failed', error };
    }
  }

  async #list(whole: boolean): Promise<WatchInput> {
    const { resource, handler, labelSelector, fieldSelector, pageItems = 500 } = this.#options;
    const selectors = { ...(labelSelector !== undefined && { labelSelector }), ...(fieldSelector !== undefined && { fieldSelector }) };
    handler.onRestart();
    let resourceVersion = '';
    const options = { ...selectors, signal: this.#abort.signal };
    for await (const page of whole ? one(resource.list(options)) : resource.pages({ ...options, limit: pageItems })) {
      if (this.#stopped) throw abortReason(this.#abort.signal);
      for (const item of page.items) handler.onApplied(item, true);
      resourceVersion = page.resourceVersion;
    }
    if (this.#stopped) throw abortReason(this.#abort.signal);
    handler.onSynced(resourceVersion);
    return { type: 'listed', resourceVersion };
  }

  async #watch(from: WatchState): Promise<WatchInput | undefined> {
    const { clock, handler, silenceMs = 150_000 } = this.#options;
    const connection = new AbortController();
    this.#connection = connection;
    const onStop = (): void => connection.abort(abortReason(this.#abort.signal));
    this.#abort.signal.addEventListener('abort', onStop, { once: true });
    const silence = new SilenceGuard(clock, silenceMs, () => connection.abort(new SilenceError()));
    const startedMs = clock.now();
    let heard = false;
    try {
      const stream = await this.#open(from, connection.signal);
      if (this.#stopped) return undefined;
      if (from.type === 'empty') handler.onRestart();
      this.#feed({ type: 'opened' });
      for await (const batch of stream.batches()) {
        silence.heard();
        heard = true;
        for (const event of batch) {
          if (this.#stopped) return undefined;
          const end = this.#take(event);
          if (end) return end;
        }
      }
      return !heard && clock.now() - startedMs < SHORT_WATCH_MS ? { type: 'failed', error: new Error('very short watch: it ended without an event') } : { type: 'ended' };
    } finally {
      silence.cancel();
      this.#abort.signal.removeEventListener('abort', onStop);
      connection.abort(new Error('the watch was given up'));
    }
  }

  #open(from: WatchState, signal: AbortSignal): Promise<WatchStream<T>> {
    const { resource, random, labelSelector, fieldSelector } = this.#options;
    return resource.watch({
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
      ...(from.type === 'resumable' || from.type === 'watching' ? { resourceVersion: from.resourceVersion } : { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' as const }),
      timeoutSeconds: Math.floor(MIN_WATCH_SECONDS * (1 + random())),
      signal,
    });
  }

  /** What ends the watch, if the event does. */
  #take(event: WatchEvent<T>): WatchInput | undefined {
    const { handler } = this.#options;
    const initial = this.#state.type === 'initial';
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED': {
        const input: WatchInput = { type: 'event', resourceVersion: event.object.metadata.resourceVersion ?? '' };
        if (!this.#feed(input)) return input;
        if (event.type === 'DELETED') handler.onDeleted(event.object, initial);
        else handler.onApplied(event.object, initial);
        break;
      }
      case 'BOOKMARK': {
        const input: WatchInput = { type: 'bookmark', resourceVersion: event.resourceVersion, initialEventsEnd: event.initialEventsEnd };
        if (!this.#feed(input)) return input;
        if (initial && event.initialEventsEnd) handler.onSynced(event.resourceVersion);
        else if (!initial && event.resourceVersion !== '') handler.onProgress(event.resourceVersion);
        break;
      }
      case 'ERROR':
        return { type: 'failed', error: event.error };
    }
    return undefined;
  }

  /** Takes an input that lets the watch go on; false when it does not, and the loop must take it. */
  #feed(input: WatchInput): boolean {
    const { state, restart } = nextWatchState(this.#state, input);
    if (restart) return false;
    this.#state = state;
    return true;
  }
}

/** Calls back when nothing was heard for `silenceMs`. Being heard costs no timer. */
class SilenceGuard {
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #onSilence: () => void;
  #heardMs: number;
  #timer: Timer;

  constructor(clock: Clock, silenceMs: number, onSilence: () => void) {
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#onSilence = onSilence;
    this.#heardMs = clock.now();
    this.#timer = clock.setTimer(silenceMs, () => this.#check());
  }

  heard(): void {
    this.#heardMs = this.#clock.now();
  }

  cancel(): void {
    this.#timer.cancel();
  }

  #check(): void {
    const leftMs = this.#heardMs + this.#silenceMs - this.#clock.now();
    if (leftMs <= 0) this.#onSilence();
    else this.#timer = this.#clock.setTimer(leftMs, () => this.#check());
  }
}

async function* one<P>(page: Promise<P>): AsyncGenerator<P> {
  yield await page;
}

import { asError } from '../client/as-error.ts';
import { isTransient } from '../client/answer-error.ts';
import { sleep, type Clock } from '../machinery/clock.ts';

export interface EventSenderOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** How many are written at once; default 1. With more, they may come in another order. */
  readonly concurrency?: number;
  /** More waiting than these means that events come faster than they can be written: new ones are dropped; default 1000. */
  readonly maxWaiting?: number;
  /** Told of events that could not be written. */
  readonly onError?: (error: Error) => void;
}

const MAX_WAITING = 1000;
const MAX_TRIES = 12;
const RETRY_MS = 10_000;

/** Writes events in the background, so that recording never waits for the server. */
export class EventSender {
  readonly #options: EventSenderOptions;
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #abort = new AbortController();
  readonly #runs = new Set<Promise<void>>();

  constructor(options: EventSenderOptions) {
    this.#options = options;
  }

  /** Aborted by `stop`, for calls under way. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** False when the event is dropped. */
  send(write: () => Promise<void>): boolean {
    if (this.#abort.signal.aborted || this.#waiting.length >= (this.#options.maxWaiting ?? MAX_WAITING)) return false;
    this.#waiting.push(write);
    if (this.#runs.size < (this.#options.concurrency ?? 1)) {
      const run = this.#work().finally(() => this.#runs.delete(run));
      this.#runs.add(run);
    }
    return true;
  }

  /** Resolves when everything recorded so far was written, or given up. */
  async flush(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all(this.#runs);
  }

  /** Drops what was not written yet. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error('the event recorder was stopped'));
    this.#waiting.length = 0;
    await Promise.all(this.#runs);
  }

  async #work(): Promise<void> {
    for (let write = this.#waiting.shift(); write; write = this.#waiting.shift()) await this.#try(write);
  }

  /** Never rejects: an event is not worth more than this. */
  async #try(write: () => Promise<void>): Promise<void> {
    const { clock, random, onError } = this.#options;
    for (let tries = 1; ; tries++) {
      try {
        await write();
        return;
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (!isTransient(error) || tries >= MAX_TRIES) {
          onError?.(asError(error));
          return;
        }
      }
      // The first wait is random, so that the processes that lost one server do not all come back at once.
      await sleep(clock, tries === 1 ? RETRY_MS * random() : RETRY_MS, this.#abort.signal).catch(() => undefined);
    }
  }
}

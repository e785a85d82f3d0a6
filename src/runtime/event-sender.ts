import { asError } from '../client/as-error.ts';
import { isTransient } from '../client/answer-error.ts';
import { sleep, type Clock } from '../machinery/clock.ts';

export interface EventSenderOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of events that could not be written. */
  readonly onError?: (error: Error) => void;
  /** More than these waiting means that events come faster than they can be written: new ones are dropped. Default 1000. */
  readonly maxWaiting?: number;
}

const MAX_WAITING = 1000;
const MAX_TRIES = 12;
const RETRY_MS = 10_000;

/** Writes events in the background, one after the other, so that recording never waits for the server. */
export class EventSender {
  readonly #options: EventSenderOptions;
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #abort = new AbortController();
  #run: Promise<void> | undefined;

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
    this.#run ??= this.#work();
    return true;
  }

  /** Resolves when everything recorded so far was written, or given up. */
  async flush(): Promise<void> {
    while (this.#run) await this.#run;
  }

  /** Drops what was not written yet. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error('the event recorder was stopped'));
    this.#waiting.length = 0;
    await this.#run;
  }

  async #work(): Promise<void> {
    for (let write = this.#waiting.shift(); write; write = this.#waiting.shift()) await this.#try(write);
    this.#run = undefined;
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

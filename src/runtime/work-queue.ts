import type { Clock } from '../machinery/clock.ts';
import { DelayedKeys } from './delayed-keys.ts';
import { ControllerRateLimiter, type RateLimiter } from './rate-limiter.ts';

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Default: client-go's for controllers. */
  readonly rateLimiter?: RateLimiter;
}

/** A key to be worked on, with why. `done` must follow. */
export interface WorkItem<Cause> {
  readonly key: string;
  /** The first few; what else was added to the key while it waited is counted. */
  readonly causes: readonly Cause[];
  readonly otherCauses: number;
  /** When the key was added first, on the queue's clock. */
  readonly addedMs: number;
}

interface Waiting<Cause> {
  readonly causes: Cause[];
  otherCauses: number;
  readonly addedMs: number;
}

const MAX_CAUSES = 8;

/**
 * Keys that want work, in the order in which they came; each at most once. A key that is added while it is worked on
 * comes again when that is done, so that no key is ever worked on twice at once, and none is lost.
 */
export class WorkQueue<Cause = never> {
  readonly #clock: Clock;
  readonly #rateLimiter: RateLimiter;
  readonly #delayed: DelayedKeys;
  readonly #ready = new Map<string, Waiting<Cause>>();
  /** Added while they are worked on. */
  readonly #again = new Map<string, Waiting<Cause>>();
  readonly #processing = new Set<string>();
  /** Causes of keys that wait for their time. */
  readonly #delayedCauses = new Map<string, Waiting<Cause>>();
  readonly #takers: ((item: WorkItem<Cause> | undefined) => void)[] = [];
  #closing = false;
  #drained: (() => void)[] = [];

  constructor({ clock, rateLimiter = new ControllerRateLimiter(clock) }: WorkQueueOptions) {
    this.#clock = clock;
    this.#rateLimiter = rateLimiter;
    this.#delayed = new DelayedKeys(clock, (key) => {
      const waiting = this.#delayedCauses.get(key);
      this.#delayedCauses.delete(key);
      this.#add(key, waiting);
    });
  }

  /** How many keys are ready to be taken. */
  get length(): number {
    return this.#ready.size;
  }

  /** How many wait for their time. */
  get delayedLength(): number {
    return this.#delayed.size;
  }

  get processing(): ReadonlySet<string> {
    return this.#processing;
  }

  /** Does nothing once the queue is shut down. */
  add(key: string, cause?: Cause): void {
    this.#add(key, this.#caused(cause));
  }

  /** The key comes after `delayMs`; of several times the earliest counts. */
  addAfter(key: string, delayMs: number, cause?: Cause): void {
    if (this.#closing) return;
    if (delayMs <= 0) {
      this.add(key, cause);
      return;
    }
    this.#delayedCauses.set(key, merged(this.#delayedCauses.get(key), this.#caused(cause)));
    this.#delayed.add(key, delayMs);
  }

  /** The key failed: it comes again when the rate limiter lets it. Returns the wait. */
  addRateLimited(key: string, cause?: Cause): number {
    const delayMs = this.#rateLimiter.delayMs(key);
    this.addAfter(key, delayMs, cause);
    return delayMs;
  }

  /** The key's failures so far no longer count. */
  forget(key: string): void {
    this.#rateLimiter.forget(key);
  }

  failures(key: string): number {
    return this.#rateLimiter.failures(key);
  }

  /** The next key, as soon as there is one; undefined once the queue is shut down and empty. */
  take(): Promise<WorkItem<Cause> | undefined> {
    const item = this.#next();
    if (item || this.#closing) return Promise.resolve(item);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** The key is no longer worked on. */
  done(key: string): void {
    this.#processing.delete(key);
    const again = this.#again.get(key);
    if (again) {
      this.#again.delete(key);
      this.#ready.set(key, again);
      this.#hand();
    }
    this.#checkDrained();
  }

  /** Nothing is added any more; what is ready is still handed out, what waits for its time is dropped. */
  shutDown(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#delayed.clear();
    this.#delayedCauses.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
    this.#checkDrained();
  }

  /** Drops what is ready, too, and resolves when nothing is worked on any more. */
  shutDownNow(): Promise<void> {
    this.shutDown();
    this.#ready.clear();
    this.#again.clear();
    return this.drain();
  }

  /** Resolves when everything that was ready when the queue was shut down is done. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      this.#checkDrained();
    });
  }

  #add(key: string, waiting: Waiting<Cause> | undefined): void {
    if (this.#closing) return;
    const target = this.#processing.has(key) ? this.#again : this.#ready;
    target.set(key, merged(target.get(key), waiting ?? this.#caused(undefined)));
    if (target === this.#ready) this.#hand();
  }

  #caused(cause: Cause | undefined): Waiting<Cause> {
    return { causes: cause === undefined ? [] : [cause], otherCauses: 0, addedMs: this.#clock.now() };
  }

  #hand(): void {
    const taker = this.#takers[0];
    if (!taker) return;
    const item = this.#next();
    if (!item) return;
    this.#takers.shift();
    taker(item);
  }

  #next(): WorkItem<Cause> | undefined {
    for (const [key, waiting] of this.#ready) {
      this.#ready.delete(key);
      this.#processing.add(key);
      return { key, ...waiting };
    }
    return undefined;
  }

  #checkDrained(): void {
    if (!this.#closing || this.#processing.size > 0 || this.#ready.size > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

function merged<Cause>(known: Waiting<Cause> | undefined, more: Waiting<Cause>): Waiting<Cause> {
  if (!known) return more;
  for (const cause of more.causes) {
    if (known.causes.length < MAX_CAUSES) known.causes.push(cause);
    else known.otherCauses++;
  }
  known.otherCauses += more.otherCauses;
  return known;
}

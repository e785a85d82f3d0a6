import { abortable } from '../client/abortable.ts';
import { asError } from '../client/as-error.ts';
import { objectKey, type ApiObject } from '../client/resource-definition.ts';
import type { Clock } from '../machinery/clock.ts';
import type { DeepReadonly } from '../machinery/json.ts';
import type { Cause } from './cause.ts';
import type { Informer } from './informer.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { ReconcileLog, type ReconcileOutcome, type ReconcileRecord } from './reconcile-log.ts';
import { WorkQueue, type WorkItem } from './work-queue.ts';

export interface ReconcileContext {
  /** Aborted when the controller stops. */
  readonly signal: AbortSignal;
  readonly causes: readonly Cause[];
  /** Failures of this key in a row so far. */
  readonly failures: number;
}

export interface ReconcileResult {
  /** Run the key again after this time, though nothing changed. */
  readonly requeueAfterMs?: number;
}

export interface ControllerOptions {
  /** For messages. */
  readonly name: string;
  readonly clock: Clock;
  /** How many keys may run at once; default 1. One key never runs twice at once. */
  readonly workers?: number;
  /**
   * Brings the world closer to what the object of the key says. The key alone says what: which event it was is left out
   * on purpose, since events are merged and may be missed. What it throws makes the key run again, ever later.
   */
  readonly reconcile: (key: string, context: ReconcileContext) => Promise<ReconcileResult | void>;
  readonly rateLimiter?: RateLimiter;
  /** How many runs are remembered; default 256. */
  readonly recordedRuns?: number;
  /**
   * How long a run waits for the informers to show this process' own writes; default 5 min. A run that acts on less may
   * do again what was done: prefer waiting to guessing.
   */
  readonly catchUpMs?: number;
  /** Told of each failed run. */
  readonly onError?: (error: Error, key: string) => void;
}

/** What happened to an object that a controller watches. */
export interface Change<T extends ApiObject> {
  readonly event: 'add' | 'update' | 'delete';
  readonly object: DeepReadonly<T>;
  /** Before an update. */
  readonly old?: DeepReadonly<T>;
}

/**
 * A level-based control loop: informers' changes become keys, keys are reconciled by a number of workers. A run sees
 * informers that are synced and show every write that this process made before.
 */
export class Controller {
  readonly name: string;
  readonly queue: WorkQueue<Cause>;
  readonly #options: ControllerOptions;
  readonly #informers = new Set<Pick<Informer<ApiObject>, 'waitForSync' | 'waitUntilCaughtUp' | 'isCaughtUp'>>();
  readonly #log: ReconcileLog;
  readonly #abort = new AbortController();
  readonly #removals: (() => void)[] = [];
  #run: Promise<void> | undefined;

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.#options = options;
    this.queue = new WorkQueue<Cause>({ clock: options.clock, ...(options.rateLimiter && { rateLimiter: options.rateLimiter }) });
    this.#log = new ReconcileLog(options.recordedRuns ?? 256);
  }

  /**
   * Queues keys for changes that the informer tells. `keysOf` (default: the object's own key) is called with the object,
   * and for an update with the one before, too, so that what it no longer belongs to learns of it.
   */
  watch<T extends ApiObject>(informer: Informer<T>, options: { readonly keysOf?: (object: DeepReadonly<T>) => Iterable<string>; readonly filter?: (change: Change<T>) => boolean } = {}): this {
    const { keysOf = ownKey, filter } = options;
    const { resource } = informer.resource.definition;
    const changed = (change: Change<T>): void => {
      if (filter && !filter(change)) return;
      const keys = new Set(keysOf(change.object));
      if (change.old !== undefined && change.old !== change.object) for (const key of keysOf(change.old)) keys.add(key);
      if (keys.size === 0) return;
      const cause = { type: 'object', resource, ...change } as unknown as Cause;
      for (const key of keys) this.queue.add(key, cause);
    };
    this.#informers.add(informer as unknown as Informer<ApiObject>);
    this.#removals.push(
      informer.addHandler({
        onAdd: (object) => changed({ event: 'add', object }),
        onUpdate: (object, old) => changed({ event: 'update', object, old }),
        onDelete: (object) => changed({ event: 'delete', object }),
      }),
    );
    return this;
  }

  /** Runs read this informer, too, though its changes queue nothing. */
  read<T extends ApiObject>(informer: Informer<T>): this {
    this.#informers.add(informer as unknown as Informer<ApiObject>);
    return this;
  }

  enqueue(key: string, reason = 'queued by hand'): void {
    this.queue.add(key, { type: 'manual', reason });
  }

  /** The last runs of a key, or of all; the oldest first. */
  runs(key?: string): ReconcileRecord[] {
    return this.#log.records(key);
  }

  /** Runs begin when the informers are synced; they are their owner's to start. Idempotent. */
  start(): void {
    this.#run ??= this.#work();
  }

  /** Takes no more keys, tells runs under way, and resolves when they have ended. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error(`controller ${this.name} was stopped`));
    for (const remove of this.#removals.splice(0)) remove();
    await this.queue.shutDownNow();
    await this.#run;
  }

  async #work(): Promise<void> {
    for (const informer of this.#informers) if (!(await this.#unlessStopped(informer.waitForSync()))) return;
    await Promise.all(Array.from({ length: this.#options.workers ?? 1 }, () => this.#worker()));
  }

  /** What informers wait for may never come, and whoever stops the controller may stop them after it. */
  #unlessStopped(waiting: Promise<boolean>): Promise<boolean> {
    return abortable(waiting, this.#abort.signal).catch(() => false);
  }

  async #worker(): Promise<void> {
    for (let item = await this.queue.take(); item; item = await this.queue.take()) {
      try {
        await this.#process(item);
      } finally {
        this.queue.done(item.key);
      }
    }
  }

  async #process(item: WorkItem<Cause>): Promise<void> {
    const { clock, reconcile, catchUpMs = 300_000, onError } = this.#options;
    const { key, causes, otherCauses, addedMs } = item;
    for (const informer of this.#informers) if (!informer.isCaughtUp) await this.#unlessStopped(informer.waitUntilCaughtUp(catchUpMs));
    const { signal } = this.#abort;
    if (signal.aborted) return;
    const startedMs = clock.now();
    let outcome: ReconcileOutcome;
    try {
      const result = await reconcile(key, { signal, causes, failures: this.queue.failures(key) });
      outcome = this.#succeeded(key, result ?? undefined);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = asError(thrown);
      outcome = this.#failed(key, error);
      tell(() => onError?.(error, key));
    }
    this.#log.add({ key, startedMs, durationMs: clock.now() - startedMs, queuedMs: startedMs - addedMs, causes, otherCauses, outcome });
  }

  #succeeded(key: string, result: ReconcileResult | undefined): ReconcileOutcome {
    this.queue.forget(key);
    const afterMs = result?.requeueAfterMs;
    if (afterMs === undefined) return { type: 'done' };
    this.queue.addAfter(key, afterMs, { type: 'requeue', afterMs });
    return { type: 'requeued', afterMs };
  }

  #failed(key: string, error: Error): ReconcileOutcome {
    const retryAfterMs = this.queue.addRateLimited(key, { type: 'retry', error });
    return { type: 'failed', error, failures: this.queue.failures(key), retryAfterMs };
  }
}

/** A listener that throws must not end a worker. */
function tell(call: () => void): void {
  try {
    call();
  } catch {
    // Whoever listens to failures has nobody to tell its own to.
  }
}

function ownKey(object: unknown): Iterable<string> {
  return [objectKey(object as ApiObject)];
}

import type { ApiObject } from '../../client/resource-definition.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { Cause } from '../../runtime/cause.ts';
import type { Controller } from '../../runtime/controller.ts';
import type { Informer, InformerHandler } from '../../runtime/informer.ts';

const MAX_WAIT_MS = 1000;

/**
 * Queues keys for changes of what belongs to them: the first at once, others as long after the last run as it had objects to
 * look at, in milliseconds, but a second at most. A run costs what there is, so that changes of thousands would cost their
 * square.
 */
export class PacedChanges {
  readonly #clock: Clock;
  /** One entry for each key; `forget` takes it out. */
  readonly #last = new Map<string, { readonly atMs: number; readonly objects: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A run of the key is over. */
  ran(key: string, objects: number): void {
    this.#last.set(key, { atMs: this.#clock.now(), objects });
  }

  forget(key: string): void {
    this.#last.delete(key);
  }

  /** Returns what ends it. */
  watch<T extends ApiObject>(informer: Informer<T>, controller: Controller, keysOf: (object: DeepReadonly<T>) => readonly string[]): () => void {
    controller.read(informer);
    const { resource } = informer.resource.definition;
    const add = (event: 'add' | 'update' | 'delete', object: DeepReadonly<T>, old?: DeepReadonly<T>): void => {
      const cause = { type: 'object', resource, event, object, ...(old && { old }) } as unknown as Cause;
      for (const key of new Set([...keysOf(object), ...(old ? keysOf(old) : [])])) controller.queue.addAfter(key, this.waitMs(key), cause);
    };
    const handler: InformerHandler<T> = { onAdd: (object) => add('add', object), onUpdate: (object, old) => add('update', object, old), onDelete: (object) => add('delete', object) };
    return informer.addHandler(handler);
  }

  /** How long the key should wait for its next run. */
  waitMs(key: string): number {
    const last = this.#last.get(key);
    return last ? Math.max(0, last.atMs + Math.min(last.objects, MAX_WAIT_MS) - this.#clock.now()) : 0;
  }
}

import type { Client } from '../client/client.ts';
import type { SelectorOptions } from '../client/request.ts';
import type { ApiObject, ResourceDefinition } from '../client/resource-definition.ts';
import { nextTurn } from '../machinery/next-turn.ts';
import { Informer } from './informer.ts';

export interface SharedInformersOptions {
  readonly client: Client;
  readonly random: () => number;
  /** For every informer; absent: objects are told only when they change. */
  readonly resyncMs?: number;
  readonly silenceMs?: number;
  readonly onError?: (error: Error, resource: ResourceDefinition<ApiObject>) => void;
}

export interface Selection extends SelectorOptions {
  /** Absent: all. */
  readonly namespace?: string;
}

/**
 * One informer for each resource and selection, whoever asks. Informers know of every write that the client's resources
 * make, so that `waitUntilCaughtUp` means the writes of this process.
 */
export class SharedInformers {
  readonly #options: SharedInformersOptions;
  readonly #informers = new Map<string, Informer<ApiObject>>();
  readonly #forgetClient: () => void;
  #started = false;
  #stopped = false;

  constructor(options: SharedInformersOptions) {
    this.#options = options;
    this.#forgetClient = options.client.onWrite((notice) => {
      for (const informer of this.#informers.values()) informer.noteWrite(notice);
    });
  }

  /** The informer of the selection; made when it is asked for first, and started at once after `start`. */
  get<T extends ApiObject>(definition: ResourceDefinition<T>, selection: Selection = {}): Informer<T> {
    const { group, version, resource } = definition;
    const { namespace = '', labelSelector = '', fieldSelector = '' } = selection;
    const id = JSON.stringify([group, version, resource, namespace, labelSelector, fieldSelector]);
    const known = this.#informers.get(id);
    if (known) return known as unknown as Informer<T>;
    if (this.#stopped) throw new Error('the informers were stopped');
    const informer = this.#make(definition, { namespace, labelSelector, fieldSelector });
    this.#informers.set(id, informer as unknown as Informer<ApiObject>);
    if (this.#started) informer.start();
    return informer;
  }

  /** Idempotent. */
  start(): void {
    this.#started = true;
    for (const informer of this.#informers.values()) informer.start();
  }

  /** As `start`, but requests to a server in the same process get their turn in between; also idempotent. */
  async startInTurns(): Promise<void> {
    this.#started = true;
    for (const informer of [...this.#informers.values()]) {
      await nextTurn();
      if (this.#stopped) return;
      informer.start();
    }
  }

  /** True when every informer is synced; false when `timeoutMs` passed first. */
  async waitForSync(timeoutMs?: number): Promise<boolean> {
    const synced = await Promise.all([...this.#informers.values()].map((informer) => informer.waitForSync(timeoutMs)));
    return synced.every(Boolean);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#forgetClient();
    await Promise.all([...this.#informers.values()].map((informer) => informer.stop()));
  }

  #make<T extends ApiObject>(definition: ResourceDefinition<T>, { namespace, labelSelector, fieldSelector }: Required<Selection>): Informer<T> {
    const { client, random, resyncMs, silenceMs, onError } = this.#options;
    return new Informer<T>({
      resource: client.resource(definition).inNamespace(namespace),
      clock: client.clock,
      random,
      ...(labelSelector !== '' && { labelSelector }),
      ...(fieldSelector !== '' && { fieldSelector }),
      ...(resyncMs !== undefined && { resyncMs }),
      ...(silenceMs !== undefined && { silenceMs }),
      ...(onError && { onError: (error: Error) => onError(error, definition as unknown as ResourceDefinition<ApiObject>) }),
    });
  }
}

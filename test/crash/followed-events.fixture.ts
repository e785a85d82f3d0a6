import type { ServerChild } from './server-child.fixture.ts';
import { seenIn, type ConfigMap, type Seen } from './written-objects.fixture.ts';

interface WatchEvent {
  readonly type: string;
  readonly object: ConfigMap;
}

/** A watcher as an informer is one: it goes on from the last revision it saw, whatever happened to the server since. */
export class FollowedEvents {
  /** `name@revision` of every event: nothing may be missing, nothing may come twice. */
  readonly #seen = new Map<string, Seen>();
  readonly broken: string[] = [];
  #revision: number;
  #waiting: { revision: number; resolve: () => void } | undefined;

  /** Everything after `revision` is to be seen. */
  constructor(revision: number) {
    this.#revision = revision;
  }

  /** Goes on where the last watch ended; the function that is returned ends this one. */
  follow(server: ServerChild, collection: string): () => Promise<void> {
    const { ended, cancel } = server.stream(`${collection}?watch=1&resourceVersion=${this.#revision}`, (line) => this.#take(JSON.parse(line) as WatchEvent));
    return async () => {
      cancel();
      await ended;
    };
  }

  /** Resolves when an event of at least this revision came. */
  async reached(revision: number): Promise<void> {
    if (this.#revision >= revision) return;
    await new Promise<void>((resolve) => {
      this.#waiting = { revision, resolve };
    });
  }

  has(name: string, { serial, revision }: Seen): boolean {
    return this.#seen.get(`${name}@${revision}`)?.serial === serial;
  }

  #take({ type, object }: WatchEvent): void {
    if (type !== 'ADDED' && type !== 'MODIFIED') {
      this.broken.push(`an event of type ${type}: ${JSON.stringify(object).slice(0, 300)}`);
      return;
    }
    try {
      const seen = seenIn(object);
      if (seen.revision <= this.#revision) this.broken.push(`an event of revision ${seen.revision} came after ${this.#revision}`);
      this.#revision = seen.revision;
      this.#seen.set(`${object.metadata.name}@${seen.revision}`, seen);
    } catch (error) {
      this.broken.push(String(error));
    }
    if (this.#waiting && this.#revision >= this.#waiting.revision) this.#waiting.resolve();
  }
}

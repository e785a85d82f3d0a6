import { isJsonObject, type JsonObject } from '../machinery/json.ts';
import { parseJson } from '../machinery/parse-json.ts';
import { StatusError, type Status } from '../machinery/status-error.ts';
import type { ApiObject } from './resource-definition.ts';
import { TransportError, type TransportResponse } from './transport.ts';

export type WatchEvent<T extends ApiObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  /** Everything up to the revision has been sent. `initialEventsEnd`: so has the state that the watch began with. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  /** The watch cannot go on; no event follows. */
  | { readonly type: 'ERROR'; readonly error: StatusError };

/** No object is larger than a few MiB; a line beyond this is none of ours. */
const MAX_EVENT_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The annotation of the bookmark that ends the initial events. */
export const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/**
 * A watch that is open. To be read once, by events or by batches; the server is held back while nobody reads. It ends
 * without an error when the server ends it in order, and throws TransportError when it breaks off.
 */
export class WatchStream<T extends ApiObject> implements AsyncIterable<WatchEvent<T>> {
  readonly #response: TransportResponse;
  readonly #onClose: (() => void) | undefined;

  constructor(response: TransportResponse, onClose?: () => void) {
    this.#response = response;
    this.#onClose = onClose;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEvent<T>> {
    for await (const batch of this.batches()) yield* batch;
  }

  /** Events that came together: cheaper to take than one by one. No batch is empty. */
  async *batches(): AsyncGenerator<readonly WatchEvent<T>[]> {
    const decoder = new WatchDecoder<T>();
    try {
      for await (const chunk of this.#response.body) {
        const events = decoder.decode(chunk);
        if (events.length > 0) yield events;
      }
      decoder.end();
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#response.cancel();
    this.#onClose?.();
  }
}

/** Cuts a stream of bytes into lines and reads each as an event. */
export class WatchDecoder<T extends ApiObject> {
  #rest: Uint8Array[] = [];
  #restBytes = 0;

  /** The events that are complete with this chunk. Throws TransportError for what is no watch event. */
  decode(chunk: Uint8Array): WatchEvent<T>[] {
    const events: WatchEvent<T>[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = this.#line(chunk.subarray(start, end));
      start = end + 1;
      if (line.length > 0) events.push(readEvent<T>(line));
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return events;
  }

  /** Throws TransportError when the stream ended within an event. */
  end(): void {
    if (this.#restBytes === 0) return;
    throw new TransportError('the watch ended within an event');
  }

  #line(tail: Uint8Array): Uint8Array {
    if (this.#restBytes === 0) return tail;
    this.#rest.push(tail);
    const line = Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    return line;
  }

  #keep(rest: Uint8Array): void {
    this.#rest.push(rest);
    this.#restBytes += rest.length;
    if (this.#restBytes > MAX_EVENT_BYTES) throw new TransportError(`a watch event is longer than ${MAX_EVENT_BYTES} bytes`);
  }
}

function readEvent<T extends ApiObject>(line: Uint8Array): WatchEvent<T> {
  let event: unknown;
  try {
    event = parseJson(line).value;
  } catch (error) {
    throw new TransportError('a watch event is not JSON', { cause: error });
  }
  if (!isJsonObject(event) || !isJsonObject(event['object'])) throw new TransportError('a watch event has no object');
  const { type, object } = event as { type?: unknown; object: JsonObject };
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: object as unknown as T };
    case 'BOOKMARK': {
      const { metadata } = object as unknown as ApiObject;
      return { type, resourceVersion: metadata?.resourceVersion ?? '', initialEventsEnd: metadata?.annotations?.[INITIAL_EVENTS_END] === 'true' };
    }
    case 'ERROR':
      return { type, error: new StatusError(object as unknown as Status) };
    default:
      throw new TransportError(`unknown watch event type ${JSON.stringify(type)}`);
  }
}

import { requestEntityTooLarge } from '../../machinery/status-error.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { ApiRequest, ApiResponse, StreamSink } from './api-request.ts';

export interface InProcessCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Whom the caller acts as; absent: whom its headers prove. */
  readonly user?: UserInfo;
  /** Aborting it is the client's going away. */
  readonly signal?: AbortSignal;
}

/** A request made in the server's own process: same pipeline, no socket. */
export class InProcessRequest implements ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly hasBody: boolean;
  readonly remoteAddress = '127.0.0.1';
  readonly peerCertificates: readonly Uint8Array[] = [];
  readonly presetUser?: UserInfo;
  readonly #call: InProcessCall;

  constructor(call: InProcessCall) {
    this.#call = call;
    this.method = call.method;
    const mark = call.path.indexOf('?');
    this.path = mark < 0 ? call.path : call.path.slice(0, mark);
    this.query = mark < 0 ? '' : call.path.slice(mark + 1);
    this.hasBody = call.body !== undefined && call.body.length > 0;
    if (call.user) this.presetUser = call.user;
  }

  header(name: string): string | undefined {
    const { headers } = this.#call;
    return headers && Object.hasOwn(headers, name) ? headers[name] : undefined;
  }

  headersWithPrefix(prefix: string): [string, string[]][] {
    return Object.entries(this.#call.headers ?? {}).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name, [value]] as [string, string[]]] : []));
  }

  async readBody(limitBytes: number): Promise<Uint8Array> {
    const { body = '' } = this.#call;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    if (bytes.byteLength > limitBytes) throw requestEntityTooLarge(`Request entity too large: limit is ${limitBytes}`);
    return bytes;
  }

  onClose(callback: () => void): () => void {
    const { signal } = this.#call;
    signal?.addEventListener('abort', callback, { once: true });
    return () => signal?.removeEventListener('abort', callback);
  }
}

/** The whole body of an answer. A stream is read to its end: not for watches. */
export async function readAnswer(response: ApiResponse): Promise<Buffer> {
  if (response.type === 'bytes') return Buffer.concat(response.body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of streamAnswer(response)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Pieces of a streamed answer as they come, held back when the reader does not keep up. Returning early ends the stream. */
export async function* streamAnswer(response: ApiResponse, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  if (response.type === 'bytes') {
    yield* response.body;
    return;
  }
  const pipe = new Pipe();
  const onAbort = (): void => pipe.cancel();
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) pipe.cancel();
  response.start(pipe);
  try {
    for (;;) {
      const chunk = await pipe.next();
      if (!chunk) break;
      yield chunk;
    }
    if (pipe.aborted) throw new Error('the stream broke off');
  } finally {
    signal?.removeEventListener('abort', onAbort);
    pipe.cancel();
  }
}

const HIGH_WATER_BYTES = 1024 * 1024;

class Pipe implements StreamSink {
  aborted = false;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #ended = false;
  #closed = false;
  #wake: (() => void) | undefined;
  readonly #drains: (() => void)[] = [];
  readonly #closes: (() => void)[] = [];

  write(chunk: Uint8Array): boolean {
    if (this.#closed) return true;
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    this.#notify();
    return this.#bytes < HIGH_WATER_BYTES;
  }

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  abort(): void {
    this.aborted = true;
    this.end();
  }

  onDrain(callback: () => void): void {
    this.#drains.push(callback);
  }

  onClose(callback: () => void): void {
    if (this.#closed) callback();
    else this.#closes.push(callback);
  }

  /** The next chunk; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#bytes -= chunk.byteLength;
        if (this.#bytes < HIGH_WATER_BYTES / 2) for (const drain of this.#drains.splice(0)) drain();
        return chunk;
      }
      if (this.#ended || this.#closed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The reader goes away. */
  cancel(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const close of this.#closes.splice(0)) close();
    this.#notify();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

import { abortable, abortReason } from './abortable.ts';
import { ResponseStream, type ResponseSink } from './response-stream.ts';
import { TransportError, type Transport, type TransportCall, type TransportResponse } from './transport.ts';

/** Whom a call in the same process acts as; the server takes the caller's word for it. */
export interface InProcessUser {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** A call as a server in this process takes it. */
export interface InProcessTransportCall extends TransportCall {
  readonly user?: InProcessUser;
}

/** An answer as a server in this process gives it. */
export type InProcessAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
} & ({ readonly type: 'bytes'; readonly body: readonly Uint8Array[] } | { readonly type: 'stream'; start(sink: ResponseSink): void });

export interface InProcessTransportOptions {
  readonly handle: (call: InProcessTransportCall) => Promise<InProcessAnswer>;
  /** Absent: whom the headers of the calls prove. */
  readonly user?: InProcessUser;
}

/** Calls to a server in the same process: its whole pipeline, without socket or compression. */
export class InProcessTransport implements Transport {
  readonly #options: InProcessTransportOptions;
  /** Ends what is under way when the transport is closed. */
  readonly #open = new Set<() => void>();
  #closed = false;

  constructor(options: InProcessTransportOptions) {
    this.#options = options;
  }

  async send(call: TransportCall): Promise<TransportResponse> {
    if (this.#closed) throw new TransportError('the transport is closed', { uncertain: false });
    const { handle, user } = this.#options;
    const answer = await abortable(handle(user ? { ...call, user } : call), call.signal, dropAnswer);
    if (answer.type === 'bytes') return { status: answer.status, header: (name) => headerOf(answer, name), body: chunksOf(answer.body), cancel: () => undefined };
    return this.#stream(answer, call.signal);
  }

  close(): void {
    this.#closed = true;
    for (const end of this.#open) end();
    this.#open.clear();
  }

  #stream(answer: Extract<InProcessAnswer, { type: 'stream' }>, signal: AbortSignal | undefined): TransportResponse {
    const stream = new ResponseStream();
    const end = (): void => stream.cancel(new TransportError('the transport is closed'));
    const onAbort = (): void => {
      if (signal) stream.cancel(abortReason(signal));
    };
    this.#open.add(end);
    stream.onClose(() => {
      this.#open.delete(end);
      signal?.removeEventListener('abort', onAbort);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    answer.start(stream);
    return { status: answer.status, header: (name) => headerOf(answer, name), body: stream, cancel: () => stream.cancel() };
  }
}

/** An answer that nobody waits for any more: a stream's source must learn that nobody reads. */
function dropAnswer(answer: InProcessAnswer): void {
  if (answer.type !== 'stream') return;
  const stream = new ResponseStream();
  stream.cancel();
  answer.start(stream);
}

function headerOf(answer: InProcessAnswer, name: string): string | undefined {
  if (name === 'content-type') return answer.contentType;
  const value = answer.headers && Object.hasOwn(answer.headers, name) ? answer.headers[name] : undefined;
  return typeof value === 'string' ? value : value?.join(', ');
}

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

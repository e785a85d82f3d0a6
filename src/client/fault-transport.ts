import { sleep, type Clock } from '../machinery/clock.ts';
import { abortReason } from './abortable.ts';
import { TransportError, type Transport, type TransportCall, type TransportResponse } from './transport.ts';

/** What goes wrong with a call. */
export type Fault =
  /** No connection; the server never sees the call. */
  | { readonly type: 'refuse' }
  /** The server is never asked; this is the answer. */
  | { readonly type: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The call reaches the server late. */
  | { readonly type: 'delay'; readonly ms: number }
  /** The server does what it is asked, and its answer is lost. */
  | { readonly type: 'lose-answer' }
  /** No answer ever, and no error. */
  | { readonly type: 'hang' }
  /** The body breaks off after so many bytes. */
  | { readonly type: 'break'; readonly afterBytes: number }
  /** The body goes silent after so many bytes, and stays so. */
  | { readonly type: 'stall'; readonly afterBytes: number }
  /** Each piece of the body comes late, in order. */
  | { readonly type: 'lag'; readonly ms: number };

/** Faults of an answer's body. */
type BodyFault = Extract<Fault, { type: 'break' | 'stall' | 'lag' }>;

export interface FaultTransportOptions {
  readonly inner: Transport;
  readonly clock: Clock;
  /** Asked for each call; undefined lets it through. */
  readonly fault: (call: TransportCall) => Fault | undefined;
}

/** For tests of what stands on a client: a transport that fails as told. */
export class FaultTransport implements Transport {
  readonly #options: FaultTransportOptions;
  readonly #breaks = new Set<() => void>();

  constructor(options: FaultTransportOptions) {
    this.#options = options;
  }

  async send(call: TransportCall): Promise<TransportResponse> {
    const { inner, clock, fault: faultOf } = this.#options;
    const fault = faultOf(call);
    switch (fault?.type) {
      case 'refuse':
        throw new TransportError('connect ECONNREFUSED', { uncertain: false });
      case 'answer':
        return answer(fault);
      case 'hang':
        return await never(call.signal);
      case 'delay':
        await sleep(clock, fault.ms, call.signal);
        break;
      case 'lose-answer': {
        const response = await inner.send(call);
        response.cancel();
        throw new TransportError('read ECONNRESET');
      }
      case 'break':
      case 'stall':
      case 'lag':
        return this.#breakable(await inner.send(call), call.signal, fault);
      case undefined:
        break;
    }
    return this.#breakable(await inner.send(call), call.signal, undefined);
  }

  /** Breaks every answer that is still being read. */
  breakConnections(): void {
    for (const end of this.#breaks) end();
    this.#breaks.clear();
  }

  close(): void {
    this.breakConnections();
    this.#options.inner.close();
  }

  #breakable(response: TransportResponse, signal: AbortSignal | undefined, fault: BodyFault | undefined): TransportResponse {
    let breakOff: () => void = () => undefined;
    const broken = new Promise<'broken'>((resolve) => {
      breakOff = () => resolve('broken');
    });
    this.#breaks.add(breakOff);
    const forget = (): boolean => this.#breaks.delete(breakOff);
    return { ...response, header: (name) => response.header(name), body: faulty(response, { broken, forget, signal, fault, clock: this.#options.clock }), cancel: () => response.cancel() };
  }
}

interface BodyFaults {
  readonly broken: Promise<'broken'>;
  readonly forget: () => boolean;
  readonly signal: AbortSignal | undefined;
  readonly fault: BodyFault | undefined;
  readonly clock: Clock;
}

async function* faulty(response: TransportResponse, { broken, forget, signal, fault, clock }: BodyFaults): AsyncGenerator<Uint8Array> {
  const chunks = response.body[Symbol.asyncIterator]();
  let left = fault === undefined || fault.type === 'lag' ? Number.POSITIVE_INFINITY : fault.afterBytes;
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), broken]);
      if (next === 'broken') throw new TransportError('read ECONNRESET');
      if (next.done === true) return;
      if (fault?.type === 'lag') await sleep(clock, fault.ms, signal);
      const chunk = next.value.subarray(0, left);
      left -= chunk.length;
      if (chunk.length > 0) yield chunk;
      if (left > 0) continue;
      if (fault?.type === 'break') throw new TransportError('read ECONNRESET');
      await Promise.race([never(signal), broken]);
      throw new TransportError('read ECONNRESET');
    }
  } finally {
    forget();
    response.cancel();
  }
}

/** Rejects when the signal is aborted, and settles no other way. */
function never(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(abortReason(signal));
    else signal?.addEventListener('abort', () => reject(abortReason(signal)), { once: true });
  });
}

function answer({ status, headers = {}, body = '' }: Extract<Fault, { type: 'answer' }>): TransportResponse {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (body !== '') yield Buffer.from(body);
  }
  return { status, header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined), body: chunks(), cancel: () => undefined };
}

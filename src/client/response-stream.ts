import { TransportError } from './transport.ts';

/** What an in-process server writes its answer to; the shape is the server's own. */
export interface ResponseSink {
  write(chunk: Uint8Array): boolean;
  end(): void;
  abort(): void;
  onDrain(callback: () => void): void;
  onClose(callback: () => void): void;
}

const HIGH_WATER_BYTES = 1024 * 1024;

/** Joins a writer that is called back with a reader that iterates; the writer is told to wait above a mebibyte. */
export class ResponseStream implements ResponseSink, AsyncIterable<Uint8Array> {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #state: 'open' | 'ended' | 'broken' | 'cancelled' = 'open';
  #reason: unknown;
  #wake: (() => void) | undefined;
  #drains: (() => void)[] = [];
  #closes: (() => void)[] = [];

  write(chunk: Uint8Array): boolean {
    if (this.#state !== 'open') return true;
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    this.#notify();
    return this.#bytes < HIGH_WATER_BYTES;
  }

  end(): void {
    this.#finish('ended');
  }

  abort(): void {
    this.#finish('broken');
  }

  onDrain(callback: () => void): void {
    this.#drains.push(callback);
  }

  onClose(callback: () => void): void {
    if (this.#state === 'open') this.#closes.push(callback);
    else callback();
  }

  /** The reader goes away; a read that waits throws `reason`, or ends when there is none. */
  cancel(reason?: unknown): void {
    if (this.#state === 'cancelled') return;
    const open = this.#state === 'open';
    this.#state = 'cancelled';
    this.#reason = reason;
    this.#chunks = [];
    this.#bytes = 0;
    this.#drains = [];
    if (open) this.#tellClosed();
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        if (this.#chunks.length > 0) {
          const chunks = this.#chunks;
          this.#chunks = [];
          this.#bytes = 0;
          for (const drain of this.#drains.splice(0)) drain();
          yield* chunks;
        } else if (this.#state === 'open') {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        } else break;
      }
      if (this.#state === 'broken') throw new TransportError('the answer broke off');
      if (this.#state === 'cancelled' && this.#reason !== undefined) throw this.#reason;
    } finally {
      this.cancel();
    }
  }

  #finish(state: 'ended' | 'broken'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#tellClosed();
    this.#notify();
  }

  #tellClosed(): void {
    for (const close of this.#closes.splice(0)) close();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/**
 * How a client's calls reach a server. Transports send and receive; they neither retry, nor decode, nor keep time: the
 * client above them does, so that every transport behaves the same.
 */
export interface Transport {
  /**
   * Resolves with the answer's head, whatever its status. Rejects with TransportError when no head came, and with the
   * signal's reason once the call is aborted; aborting later breaks the body off.
   */
  send(call: TransportCall): Promise<TransportResponse>;
  /** Drops idle connections and ends calls under way; idempotent. */
  close(): void;
}

export interface TransportCall {
  /** Upper case. */
  readonly method: string;
  /** With its query, beginning with a slash. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal?: AbortSignal;
}

export interface TransportResponse {
  readonly status: number;
  /** Lower-case name; several values of one name joined by `, `. */
  header(name: string): string | undefined;
  /**
   * The body as it comes, decompressed; to be read once. The sender is held back while the reader does not read.
   * Returning early (or `cancel`) drops the rest. Throws TransportError when the answer breaks off.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the body up without reading it; idempotent. */
  cancel(): void;
}

/** No answer, or not all of it: connection refused, reset, closed early, TLS refused. */
export class TransportError extends Error {
  /** True when the server may have taken the request: a write's outcome is unknown. */
  readonly uncertain: boolean;
  constructor(message: string, options: ErrorOptions & { readonly uncertain?: boolean } = {}) {
    super(message, options);
    this.name = 'TransportError';
    this.uncertain = options.uncertain ?? true;
  }
}

/** A call that took longer than its timeout. */
export class CallTimeoutError extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = 'CallTimeoutError';
  }
}

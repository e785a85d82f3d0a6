import type { UserInfo } from '../authentication/authenticator.ts';

/**
 * A request as the pipeline sees it, whatever brought it: HTTP/1.1, HTTP/2, or a call in the same process.
 * Adapters implement it; nothing behind the pipeline knows about sockets.
 */
export interface ApiRequest {
  /** Upper case. */
  readonly method: string;
  /** As sent, percent-encoding kept, without the query. */
  readonly path: string;
  /** As sent, without `?`; '' when there is none. */
  readonly query: string;
  /** Lower-case name; several values of one name joined by `, `. */
  header(name: string): string | undefined;
  /** Every header whose lower-case name begins with `prefix`, each value on its own. */
  headersWithPrefix(prefix: string): readonly (readonly [name: string, values: readonly string[]])[];
  readonly remoteAddress: string;
  /** DER certificates of the client, leaf first; empty without one. */
  readonly peerCertificates: readonly Uint8Array[];
  /** True when a body follows (also an empty one with a declared length of 0 counts as none). */
  readonly hasBody: boolean;
  /** The whole body. Throws RequestEntityTooLarge beyond `limitBytes`, Timeout when the client stalls. */
  readBody(limitBytes: number): Promise<Uint8Array>;
  /** Calls back once if the client goes away before the answer is complete; returns a function that stops listening. */
  onClose(callback: () => void): () => void;
  /** Set by callers in the same process: the identity is theirs to state. Never set from the wire. */
  readonly presetUser?: UserInfo;
}

export type ApiResponse = BytesResponse | StreamResponse;

export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface BytesResponse {
  readonly type: 'bytes';
  readonly status: number;
  /** '' leaves the header out: answers without a body. */
  readonly contentType: string;
  readonly headers?: ResponseHeaders;
  /** Sent one after the other; owned by caches, so never changed. */
  readonly body: readonly Uint8Array[];
}

/** An answer that is written as it comes: watches, large lists, logs. */
export interface StreamResponse {
  readonly type: 'stream';
  readonly status: number;
  readonly contentType: string;
  readonly headers?: ResponseHeaders;
  /** Called once the head may be sent. Everything after that goes through the sink. */
  start(sink: StreamSink): void;
}

export interface StreamSink {
  /** False when the client lags behind: wait for `onDrain` before writing more than a bounded rest. */
  write(chunk: Uint8Array): boolean;
  end(): void;
  /** Ends without completing the answer: the client sees a broken connection. */
  abort(): void;
  onDrain(callback: () => void): void;
  /** The client went away, or the answer ended; called once. */
  onClose(callback: () => void): void;
}

export function bytesResponse(status: number, contentType: string, ...body: readonly Uint8Array[]): BytesResponse {
  return { type: 'bytes', status, contentType, body };
}

export function textResponse(status: number, text: string, contentType = 'text/plain; charset=utf-8'): BytesResponse {
  return { type: 'bytes', status, contentType, body: [Buffer.from(text)] };
}

export function jsonResponse(status: number, value: unknown): BytesResponse {
  return { type: 'bytes', status, contentType: 'application/json', body: [Buffer.from(`${JSON.stringify(value)}\n`)] };
}

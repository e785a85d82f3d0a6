import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../machinery/clock.ts';
import { requestEntityTooLarge } from '../../machinery/status-error.ts';
import type { ApiRequest, ApiResponse, StreamSink } from './api-request.ts';
import { readAll } from './body-reader.ts';
import { peerCertificatesOf } from './peer-certificates.ts';
import { bodyLength, compressed, isCompressible, joinBody } from './response-body.ts';

/** Node sends a head and a string as one write, a head and bytes as two: for small answers that costs more than the copy. */
const ONE_WRITE_BYTES = 16 * 1024;

/** An HTTP/1.1 request. */
export class Http1Request implements ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #clock: Clock;

  constructor(message: IncomingMessage, response: ServerResponse, clock: Clock) {
    this.#message = message;
    this.#response = response;
    this.#clock = clock;
    this.method = message.method ?? 'GET';
    const url = message.url ?? '/';
    const mark = url.indexOf('?');
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = mark < 0 ? '' : url.slice(mark + 1);
  }

  header(name: string): string | undefined {
    const value = this.#message.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  headersWithPrefix(prefix: string): [string, string[]][] {
    // Splitting every header into its values costs more than most requests: first see whether there is any.
    if (!Object.keys(this.#message.headers).some((name) => name.startsWith(prefix))) return [];
    return Object.entries(this.#message.headersDistinct).flatMap(([name, values]) => (name.startsWith(prefix) && values ? [[name, values]] : []));
  }

  get remoteAddress(): string {
    return this.#message.socket.remoteAddress ?? '';
  }

  get peerCertificates(): readonly Uint8Array[] {
    return peerCertificatesOf(this.#message.socket as TLSSocket);
  }

  get hasBody(): boolean {
    const { headers } = this.#message;
    return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
  }

  readBody(limitBytes: number): Promise<Uint8Array> {
    if (Number(this.#message.headers['content-length'] ?? 0) > limitBytes) {
      return Promise.reject(requestEntityTooLarge(`Request entity too large: limit is ${limitBytes}`));
    }
    return readAll(this.#message, limitBytes, this.#clock);
  }

  onClose(callback: () => void): () => void {
    const listener = (): void => {
      if (!this.#response.writableFinished) callback();
    };
    this.#response.on('close', listener);
    return () => this.#response.off('close', listener);
  }
}

/** Sends an answer. Never throws: a client that went away is no error. */
export async function sendHttp1(request: Http1Request, response: ServerResponse, answer: ApiResponse): Promise<void> {
  if (response.destroyed) return;
  if (answer.type === 'bytes') {
    const encoding = request.header('accept-encoding');
    const sent = encoding !== undefined && isCompressible(request.method, answer, encoding) ? await compressed(answer, bodyLength(answer)) : answer;
    const body = joinBody(sent);
    response.writeHead(sent.status, { ...(sent.contentType !== '' && { 'content-type': sent.contentType }), 'content-length': body.byteLength, ...(sent.headers as Record<string, string>) });
    if (request.method === 'HEAD') response.end();
    else if (body.byteLength <= ONE_WRITE_BYTES) response.end(latin1(body), 'latin1');
    else response.end(body);
    return;
  }
  response.writeHead(answer.status, { 'content-type': answer.contentType, 'transfer-encoding': 'chunked', ...(answer.headers as Record<string, string>) });
  response.flushHeaders();
  answer.start(new Http1Sink(response));
}

/** A string whose characters are these bytes. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

class Http1Sink implements StreamSink {
  readonly #response: ServerResponse;
  constructor(response: ServerResponse) {
    this.#response = response;
  }
  write(chunk: Uint8Array): boolean {
    return this.#response.write(chunk);
  }
  end(): void {
    this.#response.end();
  }
  abort(): void {
    this.#response.destroy();
  }
  onDrain(callback: () => void): void {
    this.#response.once('drain', callback);
  }
  onClose(callback: () => void): void {
    this.#response.once('close', callback);
  }
}

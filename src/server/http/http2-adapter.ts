import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../machinery/clock.ts';
import { requestEntityTooLarge } from '../../machinery/status-error.ts';
import type { ApiRequest, ApiResponse, StreamSink } from './api-request.ts';
import { readAll } from './body-reader.ts';
import { peerCertificatesOf } from './peer-certificates.ts';
import { bodyLength, compressed, isCompressible, joinBody } from './response-body.ts';

/** An HTTP/2 request, on Node's stream interface: the compatibility layer costs a fifth of the throughput. */
export class Http2Request implements ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly hasBody: boolean;
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #clock: Clock;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, clock: Clock) {
    this.#stream = stream;
    this.#headers = headers;
    this.#clock = clock;
    this.method = headers[':method'] ?? 'GET';
    const url = headers[':path'] ?? '/';
    const mark = url.indexOf('?');
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = mark < 0 ? '' : url.slice(mark + 1);
    this.hasBody = (flags & constants.NGHTTP2_FLAG_END_STREAM) === 0 && headers['content-length'] !== '0';
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  headersWithPrefix(prefix: string): [string, string[]][] {
    const found: [string, string[]][] = [];
    for (const name of Object.keys(this.#headers)) {
      if (!name.startsWith(prefix)) continue;
      const value = this.#headers[name];
      if (value !== undefined) found.push([name, Array.isArray(value) ? value : value.split(', ')]);
    }
    return found;
  }

  get remoteAddress(): string {
    return this.#stream.session?.socket.remoteAddress ?? '';
  }

  get peerCertificates(): readonly Uint8Array[] {
    const socket = this.#stream.session?.socket;
    return socket ? peerCertificatesOf(socket as TLSSocket) : [];
  }

  readBody(limitBytes: number): Promise<Uint8Array> {
    if (Number(this.#headers['content-length'] ?? 0) > limitBytes) {
      return Promise.reject(requestEntityTooLarge(`Request entity too large: limit is ${limitBytes}`));
    }
    return readAll(this.#stream, limitBytes, this.#clock);
  }

  onClose(callback: () => void): () => void {
    const listener = (): void => {
      if (!this.#stream.writableFinished) callback();
    };
    this.#stream.on('close', listener);
    return () => this.#stream.off('close', listener);
  }
}

/** Sends an answer. Never throws: a client that went away is no error. */
export async function sendHttp2(request: Http2Request, stream: ServerHttp2Stream, answer: ApiResponse): Promise<void> {
  if (stream.destroyed || stream.closed) return;
  if (answer.type === 'bytes') {
    const encoding = request.header('accept-encoding');
    const sent = encoding !== undefined && isCompressible(request.method, answer, encoding) ? await compressed(answer, bodyLength(answer)) : answer;
    if (stream.destroyed) return;
    const body = joinBody(sent);
    stream.respond({ ':status': sent.status, ...(sent.contentType !== '' && { 'content-type': sent.contentType }), 'content-length': body.byteLength, ...(sent.headers as Record<string, string>) });
    stream.end(request.method === 'HEAD' ? undefined : body);
    return;
  }
  stream.respond({ ':status': answer.status, 'content-type': answer.contentType, ...(answer.headers as Record<string, string>) });
  answer.start(new Http2Sink(stream));
}

class Http2Sink implements StreamSink {
  readonly #stream: ServerHttp2Stream;
  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
  }
  write(chunk: Uint8Array): boolean {
    return this.#stream.destroyed ? false : this.#stream.write(chunk);
  }
  end(): void {
    this.#stream.end();
  }
  abort(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }
  onDrain(callback: () => void): void {
    this.#stream.once('drain', callback);
  }
  onClose(callback: () => void): void {
    this.#stream.once('close', callback);
  }
}

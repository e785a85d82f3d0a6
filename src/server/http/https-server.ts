import { createSecureServer, type Http2SecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../machinery/clock.ts';
import type { ApiRequest, ApiResponse } from './api-request.ts';
import { Http1Request, sendHttp1 } from './http1-adapter.ts';
import { Http2Request, sendHttp2 } from './http2-adapter.ts';

export interface HttpsServerOptions {
  readonly certificate: string;
  readonly key: string;
  /** CAs of client certificates, as names that the server suggests; who is let in is authentication's to say. */
  readonly clientCertificateAuthorities?: string | undefined;
  readonly clock: Clock;
  /** Never rejects: failures are answers. */
  handle(request: ApiRequest): Promise<ApiResponse>;
  /** Takes connections that ask to change the protocol (exec, attach, port-forward). Absent: they get an ordinary answer. */
  readonly upgrade?: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
}

const MAX_HEADER_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 30_000;
/** Longer than clients keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_MS = 180_000;
const MAX_CONCURRENT_STREAMS = 1000;

/** HTTP/2 and HTTP/1.1 on one TLS port. */
export class HttpsServer {
  readonly #server: Http2SecureServer;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #sockets = new Set<Socket>();
  readonly #options: HttpsServerOptions;

  constructor(options: HttpsServerOptions) {
    this.#options = options;
    this.#server = createSecureServer({
      allowHTTP1: true,
      cert: options.certificate,
      key: options.key,
      ca: options.clientCertificateAuthorities,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS, initialWindowSize: 1024 * 1024 },
      maxSessionMemory: 64,
    });
    const server = this.#server as Http2SecureServer & { headersTimeout: number; requestTimeout: number; keepAliveTimeout: number; maxHeaderSize: number };
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = 0;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.maxHeaderSize = MAX_HEADER_BYTES;
    this.#listen();
  }

  /** Resolves once the port is open; rejects with Node's error (EADDRINUSE, EACCES…) otherwise. */
  listen(port: number, host: string): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        this.#server.on('error', () => undefined);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** Takes a new serving certificate for connections from now on. */
  replaceCertificate(certificate: string, key: string): void {
    this.#server.setSecureContext({ cert: certificate, key, ca: this.#options.clientCertificateAuthorities });
  }

  /** Refuses new connections at once; those open are given `graceMs` to finish and are then cut. */
  async close(graceMs = 0): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const session of this.#sessions) session.close();
    if (graceMs > 0 && this.#sockets.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#options.clock.setTimer(graceMs, resolve);
        void closed.then(() => {
          timer.cancel();
          resolve();
        });
      });
    }
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #listen(): void {
    const { clock, handle } = this.#options;
    this.#server.on('request', (message, response) => {
      const incoming = message as unknown as IncomingMessage;
      const outgoing = response as unknown as ServerResponse;
      const request = new Http1Request(incoming, outgoing, clock);
      handle(request)
        .then((answer) => sendHttp1(request, outgoing, answer))
        .catch(() => outgoing.destroy());
    });
    // Listening for requests makes Node wrap every HTTP/2 stream as well; streams are handled as they are instead.
    this.#server.removeAllListeners('stream');
    this.#server.on('stream', (stream, headers, flags) => {
      stream.on('error', () => undefined);
      const request = new Http2Request(stream as ServerHttp2Stream, headers, flags, clock);
      handle(request)
        .then((answer) => sendHttp2(request, stream as ServerHttp2Stream, answer))
        .catch(() => stream.destroy());
    });
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.on('error', () => undefined);
    });
    this.#server.on('secureConnection', (socket) => {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#server.on('sessionError', () => undefined);
    // Without a listener Node answers a request to change the protocol as any other, so that its client gets a Status.
    const { upgrade } = this.#options;
    if (upgrade) this.#server.on('upgrade', upgrade);
  }
}

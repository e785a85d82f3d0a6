import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { abortReason } from './abortable.ts';
import type { ClientCertificate, CredentialHeaders, Credentials } from './credentials.ts';
import { TransportError, type Transport, type TransportCall, type TransportResponse } from './transport.ts';

export interface HttpsTransportOptions {
  /** `https://host:port`, with a path when the API stands under one; `http:` is taken for proxies on the same machine. */
  readonly server: string;
  /** PEM. Absent: the authorities that Node.js knows. */
  readonly certificateAuthority?: string;
  /** The name that the server's certificate must be for, when it is not the host's. */
  readonly tlsServerName?: string;
  /** Takes any certificate; for trials only. */
  readonly insecureSkipTlsVerify?: boolean;
  readonly credentials?: Credentials;
  /** Default 256: as many calls and watches may be under way at once; more wait. */
  readonly maxConnections?: number;
}

/** How long a connection must be idle before the kernel asks whether the other side still lives. */
const KEEP_ALIVE_MS = 30_000;
const SMALL_BODY_BYTES = 64 * 1024;

/**
 * HTTP/1.1 over TLS with connections kept alive. Bodies are read as fast as their reader takes them. A 401 makes the
 * credentials renew themselves, and the call is made once more if they did.
 */
export class HttpsTransport implements Transport {
  readonly #options: HttpsTransportOptions;
  readonly #base: URL;
  readonly #basePath: string;
  #agent: { readonly certificate: ClientCertificate | undefined; readonly agent: HttpAgent } | undefined;
  readonly #open = new Set<ClientRequest>();
  #closed = false;

  constructor(options: HttpsTransportOptions) {
    this.#options = options;
    this.#base = new URL(options.server);
    if (this.#base.protocol !== 'https:' && this.#base.protocol !== 'http:') throw new TypeError(`unsupported protocol ${this.#base.protocol} of server ${options.server}`);
    this.#basePath = this.#base.pathname.replace(/\/+$/, '');
  }

  async send(call: TransportCall): Promise<TransportResponse> {
    const { credentials } = this.#options;
    const headers = await credentials?.headers(call.signal);
    const response = await this.#exchange(call, headers);
    if (response.status !== 401 || !credentials?.refused(headers)) return response;
    response.cancel();
    return this.#exchange(call, await credentials.headers(call.signal));
  }

  close(): void {
    this.#closed = true;
    for (const request of this.#open) request.destroy(new TransportError('the transport is closed'));
    this.#agent?.agent.destroy();
    this.#agent = undefined;
  }

  async #exchange(call: TransportCall, credentials: CredentialHeaders | undefined): Promise<TransportResponse> {
    const certificate = await this.#options.credentials?.certificate?.(call.signal);
    if (this.#closed) throw new TransportError('the transport is closed', { uncertain: false });
    if (call.signal?.aborted) throw abortReason(call.signal);
    const { hostname, port, protocol } = this.#base;
    const body = typeof call.body === 'string' ? Buffer.from(call.body) : call.body;
    const options: RequestOptions = {
      method: call.method,
      // IPv6 addresses stand in brackets in an URL only.
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      path: this.#basePath + call.path,
      headers: { ...call.headers, 'accept-encoding': 'gzip', ...(credentials as OutgoingHttpHeaders | undefined), ...(body && { 'content-length': body.byteLength }) },
      agent: this.#agentFor(certificate),
      ...(port !== '' && { port }),
    };
    const request = protocol === 'https:' ? httpsRequest(options) : httpRequest(options);
    return this.#follow(request, call.signal, body);
  }

  #follow(request: ClientRequest, signal: AbortSignal | undefined, body: Uint8Array | undefined): Promise<TransportResponse> {
    this.#open.add(request);
    const onAbort = (): void => {
      if (signal) request.destroy(abortReason(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    request.once('close', () => {
      this.#open.delete(request);
      signal?.removeEventListener('abort', onAbort);
    });
    return new Promise((resolve, reject) => {
      let connected = false;
      request.once('socket', (socket) => {
        if (!socket.connecting) connected = true;
        else socket.once(this.#base.protocol === 'https:' ? 'secureConnect' : 'connect', () => (connected = true));
      });
      request.on('error', (error) => reject(errorOf(error, signal, connected)));
      request.once('response', (message) => resolve(responseOf(message, signal)));
      request.end(body);
    });
  }

  /** Connections prove who they come from once, so a new certificate needs new ones. */
  #agentFor(certificate: ClientCertificate | undefined): HttpAgent {
    const known = this.#agent;
    if (known && known.certificate?.cert === certificate?.cert && known.certificate?.key === certificate?.key) return known.agent;
    const { certificateAuthority, tlsServerName, insecureSkipTlsVerify, maxConnections = 256 } = this.#options;
    const common = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: maxConnections, maxFreeSockets: 32, scheduling: 'lifo' as const };
    const agent =
      this.#base.protocol === 'http:'
        ? new HttpAgent(common)
        : new HttpsAgent({
            ...common,
            minVersion: 'TLSv1.2',
            ...(certificateAuthority !== undefined && { ca: certificateAuthority }),
            ...(tlsServerName !== undefined && { servername: tlsServerName }),
            ...(insecureSkipTlsVerify === true && { rejectUnauthorized: false }),
            ...certificate,
          });
    if (known) retire(known.agent);
    this.#agent = { certificate, agent };
    return agent;
  }
}

/** Calls under way keep their connections; free ones go, and so does each as soon as it is free. */
function retire(agent: HttpAgent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

function errorOf(error: Error, signal: AbortSignal | undefined, connected: boolean): Error {
  if (signal?.aborted) return abortReason(signal);
  if (error instanceof TransportError) return error;
  return new TransportError(error.message || 'the connection failed', { cause: error, uncertain: connected });
}

function responseOf(message: IncomingMessage, signal: AbortSignal | undefined): TransportResponse {
  const cancel = (): void => {
    message.on('error', () => undefined);
    // Reading a small rest costs less than a new connection.
    if (Number(message.headers['content-length'] ?? Infinity) <= SMALL_BODY_BYTES) message.resume();
    else message.destroy();
  };
  return {
    status: message.statusCode ?? 0,
    header: (name) => {
      const value = Object.hasOwn(message.headers, name) ? message.headers[name] : undefined;
      return typeof value === 'string' ? value : value?.join(', ');
    },
    body: bodyOf(message, signal),
    cancel,
  };
}

async function* bodyOf(message: IncomingMessage, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  let source: Readable = message;
  if (message.headers['content-encoding'] === 'gzip') {
    const gunzip = createGunzip();
    message.once('error', (error) => gunzip.destroy(error));
    message.once('close', () => {
      if (!message.complete) gunzip.destroy(new Error('the connection was closed'));
    });
    source = message.pipe(gunzip);
  }
  try {
    for await (const chunk of source) yield chunk as Uint8Array;
    if (!message.complete) throw new TransportError('the answer broke off');
  } catch (error) {
    if (signal?.aborted) throw abortReason(signal);
    if (error instanceof TransportError) throw error;
    throw new TransportError(`the answer broke off: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    if (!message.complete) message.destroy();
  }
}

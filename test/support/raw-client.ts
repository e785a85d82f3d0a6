import { Agent, request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import type { TestCluster } from './cluster.ts';

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Uint8Array;
  /** `application/json` unless given. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; throws when it is none. */
  json(): Record<string, unknown>;
}

/** The administrator's requests, byte for byte as given, over HTTP/1.1 connections that are kept. */
export class RawClient {
  readonly #cluster: TestCluster;
  readonly #agent: Agent;

  constructor(cluster: TestCluster, maxSockets = 8) {
    this.#cluster = cluster;
    this.#agent = new Agent({ keepAlive: true, maxSockets, ...credentials(cluster) });
  }

  send({ method, path, body, contentType = 'application/json', headers = {} }: RawRequest): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.#cluster.url}${path}`,
        { agent: this.#agent, method: method ?? (body === undefined ? 'GET' : 'POST'), headers: { ...(body !== undefined && { 'content-type': contentType, 'content-length': String(Buffer.byteLength(body)) }), ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: () => JSON.parse(text) as Record<string, unknown> });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** The object at the path; fails unless the answer is 2xx. */
  async ok(options: RawRequest): Promise<Record<string, unknown>> {
    const answer = await this.send(options);
    if (answer.status >= 300) throw new Error(`${options.method ?? ''} ${options.path}: ${answer.status} ${answer.text}`);
    return answer.json();
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A bare TLS connection of the administrator. */
export function rawSocket(cluster: TestCluster): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(cluster.url).port), ...credentials(cluster), ALPNProtocols: ['http/1.1'] }, () => {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

export function credentials({ certificates }: TestCluster): { ca: string; cert: string; key: string } {
  return { ca: certificates.ca.cert, cert: certificates.admin.cert, key: certificates.admin.key };
}

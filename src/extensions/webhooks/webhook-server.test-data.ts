import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { VirtualClock } from '../../machinery/virtual-clock.ts';
import { issueCa, issueServer } from '../../server/certificates/cluster-certificates.ts';
import type { KeyPair } from '../../server/certificates/issue-certificate.ts';

export interface ReceivedReview {
  readonly path: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export type Answer = (review: ReceivedReview, response: ServerResponse, message: IncomingMessage) => unknown;

/**
 * A webhook of its own port and certificates on this machine. What `answer` returns is sent as JSON; undefined leaves
 * the response to it.
 */
export class WebhookServer {
  readonly received: ReceivedReview[] = [];
  readonly ca: KeyPair;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  connections = 0;
  answer: Answer;

  private constructor(answer: Answer, hosts: readonly string[]) {
    this.answer = answer;
    this.ca = issueCa('webhook-ca', Date.now());
    this.#server = createServer(issueServer(this.ca, hosts, Date.now()), (message, response) => void this.#serve(message, response));
    this.#server.on('connection', (socket: Socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(answer: Answer, hosts: readonly string[] = ['127.0.0.1', 'localhost', 'hook.hooks.svc']): Promise<WebhookServer> {
    const server = new WebhookServer(answer, hosts);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get caBundle(): string {
    return Buffer.from(this.ca.cert).toString('base64');
  }

  clientConfig(path = '/review'): object {
    return { url: `https://127.0.0.1:${this.port}${path}`, caBundle: this.caBundle };
  }

  /** Ends every connection, as a process does that dies. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const review = { path: message.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
    this.received.push(review);
    const value = await this.answer(review, response, message);
    if (value !== undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  }
}

/** An AdmissionReview that answers the one received. */
export function reviewed(review: ReceivedReview, response: object): object {
  const { apiVersion, request } = review.body as { apiVersion: string; request: { uid: string } };
  return { kind: 'AdmissionReview', apiVersion, response: { uid: request.uid, allowed: true, ...response } };
}

export function patched(review: ReceivedReview, operations: readonly object[], response: object = {}): object {
  return reviewed(review, { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64'), ...response });
}

/** Lets virtual time pass for delays shorter than `lessThanMs`, and real work go on meanwhile, until `done`: longer ones are timeouts of calls. */
export async function passDelays(clock: VirtualClock, lessThanMs: number, done: () => boolean): Promise<void> {
  while (!done()) {
    const { nextDelayMs } = clock;
    if (nextDelayMs !== undefined && nextDelayMs < lessThanMs) await clock.advance(nextDelayMs);
    else await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

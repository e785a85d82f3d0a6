import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../../../machinery/clock.ts';
import { formatDuration } from '../../../machinery/duration.ts';
import { connectionFailure } from './connection-failure.ts';
import type { ServiceResolver } from './service-resolver.ts';
import { WebhookAgent } from './webhook-agent.ts';
import { WebhookCallError } from './webhook-call-error.ts';
import type { WebhookTarget } from './webhook-target.ts';

export interface WebhookClientOptions {
  readonly clock: Clock;
  readonly resolver: ServiceResolver;
}

export interface PostOptions {
  /** From the beginning of the call to the last byte of its answer. */
  readonly timeoutMs: number;
  /** Whether the webhook is told of it in the query. Default true. */
  readonly tellsTimeout?: boolean;
  /** Longer answers are a failure. Default 10 MiB. */
  readonly maxAnswerBytes?: number;
}

export interface WebhookAnswer {
  readonly status: number;
  /** '' where the answer does not say. */
  readonly contentType: string;
  readonly body: Buffer;
}

/** As kube-apiserver keeps: configurations that are no longer called lose their connections. */
const MAX_TARGETS = 30;
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;

/** Calls webhooks over HTTPS. Connections are kept, in bounds; redirects are not followed. */
export class WebhookClient {
  readonly #options: WebhookClientOptions;
  readonly #agents = new Map<string, WebhookAgent>();

  constructor(options: WebhookClientOptions) {
    this.#options = options;
  }

  /** Rejects with WebhookCallError, in Go's words, when no whole answer came; whatever its status, an answer is one. */
  async post(target: WebhookTarget, body: Uint8Array, options: PostOptions): Promise<WebhookAnswer> {
    try {
      return await this.#exchange(target, body, options, true);
    } catch (error) {
      const text = error instanceof WebhookCallError ? error.message : connectionFailure(error as Error, target);
      throw new WebhookCallError(`Post "${target.url}${queryOf(options)}": ${text}`, { cause: error, mayPass: (error as { code?: string }).code === 'ECONNRESET' });
    }
  }

  /** Ends all connections; calls under way fail. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  async #exchange(target: WebhookTarget, body: Uint8Array, options: PostOptions, mayRepeat: boolean): Promise<WebhookAnswer> {
    const request = httpsRequest({
      agent: this.#agentOf(target),
      method: 'POST',
      host: target.host,
      port: target.port,
      path: `${target.path}${queryOf(options)}`,
      headers: {
        accept: 'application/json, */*',
        'content-type': 'application/json',
        'content-length': body.byteLength,
        'user-agent': 'kube-apiserver-admission',
        ...(await target.headers?.()),
      },
    });
    const timer = this.#options.clock.setTimer(options.timeoutMs, () => request.destroy(new WebhookCallError('context deadline exceeded')));
    try {
      return await answerTo(request, body, options.maxAnswerBytes ?? MAX_ANSWER_BYTES);
    } catch (error) {
      // The other side may close an idle connection just when it is taken up again; nothing was asked then.
      if (mayRepeat && request.reusedSocket && (error as { code?: string }).code === 'ECONNRESET') return await this.#exchange(target, body, options, false);
      throw error;
    } finally {
      timer.cancel();
    }
  }

  #agentOf(target: WebhookTarget): WebhookAgent {
    let agent = this.#agents.get(target.key);
    if (agent) this.#agents.delete(target.key);
    else agent = new WebhookAgent(target, this.#options.resolver);
    this.#agents.set(target.key, agent);
    if (this.#agents.size > MAX_TARGETS) this.#retireOldest();
    return agent;
  }

  /** Calls under way keep their connections until they are answered. */
  #retireOldest(): void {
    for (const [key, agent] of this.#agents) {
      this.#agents.delete(key);
      agent.maxFreeSockets = 0;
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
      return;
    }
  }
}

function queryOf({ timeoutMs, tellsTimeout = true }: PostOptions): string {
  return tellsTimeout ? `?timeout=${formatDuration(BigInt(Math.ceil(timeoutMs / 1000)) * 1_000_000_000n)}` : '';
}

function answerTo(request: ClientRequest, body: Uint8Array, maxBytes: number): Promise<WebhookAnswer> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (message) => {
      readBody(message, maxBytes).then(
        (bytes) => resolve({ status: message.statusCode ?? 0, contentType: message.headers['content-type'] ?? '', body: bytes }),
        (error: unknown) => {
          request.destroy();
          // A timer that ended the request knows better why its answer broke off.
          reject(request.errored ?? (error as Error));
        },
      );
    });
    request.end(body);
  });
}

async function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    const bytes = chunk as Buffer;
    length += bytes.byteLength;
    if (length > maxBytes) throw new WebhookCallError(`http: response body too large: the limit is ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  if (!message.complete) throw new WebhookCallError('unexpected EOF');
  return Buffer.concat(chunks, length);
}

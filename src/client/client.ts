import { sleep, type Clock } from '../machinery/clock.ts';
import type { JsonValue } from '../machinery/json.ts';
import type { KubeObject } from '../machinery/object-meta.ts';
import { parseJson, stringifyJson } from '../machinery/parse-json.ts';
import { answerError } from './answer-error.ts';
import { CallDeadline } from './call-deadline.ts';
import type { CallOptions, Caller, WriteListener, WriteNotice } from './caller.ts';
import { readBody } from './read-body.ts';
import type { RequestSpec } from './request.ts';
import { ResourceClient } from './resource-client.ts';
import type { ApiObject, ResourceDefinition } from './resource-definition.ts';
import { TransportError, type Transport, type TransportResponse } from './transport.ts';

export interface ClientOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Its first part is also the field manager of writes that name none. */
  readonly userAgent?: string;
  /** For each call, and for the head of a watch; default 60 s. */
  readonly timeoutMs?: number;
  /** How often a call is made again when the server says `Retry-After`; default 10. */
  readonly maxRetries?: number;
  /** The longest wait that is granted to a `Retry-After`; default 30 s. */
  readonly maxRetryAfterMs?: number;
  /** The longest answer that is taken, other than a watch; default 256 MiB. */
  readonly maxAnswerBytes?: number;
}

const JSON_TYPE = 'application/json';

/**
 * Calls to one server. Failed answers are StatusErrors; calls that the server asks to make again later (429 and 5xx with
 * Retry-After) are made again, a bounded number of times; reads are made again once when a kept connection breaks.
 */
export class Client implements Caller {
  readonly clock: Clock;
  readonly userAgent: string;
  readonly #options: ClientOptions;
  readonly #writeListeners = new Set<WriteListener>();

  constructor(options: ClientOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.userAgent = options.userAgent ?? 'steersman';
  }

  /** Typed access to a resource; a namespace is chosen with `inNamespace`. */
  resource<T extends ApiObject = KubeObject>(definition: ResourceDefinition<T>): ResourceClient<T> {
    return new ResourceClient<T>(this, definition);
  }

  /** Told of each write that this client's resources made, before the writer itself. Returns what ends it. */
  onWrite(listener: WriteListener): () => void {
    this.#writeListeners.add(listener);
    return () => this.#writeListeners.delete(listener);
  }

  /** For resource clients: a write was answered. */
  noteWrite(notice: WriteNotice): void {
    for (const listener of this.#writeListeners) listener(notice);
  }

  /** The answer's JSON. Throws StatusError, TransportError, CallTimeoutError, or the signal's reason. */
  async json(request: RequestSpec, options: CallOptions = {}): Promise<JsonValue> {
    const body = await this.bytes(request, options);
    try {
      return parseJson(body).value;
    } catch (error) {
      throw new TransportError(`the answer to ${request.method} ${request.path} is not JSON`, { cause: error });
    }
  }

  /** The answer's bytes, whatever they are: logs, documents. */
  async bytes(request: RequestSpec, options: CallOptions = {}): Promise<Uint8Array> {
    for (let attempt = 0; ; attempt++) {
      const deadline = new CallDeadline(this.clock, options.timeoutMs ?? this.#timeoutMs, options.signal);
      let outcome: Uint8Array | Retry;
      try {
        outcome = await this.#attempt(request, deadline.signal, attempt);
      } finally {
        deadline.dispose();
      }
      if (outcome instanceof Uint8Array) return outcome;
      if (outcome.afterMs > 0) await sleep(this.clock, outcome.afterMs, options.signal);
    }
  }

  /**
   * An answer that goes on: its head within the timeout, its body for as long as it lasts or until the signal is aborted.
   * Its `cancel` must be called in the end, whether or not the body was read.
   * Failed answers are thrown; `Retry-After` is obeyed as for other calls.
   */
  async open(request: RequestSpec, options: CallOptions = {}): Promise<TransportResponse> {
    for (let attempt = 0; ; attempt++) {
      const deadline = new CallDeadline(this.clock, options.timeoutMs ?? this.#timeoutMs, options.signal);
      let response: TransportResponse;
      try {
        response = await this.#send(request, deadline.signal);
        if (response.status < 400) {
          deadline.clear();
          return disposing(response, deadline);
        }
        const retry = await this.#failed(request, response, attempt);
        deadline.dispose();
        await sleep(this.clock, retry.afterMs, options.signal);
      } catch (error) {
        deadline.dispose();
        throw error;
      }
    }
  }

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? 60_000;
  }

  async #attempt(request: RequestSpec, signal: AbortSignal, attempt: number): Promise<Uint8Array | Retry> {
    try {
      const response = await this.#send(request, signal);
      if (response.status >= 400) return await this.#failed(request, response, attempt);
      return await readBody(response, this.#options.maxAnswerBytes ?? 256 * 1024 * 1024);
    } catch (error) {
      if (error instanceof TransportError && request.method === 'GET' && attempt === 0 && !signal.aborted) return { afterMs: 0 };
      throw error;
    }
  }

  /** When the call may be made again; throws what the answer says otherwise. */
  async #failed(request: RequestSpec, response: TransportResponse, attempt: number): Promise<Retry> {
    const seconds = retryAfterSeconds(response.header('retry-after'));
    const retryable = (response.status === 429 || response.status >= 500) && seconds !== undefined;
    if (retryable && attempt < (this.#options.maxRetries ?? 10)) {
      response.cancel();
      return { afterMs: Math.min(seconds * 1000, this.#options.maxRetryAfterMs ?? 30_000) };
    }
    const error = answerError(response.status, await readBody(response, 16 * 1024 * 1024), seconds);
    error.message ||= `${request.method} ${request.path} failed with ${response.status}`;
    throw error;
  }

  #send(request: RequestSpec, signal: AbortSignal): Promise<TransportResponse> {
    const { method, path, body, contentType = JSON_TYPE, accept = JSON_TYPE } = request;
    const headers: Record<string, string> = { accept, 'user-agent': this.userAgent };
    if (body === undefined) return this.#options.transport.send({ method, path, headers, signal });
    headers['content-type'] = contentType;
    return this.#options.transport.send({ method, path, headers, body: stringifyJson(body), signal });
  }
}

/** The answer listens to its caller's signal until it is cancelled. */
function disposing(response: TransportResponse, deadline: CallDeadline): TransportResponse {
  return {
    status: response.status,
    header: (name) => response.header(name),
    body: response.body,
    cancel: () => {
      deadline.dispose();
      response.cancel();
    },
  };
}

interface Retry {
  readonly afterMs: number;
}

/** Whole seconds only: dates are not what API servers send. */
function retryAfterSeconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

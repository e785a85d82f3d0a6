import { sleep, type Clock, type Timer } from '../../../machinery/clock.ts';
import { stringifyJson } from '../../../machinery/parse-json.ts';
import type { AuditEvent, AuditSink } from '../../../server/audit/audit-event.ts';
import type { LazyWebhookClient } from '../client/lazy-webhook-client.ts';
import { WebhookCallError } from '../client/webhook-call-error.ts';
import type { WebhookTarget } from '../client/webhook-target.ts';

/** `--audit-webhook-*` */
export interface AuditWebhookSettings {
  readonly target: WebhookTarget;
  /** `--audit-webhook-batch-buffer-size`: events beyond it are dropped. Default 10,000. */
  readonly bufferSize?: number;
  /** `--audit-webhook-batch-max-size`. Default 400. */
  readonly batchSize?: number;
  /** `--audit-webhook-batch-max-wait`. Default 30 seconds. */
  readonly maxWaitMs?: number;
  /** `--audit-webhook-initial-backoff`. Default 10 seconds. */
  readonly initialBackoffMs?: number;
}

type Settings = AuditWebhookSettings & { readonly client: LazyWebhookClient; readonly clock: Clock; readonly onError: (error: Error) => void };

const TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 5;
const FACTOR = 1.5;

/** Sends events in batches, in their order; a batch that cannot be delivered after five attempts is dropped and reported. */
export class AuditWebhook implements AuditSink {
  readonly #settings: Required<AuditWebhookSettings> & Settings;
  readonly #stopping = new AbortController();
  #waiting: AuditEvent[] = [];
  #timer: Timer | undefined;
  #sending: Promise<void> | undefined;
  #dropped = 0;

  constructor(settings: Settings) {
    this.#settings = { bufferSize: 10_000, batchSize: 400, maxWaitMs: 30_000, initialBackoffMs: 10_000, ...settings };
  }

  write(event: AuditEvent): void {
    const { bufferSize, batchSize, maxWaitMs, clock } = this.#settings;
    if (this.#waiting.length >= bufferSize) {
      // Reported with the first of a row, not with each.
      if (this.#dropped++ === 0) this.#settings.onError(new Error('audit webhook queue is full: events are dropped'));
      return;
    }
    this.#waiting.push(event);
    if (this.#waiting.length >= batchSize) this.#send();
    else this.#timer ??= clock.setTimer(maxWaitMs, () => this.#send());
  }

  /** Sends what waits, once. */
  async close(): Promise<void> {
    this.#stopping.abort(new Error('the server stops'));
    this.#send();
    await this.#sending;
  }

  #send(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#settings.batchSize);
      this.#dropped = 0;
      try {
        await this.#deliver(batch);
      } catch (error) {
        this.#settings.onError(new Error(`${batch.length} audit events could not be delivered: ${(error as Error).message}`, { cause: error }));
      }
    }
  }

  async #deliver(items: readonly AuditEvent[]): Promise<void> {
    const { client, target, clock, initialBackoffMs } = this.#settings;
    const body = Buffer.from(stringifyJson({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items }));
    let delayMs = initialBackoffMs;
    for (let attempt = 1; ; attempt++) {
      try {
        const { status } = await (await client.load()).post(target, body, { timeoutMs: TIMEOUT_MS });
        if (status >= 200 && status < 300) return;
        throw new WebhookCallError(`the server responded with the status code ${status}`);
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || this.#stopping.signal.aborted) throw error;
      }
      await sleep(clock, delayMs, this.#stopping.signal);
      delayMs *= FACTOR;
    }
  }
}

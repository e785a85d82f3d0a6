import type { WebhookClient, WebhookClientOptions } from './webhook-client.ts';

/** What calls webhooks, loaded with the first call. One per server. */
export class LazyWebhookClient {
  readonly #options: WebhookClientOptions;
  #client: WebhookClient | undefined;
  #closed = false;

  constructor(options: WebhookClientOptions) {
    this.#options = options;
  }

  async load(): Promise<WebhookClient> {
    if (this.#client) return this.#client;
    const { WebhookClient } = await import('./webhook-client.ts');
    this.#client ??= new WebhookClient(this.#options);
    if (this.#closed) this.#client.close();
    return this.#client;
  }

  /** Ends all connections. */
  close(): void {
    this.#closed = true;
    this.#client?.close();
  }
}

import { sleep, type Clock } from '../../../machinery/clock.ts';
import { isJsonObject, type JsonObject } from '../../../machinery/json.ts';
import { stringifyJson } from '../../../machinery/parse-json.ts';
import { answerJson } from './answer-json.ts';
import type { LazyWebhookClient } from './lazy-webhook-client.ts';
import { WebhookCallError } from './webhook-call-error.ts';
import type { WebhookTarget } from './webhook-target.ts';

export interface ReviewCallerOptions {
  readonly client: LazyWebhookClient;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
}

export interface ReviewEndpoint {
  readonly target: WebhookTarget;
  /** `authentication.k8s.io/v1` */
  readonly apiVersion: string;
  /** `TokenReview` */
  readonly kind: string;
  readonly timeoutMs: number;
}

const FIRST_DELAY_MS = 500;
const FACTOR = 1.5;
const JITTER = 0.2;
const MAX_ATTEMPTS = 5;

/** Has reviews answered by webhooks; what may pass is tried five times, ever later. */
export class ReviewCaller {
  readonly #options: ReviewCallerOptions;

  constructor(options: ReviewCallerOptions) {
    this.#options = options;
  }

  /** The review's status. Rejects with WebhookCallError when none could be had. */
  async status(endpoint: ReviewEndpoint, spec: object): Promise<JsonObject> {
    const { clock, random } = this.#options;
    let delayMs = FIRST_DELAY_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(endpoint, spec);
      } catch (error) {
        if (!(error instanceof WebhookCallError) || !error.mayPass || attempt === MAX_ATTEMPTS) throw error;
      }
      await sleep(clock, delayMs * (1 + JITTER * random()));
      delayMs *= FACTOR;
    }
  }

  async #once({ target, apiVersion, kind, timeoutMs }: ReviewEndpoint, spec: object): Promise<JsonObject> {
    const body = Buffer.from(stringifyJson({ kind, apiVersion, metadata: {}, spec }));
    const answer = await (await this.#options.client.load()).post(target, body, { timeoutMs, tellsTimeout: false });
    const review = answerJson(answer, { kind, versions: [apiVersion] });
    return isJsonObject(review['status']) ? review['status'] : {};
  }
}

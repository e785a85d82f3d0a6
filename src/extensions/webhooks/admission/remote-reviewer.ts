import type { DeepReadonly } from '../../../machinery/json.ts';
import { stringifyJson } from '../../../machinery/parse-json.ts';
import { answerJson } from '../client/answer-json.ts';
import type { LazyWebhookClient } from '../client/lazy-webhook-client.ts';
import { WebhookCallError } from '../client/webhook-call-error.ts';
import { webhookTarget, type ClientConfig, type WebhookTarget } from '../client/webhook-target.ts';
import type { AdmissionReviewer, AdmissionReviewRequest, ReviewOutcome } from './admission-review.ts';
import { readReviewResponse, type ReviewVersion } from './review-response.ts';

export interface RemoteReviewerOptions {
  readonly client: LazyWebhookClient;
  readonly clientConfig: DeepReadonly<ClientConfig>;
  /** The first one that is known here is spoken. */
  readonly reviewVersions: readonly string[];
  readonly mutating: boolean;
}

const VERSIONS: readonly ReviewVersion[] = ['v1', 'v1beta1'];

/** A webhook that is reached over HTTPS with AdmissionReviews. */
export class RemoteReviewer implements AdmissionReviewer {
  readonly #options: RemoteReviewerOptions;
  #target: WebhookTarget | undefined;

  constructor(options: RemoteReviewerOptions) {
    this.#options = options;
  }

  async review(request: AdmissionReviewRequest, { timeoutMs }: { readonly timeoutMs: number }): Promise<ReviewOutcome> {
    const { client, reviewVersions, mutating } = this.#options;
    const version = reviewVersions.flatMap((name) => VERSIONS.find((known) => known === name) ?? [])[0];
    if (version === undefined) throw new WebhookCallError('could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)');
    const target = this.#targetOf();
    const apiVersion = `admission.k8s.io/${version}`;
    const body = Buffer.from(stringifyJson({ kind: 'AdmissionReview', apiVersion, request }));
    const answer = await failedCall(async () => answerJson(await (await client.load()).post(target, body, { timeoutMs }), { kind: 'AdmissionReview', versions: VERSIONS.map((known) => `admission.k8s.io/${known}`) }));
    return readReviewResponse(answer, { uid: request.uid, version, mutating });
  }

  #targetOf(): WebhookTarget {
    try {
      return (this.#target ??= webhookTarget(this.#options.clientConfig));
    } catch (error) {
      if (error instanceof WebhookCallError) throw new WebhookCallError(`could not get REST client: ${error.message}`, { cause: error });
      throw error;
    }
  }
}

async function failedCall<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WebhookCallError) throw new WebhookCallError(`failed to call webhook: ${error.message}`, { cause: error });
    throw error;
  }
}

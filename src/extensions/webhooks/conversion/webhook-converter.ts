import type { DeepReadonly, JsonValue } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { stringifyJson } from '../../../machinery/parse-json.ts';
import type { CustomResourceDefinition } from '../../custom-resources/custom-resource-definition.ts';
import type { ObjectConverter } from '../../custom-resources/custom-resource-kind.ts';
import { answerJson } from '../client/answer-json.ts';
import type { LazyWebhookClient } from '../client/lazy-webhook-client.ts';
import { WebhookCallError } from '../client/webhook-call-error.ts';
import { webhookTarget, type ClientConfig } from '../client/webhook-target.ts';
import { conversionError } from './conversion-error.ts';
import { CONVERSION_REVIEW, conversionReview, convertedObjects } from './conversion-review.ts';
import { acceptConverted } from './converted-object.ts';

const TIMEOUT_MS = 30_000;
/** Whole lists are converted in one call. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

type Definition = DeepReadonly<CustomResourceDefinition>;

/** Converts by the webhooks that definitions name. */
export function webhookConverter({ client, uuid }: { readonly client: LazyWebhookClient; readonly uuid: () => string }): ObjectConverter {
  return {
    handles: ({ spec }) => spec.conversion?.strategy === 'Webhook',
    async convert(definition, objects, toApiVersion) {
      const [first] = objects;
      if (!first) return [];
      const converted = await call(definition, objects, toApiVersion);
      if (converted.length !== objects.length) throw conversionError(first, `returned ${converted.length} objects, expected ${objects.length}`);
      return objects.map((object, index) => acceptConverted(object, converted[index], { toApiVersion, index, several: objects.length > 1 }));
    },
  };

  async function call({ spec }: Definition, objects: readonly KubeObject[], desiredAPIVersion: string): Promise<readonly JsonValue[]> {
    const { clientConfig = {}, conversionReviewVersions } = spec.conversion?.webhook ?? {};
    const uid = uuid();
    try {
      const target = webhookTarget(clientConfig as ClientConfig);
      const review = conversionReview(conversionReviewVersions ?? [], { uid, desiredAPIVersion, objects });
      const answer = await (await client.load()).post(target, Buffer.from(stringifyJson(review)), { timeoutMs: TIMEOUT_MS, maxAnswerBytes: MAX_ANSWER_BYTES });
      return convertedObjects(answerJson(answer, CONVERSION_REVIEW), { apiVersion: review.apiVersion, uid });
    } catch (error) {
      const [first] = objects;
      if (error instanceof WebhookCallError && first) throw conversionError(first, `failed: ${error.message}`, error);
      throw error;
    }
  }
}

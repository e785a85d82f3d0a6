import { isJsonObject, type JsonObject, type JsonValue } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { WebhookCallError } from '../client/webhook-call-error.ts';

const GROUP = 'apiextensions.k8s.io';
export const CONVERSION_REVIEW = { kind: 'ConversionReview', versions: [`${GROUP}/v1`, `${GROUP}/v1beta1`] } as const;

/** A ConversionReview in the first of the versions given that is known here. Throws WebhookCallError when none is. */
export function conversionReview(versions: readonly string[], request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly KubeObject[] }): { readonly kind: string; readonly apiVersion: string; readonly request: unknown } {
  for (const version of versions) {
    const apiVersion = CONVERSION_REVIEW.versions.find((known) => known === `${GROUP}/${version}`);
    if (apiVersion !== undefined) return { kind: 'ConversionReview', apiVersion, request };
  }
  throw new WebhookCallError(`no supported conversion review versions`);
}

/** The objects of an answer, as they are. Throws WebhookCallError for an answer that is not one of success. */
export function convertedObjects(review: JsonObject, sent: { readonly apiVersion: string; readonly uid: string }): readonly JsonValue[] {
  const { apiVersion = '', kind = '' } = review as { readonly apiVersion?: string; readonly kind?: string };
  const isV1 = sent.apiVersion === `${GROUP}/v1`;
  if (isV1 && (apiVersion !== sent.apiVersion || kind !== 'ConversionReview')) {
    throw new WebhookCallError(`expected webhook response of ${sent.apiVersion}, Kind=ConversionReview, got ${apiVersion === '' ? '/' : apiVersion}, Kind=${kind}`);
  }
  const { response } = review;
  if (!isJsonObject(response)) throw new WebhookCallError('no response provided');
  const uid = typeof response['uid'] === 'string' ? response['uid'] : '';
  if (isV1 && uid !== sent.uid) throw new WebhookCallError(`expected response.uid=${JSON.stringify(sent.uid)}, got ${JSON.stringify(uid)}`);
  const result = isJsonObject(response['result']) ? response['result'] : {};
  if (result['status'] !== 'Success') {
    const { message, status } = result;
    if (typeof message === 'string' && message !== '') throw new WebhookCallError(message);
    throw new WebhookCallError(`response.result.status was '${typeof status === 'string' ? status : ''}', not 'Success'`);
  }
  const objects = response['convertedObjects'];
  return Array.isArray(objects) ? objects : [];
}

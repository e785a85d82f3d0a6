import type { AdmissionReviewRequest } from '../../extensions/webhooks/admission/admission-review.ts';
import { CONVERSION_REVIEW } from '../../extensions/webhooks/conversion/conversion-review.ts';
import type { ConvertFunction } from '../../extensions/webhooks/conversion/function-converter.ts';
import type { AdmissionFunction } from '../../extensions/webhooks/functions/admission-function.ts';
import { FunctionReviewer } from '../../extensions/webhooks/functions/function-reviewer.ts';
import type { Clock } from '../../machinery/clock.ts';
import { jsonPatchBetween } from '../../machinery/json-patch-diff.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { stringifyJson } from '../../machinery/parse-json.ts';
import type { TokenAuthenticator } from '../../server/authentication/authenticator.ts';
import { userInfoJson } from '../../server/authentication/token-review.ts';
import { reviewSubjectAccess } from '../../server/authorization/access-review.ts';
import type { Authorizer } from '../../server/authorization/authorizer.ts';

/** Answers one kind of review. What it throws is answered as a failure of the webhook. */
export type ReviewHandler = (review: JsonObject) => Promise<unknown>;

/** A review that is not one. */
export class ReviewError extends Error {
  override readonly name = 'ReviewError';
}

const ADMISSION_VERSIONS: readonly unknown[] = ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'];
const LONGEST_MS = 30_000;

export function admissionHandler(admission: AdmissionFunction, clock: Clock): ReviewHandler {
  const reviewer = new FunctionReviewer(admission, clock);
  const timeoutMs = (admission.rules.timeoutSeconds ?? LONGEST_MS / 1000) * 1000;
  return async ({ apiVersion, kind, request }) => {
    if (kind !== 'AdmissionReview' || !ADMISSION_VERSIONS.includes(apiVersion) || !isJsonObject(request)) throw new ReviewError('expected an AdmissionReview of admission.k8s.io/v1');
    const asked = request as unknown as AdmissionReviewRequest;
    const { allowed, result, change, warnings = [], auditAnnotations = {} } = await reviewer.review(asked, { timeoutMs });
    const operations = change?.type === 'object' && asked.object ? jsonPatchBetween(asked.object as unknown as JsonObject, change.object) : [];
    const response = {
      uid: asked.uid,
      allowed,
      ...(result && { status: result }),
      ...(operations.length > 0 && { patchType: 'JSONPatch', patch: Buffer.from(stringifyJson(operations)).toString('base64') }),
      ...(warnings.length > 0 && { warnings }),
      ...(Object.keys(auditAnnotations).length > 0 && { auditAnnotations }),
    };
    return { kind, apiVersion, response };
  };
}

export function conversionHandler(convert: ConvertFunction): ReviewHandler {
  return async ({ apiVersion, kind, request }) => {
    if (kind !== CONVERSION_REVIEW.kind || !CONVERSION_REVIEW.versions.some((known) => known === apiVersion) || !isJsonObject(request)) throw new ReviewError('expected a ConversionReview of apiextensions.k8s.io/v1');
    const { uid, desiredAPIVersion, objects = [] } = request as unknown as { readonly uid: string; readonly desiredAPIVersion: string; readonly objects?: readonly KubeObject[] };
    try {
      const convertedObjects = await Promise.all(objects.map(async (object) => ({ ...(await convert(object, desiredAPIVersion)), apiVersion: desiredAPIVersion })));
      return { kind, apiVersion, response: { uid, result: { status: 'Success' }, convertedObjects } };
    } catch (error) {
      return { kind, apiVersion, response: { uid, result: { status: 'Failure', message: (error as Error).message }, convertedObjects: [] } };
    }
  };
}

export function tokenHandler(tokens: TokenAuthenticator): ReviewHandler {
  return async ({ apiVersion, kind, spec }) => {
    if (kind !== 'TokenReview' || !isJsonObject(spec)) throw new ReviewError('expected a TokenReview of authentication.k8s.io/v1');
    const { token = '', audiences = [] } = spec as { readonly token?: string; readonly audiences?: readonly string[] };
    const result = await tokens.authenticateToken(token, audiences);
    const status =
      result.type === 'authenticated'
        ? { authenticated: true, user: userInfoJson(result.user), ...(result.audiences && { audiences: result.audiences }) }
        : { authenticated: false, ...(result.type === 'rejected' && { error: result.reason }) };
    return { kind, apiVersion, metadata: {}, status };
  };
}

export function accessHandler(authorizer: Authorizer): ReviewHandler {
  return async (review) => {
    const { apiVersion, kind, spec } = review;
    if (kind !== 'SubjectAccessReview' || !isJsonObject(spec)) throw new ReviewError('expected a SubjectAccessReview of authorization.k8s.io/v1');
    const { group: groups, ...rest } = spec;
    const { status } = await reviewSubjectAccess({ apiVersion, kind, metadata: {}, spec: groups === undefined ? spec : { ...rest, groups } } as KubeObject, authorizer);
    return { kind, apiVersion, metadata: {}, status };
  };
}

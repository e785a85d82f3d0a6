import type { JsonPatchOperation } from '../../../machinery/json-patch.ts';
import type { DeepReadonly, JsonObject } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Status } from '../../../machinery/status-error.ts';
import type { RequestJson } from '../../policies/policy-input.ts';

/** `request` of an AdmissionReview (admission.k8s.io/v1). Objects are shared and must not be changed. */
export interface AdmissionReviewRequest extends RequestJson {
  readonly uid: string;
  /** In the version that the webhook asked for. Null for deletions. */
  readonly object: DeepReadonly<KubeObject> | null;
  /** Null for creations and connections. */
  readonly oldObject: DeepReadonly<KubeObject> | null;
}

/** What a reviewer made of a request. */
export interface ReviewOutcome {
  readonly allowed: boolean;
  /** Why not. */
  readonly result?: Partial<Status>;
  /** How the object is to be changed: as operations, or as it is to be. Only from reviewers that mutate. */
  readonly change?: { readonly type: 'patch'; readonly operations: readonly JsonPatchOperation[] } | { readonly type: 'object'; readonly object: JsonObject };
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** Decides about writes, wherever it runs: behind HTTPS, or as a function in this process. */
export interface AdmissionReviewer {
  /** Rejects with WebhookCallError when no decision could be had; `timeoutMs` bounds how long that may take. */
  review(request: AdmissionReviewRequest, options: { readonly timeoutMs: number }): Promise<ReviewOutcome>;
}

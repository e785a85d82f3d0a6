import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { HookRules } from '../admission/admission-hook.ts';
import type { AdmissionReviewRequest } from '../admission/admission-review.ts';

/** What a function may say of a write beside its verdict. */
export interface Review extends Omit<AdmissionReviewRequest, 'object' | 'oldObject'> {
  /** Shown to the client as a Warning header. */
  warn(text: string): void;
  /** Recorded with the audit event, under the function's name. */
  annotate(key: string, value: string): void;
}

/** `object` is the function's own: changed in place or returned anew. Refuses by throwing a Denial. */
export type MutateFunction = (object: KubeObject, review: Review, oldObject: KubeObject | null) => KubeObject | void | Promise<KubeObject | void>;
/** `object` is null for deletions. Refuses by throwing a Denial. */
export type ValidateFunction = (object: KubeObject | null, review: Review, oldObject: KubeObject | null) => void | Promise<void>;

/** Admission by a function: what a webhook of a configuration says of itself, and what it does. */
export type AdmissionFunction = { readonly rules: HookRules; readonly configuration: string } & (
  | { readonly type: 'mutating'; readonly decide: MutateFunction }
  | { readonly type: 'validating'; readonly decide: ValidateFunction }
);

/** A refusal by a function, with what the client is told. */
export class Denial extends Error {
  override readonly name = 'Denial';
  readonly code: number;
  readonly reason: string;

  /** Default: 403, Forbidden. */
  constructor(message: string, { code = 403, reason = 'Forbidden' }: { readonly code?: number; readonly reason?: string } = {}) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

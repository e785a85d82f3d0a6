import type { Clock } from '../../../machinery/clock.ts';
import { cloneJson, type DeepReadonly, type JsonObject } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { parseJson, stringifyJson } from '../../../machinery/parse-json.ts';
import type { StatusReason } from '../../../machinery/status-error.ts';
import type { AdmissionReviewer, AdmissionReviewRequest, ReviewOutcome } from '../admission/admission-review.ts';
import { WebhookCallError } from '../client/webhook-call-error.ts';
import { Denial, type AdmissionFunction, type Review } from './admission-function.ts';

/** A function in this process as a reviewer: what it throws, but for denials, is a failure as that of a webhook is. */
export class FunctionReviewer implements AdmissionReviewer {
  readonly #function: AdmissionFunction;
  readonly #clock: Clock;

  constructor(admissionFunction: AdmissionFunction, clock: Clock) {
    this.#function = admissionFunction;
    this.#clock = clock;
  }

  async review(request: AdmissionReviewRequest, { timeoutMs }: { readonly timeoutMs: number }): Promise<ReviewOutcome> {
    const warnings: string[] = [];
    const auditAnnotations: Record<string, string> = {};
    const review: Review = { ...request, warn: (text) => warnings.push(text), annotate: (key, value) => (auditAnnotations[key] = value) };
    try {
      const change = await within(this.#clock, timeoutMs, async () => this.#decide(request, review));
      return { allowed: true, warnings, auditAnnotations, ...(change && { change }) };
    } catch (error) {
      if (error instanceof Denial) return { allowed: false, warnings, auditAnnotations, result: { message: error.message, reason: error.reason as StatusReason, code: error.code } };
      if (error instanceof WebhookCallError) throw error;
      throw new WebhookCallError(`failed to call webhook: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  async #decide(request: AdmissionReviewRequest, review: Review): Promise<ReviewOutcome['change']> {
    const object = ownCopy(request.object);
    const oldObject = ownCopy(request.oldObject);
    if (this.#function.type === 'validating') {
      await this.#function.decide(object, review, oldObject);
      return undefined;
    }
    if (object === null) return undefined;
    const changed = (await this.#function.decide(object, review, oldObject)) ?? object;
    // Whatever a function left in an object, what goes on is JSON.
    return { type: 'object', object: parseJson(stringifyJson(changed)).value as JsonObject };
  }
}

function ownCopy(object: DeepReadonly<KubeObject> | null): KubeObject | null {
  return object === null ? null : (cloneJson(object) as KubeObject);
}

function within<T>(clock: Clock, timeoutMs: number, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(timeoutMs, () => reject(new WebhookCallError('failed to call webhook: context deadline exceeded')));
    run().then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

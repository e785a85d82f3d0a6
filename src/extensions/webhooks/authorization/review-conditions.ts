import type { AccessReviewConditions } from '../../../cel/access-review-conditions.ts';
import type { AccessReviewSpec } from './access-review-spec.ts';

export type ConditionsVerdict = 'match' | 'no match' | { readonly error: string };

/** Match conditions of an authorization webhook; what runs expressions is loaded with the first question, if there are any. */
export class LazyReviewConditions {
  readonly #expressions: readonly string[];
  #conditions: AccessReviewConditions | undefined;

  constructor(expressions: readonly string[]) {
    this.#expressions = expressions;
  }

  evaluate(spec: AccessReviewSpec): ConditionsVerdict | Promise<ConditionsVerdict> {
    if (this.#expressions.length === 0) return 'match';
    return this.#conditions?.evaluate(spec) ?? this.#loadAndEvaluate(spec);
  }

  async #loadAndEvaluate(spec: AccessReviewSpec): Promise<ConditionsVerdict> {
    const { AccessReviewConditions: Conditions } = await import('../../../cel/access-review-conditions.ts');
    this.#conditions ??= new Conditions(this.#expressions);
    return this.#conditions.evaluate(spec);
  }
}

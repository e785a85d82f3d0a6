import type { MatchCondition } from '../../api/admissionregistration/shapes.ts';
import type { CompiledExpression, PolicyCompiler, PolicyInput } from '../../cel/policy-environment.ts';
import { RETURNS } from '../../cel/policy-environment.ts';
import { LIMITS } from '../../cel/kubernetes-environment.ts';
import type { PolicyRun } from '../../cel/policy-run.ts';
import type { CelValue } from '../../cel/values.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

/** An expression's outcome; `exhausted` when the budget of the run is spent and nothing else can be evaluated in it. */
export type ExpressionOutcome = { readonly value: CelValue; readonly error?: never } | { readonly error: string; readonly exhausted: boolean };

/** Evaluates what may not have compiled: stored policies can be older than the rules that judge them today. */
export function evaluate(run: PolicyRun, { program, error }: CompiledExpression): ExpressionOutcome {
  if (program === undefined) return { error: `compilation error: ${error}`, exhausted: false };
  const outcome = run.evaluate(program);
  return outcome.error === undefined ? { value: outcome.value } : { error: outcome.error, exhausted: outcome.outOfBudget };
}

export type ConditionsVerdict = 'match' | 'no match' | { readonly error: string };

/** The match conditions of a policy. They see no variables and no namespace, and have a budget of their own. */
export class CompiledConditions {
  readonly #compiler: PolicyCompiler;
  readonly #conditions: readonly CompiledExpression[];

  /** `compiler`: before variables are added to it. */
  constructor(conditions: readonly DeepReadonly<MatchCondition>[], compiler: PolicyCompiler) {
    this.#compiler = compiler;
    this.#conditions = conditions.map(({ expression = '' }) => compiler.compile(expression.trim(), { returns: RETURNS.matchCondition }));
  }

  /** One that does not hold decides, whatever others fail with. */
  evaluate(input: PolicyInput): ConditionsVerdict {
    if (this.#conditions.length === 0) return 'match';
    const run = this.#compiler.start({ ...input, namespaceObject: null }, LIMITS.matchConditions);
    const errors = new Set<string>();
    for (const condition of this.#conditions) {
      const outcome = evaluate(run, condition);
      if (outcome.error === undefined) {
        if (outcome.value !== true) return 'no match';
        continue;
      }
      if (outcome.exhausted) return { error: outcome.error };
      errors.add(outcome.error);
    }
    if (errors.size === 0) return 'match';
    const [only = ''] = errors;
    return { error: errors.size === 1 ? only : `[${[...errors].join(', ')}]` };
  }
}

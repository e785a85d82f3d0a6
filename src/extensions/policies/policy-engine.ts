import type { ExpressionChecker } from '../../api/admissionregistration/expressions.ts';
import type { MatchCondition, MutatingPolicy, ValidatingPolicy } from '../../api/admissionregistration/shapes.ts';
import { PolicyEnvironments, type PolicyInput } from '../../cel/policy-environment.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { celExpressionChecker } from './expression-checker.ts';
import { CompiledConditions } from './compiled-conditions.ts';
import { CompiledMutatingPolicy } from './compiled-mutating-policy.ts';
import { CompiledValidatingPolicy } from './compiled-validating-policy.ts';
import { policyInput, type Match, type RequestFacts } from './policy-input.ts';

/**
 * What knows the expression language, in one place: the rest of policies is loaded with the server, this with the first
 * policy (see LazyPolicyEngine). Immutable but for the environments that it makes when they are first needed.
 */
export class PolicyEngine {
  readonly #environments = new PolicyEnvironments();
  readonly checker: ExpressionChecker = celExpressionChecker(this.#environments);

  compileValidating(policy: DeepReadonly<ValidatingPolicy>): CompiledValidatingPolicy {
    return new CompiledValidatingPolicy(policy, this.#environments);
  }

  compileMutating(policy: DeepReadonly<MutatingPolicy>): CompiledMutatingPolicy {
    return new CompiledMutatingPolicy(policy, this.#environments);
  }

  /** Of a webhook. */
  compileConditions(conditions: readonly DeepReadonly<MatchCondition>[]): CompiledConditions {
    return new CompiledConditions(conditions, this.#environments.compiler({ params: false }));
  }

  input(facts: RequestFacts, match: Match, object: unknown): PolicyInput {
    return policyInput(facts, match, object);
  }
}

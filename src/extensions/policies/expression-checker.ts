import type { ExpressionChecker, ExpressionExpectation, ExpressionSession } from '../../api/admissionregistration/expressions.ts';
import { RETURNS, type PolicyCompiler, type PolicyEnvironments } from '../../cel/policy-environment.ts';
import type { CelType } from '../../cel/types.ts';

const EXPECTED: Readonly<Record<ExpressionExpectation['type'], readonly CelType[]>> = {
  bool: RETURNS.validation,
  string: RETURNS.message,
  'string or null': RETURNS.auditAnnotation,
  Object: RETURNS.applyConfiguration,
  'list(JSONPatch)': RETURNS.jsonPatch,
};
const MUTATIONS: ReadonlySet<ExpressionExpectation['type']> = new Set<ExpressionExpectation['type']>(['Object', 'list(JSONPatch)']);

/** Judges the expressions of policies and match conditions as they are written, by compiling them. */
export function celExpressionChecker(environments: PolicyEnvironments): ExpressionChecker {
  return { begin: ({ hasParams }) => new CompilingSession(environments, hasParams) };
}

/** Mutations have types of their own: their compiler is made when the first one is met, with the variables so far. */
class CompilingSession implements ExpressionSession {
  readonly #environments: PolicyEnvironments;
  readonly #hasParams: boolean;
  readonly #variables: (readonly [name: string, expression: string])[] = [];
  readonly #plain: PolicyCompiler;
  #mutating: PolicyCompiler | undefined;

  constructor(environments: PolicyEnvironments, hasParams: boolean) {
    this.#environments = environments;
    this.#hasParams = hasParams;
    this.#plain = environments.compiler({ params: hasParams });
  }

  addVariable(name: string, expression: string): string | undefined {
    this.#variables.push([name, expression]);
    this.#mutating?.addVariable(name, expression);
    return this.#plain.addVariable(name, expression);
  }

  check(expression: string, expectation: ExpressionExpectation): string | undefined {
    const compiler = MUTATIONS.has(expectation.type) ? this.#mutations() : this.#plain;
    return compiler.compile(expression, { returns: EXPECTED[expectation.type], authorizer: expectation.hasAuthorizer }).error;
  }

  #mutations(): PolicyCompiler {
    if (this.#mutating) return this.#mutating;
    const compiler = this.#environments.compiler({ params: this.#hasParams, mutations: true });
    for (const [name, expression] of this.#variables) compiler.addVariable(name, expression);
    this.#mutating = compiler;
    return compiler;
  }
}

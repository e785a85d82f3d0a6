/**
 * The seam to the expression language, which the API layer does not know: whoever puts a server together hands a
 * checker in. Texts are those of findings: `compilation failed: …`, `must evaluate to bool but got int`.
 */
export interface ExpressionChecker {
  /** Begins with the expressions of one webhook or policy. */
  begin(scope: ExpressionScope): ExpressionSession;
}

export interface ExpressionScope {
  /** `params` is declared: the policy has a paramKind. */
  readonly hasParams: boolean;
}

export interface ExpressionSession {
  /** Declares `variables.name` for what follows; the text of a finding when the expression does not compile. */
  addVariable(name: string, expression: string): string | undefined;
  /** The text of a finding, undefined when the expression compiles to the type it must have. */
  check(expression: string, expectation: ExpressionExpectation): string | undefined;
}

export interface ExpressionExpectation {
  readonly type: 'bool' | 'string' | 'string or null' | 'Object' | 'list(JSONPatch)';
  /** `authorizer` is declared: everywhere but in messages. */
  readonly hasAuthorizer: boolean;
}

/** Lets every expression through: what it means is then found out when it runs. */
export const UNCHECKED_EXPRESSIONS: ExpressionChecker = {
  begin: () => ({ addVariable: () => undefined, check: () => undefined }),
};

/**
 * The seam to the expression language, which the API layer does not know: whoever puts a server together hands a
 * checker in.
 */
export interface SelectorChecker {
  /** What is wrong with a selector of devices, as the text of a finding; undefined when it compiles to a bool. */
  check(expression: string): SelectorProblem | undefined;
}

export interface SelectorProblem {
  /** `forbidden`: well formed, but too costly. */
  readonly type: 'invalid' | 'forbidden';
  readonly text: string;
}

/** Lets every selector through: what it means is then found out when devices are chosen. */
export const UNCHECKED_SELECTORS: SelectorChecker = { check: () => undefined };

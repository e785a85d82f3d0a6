import { EvaluationCancelled, EvaluationError } from './evaluation-error.ts';
import { LIMITS } from './kubernetes-environment.ts';
import type { Program } from './program.ts';
import type { CelType } from './types.ts';
import type { ValueSchema } from './values.ts';
import type { CelValue } from './values.ts';

const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

export type PolicyOutcome =
  | { readonly value: CelValue; readonly error?: never }
  /** `error`: as messages show it. `outOfBudget`: nothing more can be evaluated in this run. */
  | { readonly value?: never; readonly error: string; readonly outOfBudget: boolean };

/** A variable of a policy: evaluated when it is first read, and then kept, a failure too. */
class LazyVariable {
  private outcome: { readonly value: CelValue } | { readonly error: string } | undefined;
  private readonly evaluate: () => { readonly value: CelValue } | { readonly error: string };
  constructor(evaluate: () => { readonly value: CelValue } | { readonly error: string }) {
    this.evaluate = evaluate;
  }
  read(): CelValue {
    this.outcome ??= this.evaluate();
    if ('value' in this.outcome) return this.outcome.value;
    // oxlint-disable-next-line typescript/only-throw-error
    throw new EvaluationError(this.outcome.error);
  }
}

/** How expressions read `variables.<name>` of this type. */
export function lazyField(type: CelType): ValueSchema {
  return { type, identity: false, read: (cell) => (cell as LazyVariable).read() };
}

/** The evaluation of a policy's expressions for one request, within one budget. */
export class PolicyRun {
  private readonly activation: Readonly<Record<string, unknown>>;
  private budget: number;

  constructor(activation: Readonly<Record<string, unknown>>, variables: ReadonlyMap<string, Program>, budget: number) {
    const cells: Record<string, LazyVariable> = {};
    this.activation = { ...activation, variables: cells };
    this.budget = budget;
    for (const [name, program] of variables) {
      Object.defineProperty(cells, name, { value: new LazyVariable(() => this.evaluateVariable(name, program)), enumerable: true });
    }
  }

  /** What is left of the budget; below zero when it ran out. */
  get remainingBudget(): number {
    return this.budget;
  }

  evaluate(program: Program): PolicyOutcome {
    if (this.budget <= 0) return { error: OUT_OF_BUDGET, outOfBudget: true };
    const result = program.evaluate(this.activation, { costLimit: LIMITS.perCall });
    this.budget -= result.cost;
    if (this.budget < 0) return { error: OUT_OF_BUDGET, outOfBudget: true };
    if (result.error === undefined) return { value: result.value };
    return { error: `expression '${program.expression}' resulted in error: ${result.error}`, outOfBudget: false };
  }

  private evaluateVariable(name: string, program: Program): { readonly value: CelValue } | { readonly error: string } {
    const result = program.evaluate(this.activation, { costLimit: LIMITS.perCall });
    this.budget -= result.cost;
    // oxlint-disable-next-line typescript/only-throw-error
    if (this.budget < 0) throw new EvaluationCancelled('operation cancelled: actual cost limit exceeded');
    if (result.error === undefined) return { value: result.value };
    return { error: `composited variable ${JSON.stringify(name)} fails to evaluate: ${result.error}` };
  }
}

export interface MatchCondition {
  readonly name: string;
  readonly program: Program;
}

/** `errors`: of conditions that could not be decided; the failure policy says what becomes of the request. */
export type MatchVerdict = { readonly matches: boolean; readonly failedCondition?: string; readonly errors?: never } | { readonly errors: readonly string[]; readonly matches?: never };

/**
 * Whether all conditions hold. One that does not decides, whatever others fail with. Start the run with the budget
 * `LIMITS.matchConditions`.
 */
export function evaluateMatchConditions(run: PolicyRun, conditions: readonly MatchCondition[]): MatchVerdict {
  const errors: string[] = [];
  for (const { name, program } of conditions) {
    const outcome = run.evaluate(program);
    if (outcome.error !== undefined) errors.push(outcome.error);
    else if (outcome.value !== true) return { matches: false, failedCondition: name };
  }
  return errors.length > 0 ? { errors } : { matches: true };
}

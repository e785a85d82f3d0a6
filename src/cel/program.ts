import type { Expr } from './ast.ts';
import { estimateCost } from './cost-estimate.ts';
import type { CallEstimator, CostRange, SizeEstimator } from './cost-estimate.ts';
import { EvaluationCancelled, EvaluationError } from './evaluation-error.ts';
import { Frame } from './frame.ts';
import { uses } from './planner.ts';
import type { Plan } from './planner.ts';
import { DYN } from './types.ts';
import type { CelType } from './types.ts';
import type { CelValue } from './values.ts';

/** JSON for variables with a schema, values for others. Variables that are left out fail when they are read. */
export type Activation = Readonly<Record<string, unknown>>;

export interface EvaluateOptions {
  /** In the engine's units of work. Default: none. */
  readonly costLimit?: number;
  /** Asked now and then: true ends the evaluation, as when its time is over. */
  readonly isOver?: () => boolean;
}

export type Evaluation =
  | { readonly value: CelValue; readonly cost: number; readonly error?: never; readonly cancelled?: never }
  /** `cancelled`: the limit was reached, or the time was over, and nothing is known of the outcome. */
  | { readonly error: string; readonly cancelled: boolean; readonly cost: number; readonly value?: never };

/** A compiled expression: immutable, and free to be evaluated any number of times. */
export class Program {
  readonly expression: string;
  /** What it evaluates to; dyn if it was not checked. */
  readonly type: CelType;
  private readonly expr: Expr;
  private readonly compiled: Plan;
  private readonly names: readonly (readonly [string, number])[];
  private readonly callEstimators: readonly CallEstimator[];

  constructor(expression: string, expr: Expr, compiled: Plan, callEstimators: readonly CallEstimator[]) {
    this.expression = expression;
    this.type = expr.type ?? DYN;
    this.expr = expr;
    this.compiled = compiled;
    this.names = [...compiled.variables];
    this.callEstimators = callEstimators;
  }

  /** Never throws for what the expression or its data do. */
  evaluate(activation: Activation, options: EvaluateOptions = {}): Evaluation {
    const slots: unknown[] = [];
    for (let i = 0; i < this.compiled.slots; i++) slots.push(undefined);
    for (const [name, slot] of this.names) slots[slot] = Object.hasOwn(activation, name) ? activation[name] : undefined;
    const frame = new Frame(slots, options.costLimit ?? Infinity, options.isOver);
    try {
      const value = this.compiled.evaluate(frame);
      if (frame.cost > frame.limit) frame.checkLimit();
      return { value, cost: frame.cost };
    } catch (error) {
      return failure(error, frame.cost);
    }
  }

  /** Whether the expression reads a variable. */
  uses(variable: string): boolean {
    return uses(this.expr, variable);
  }

  /** Bounds of what evaluating may cost, for values as large as `sizes` allows. */
  estimateCost(sizes: SizeEstimator): CostRange {
    return estimateCost(this.expr, sizes, this.callEstimators);
  }
}

function failure(error: unknown, cost: number): Evaluation {
  if (error instanceof EvaluationError) return { error: error.message, cancelled: false, cost };
  if (error instanceof EvaluationCancelled) return { error: error.message, cancelled: true, cost };
  // The JavaScript engine's own bounds: a string too long, a stack too deep.
  if (error instanceof RangeError) return { error: `operation cancelled: ${error.message}`, cancelled: true, cost };
  throw error;
}

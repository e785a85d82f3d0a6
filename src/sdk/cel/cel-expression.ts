import type { CostRange, SizeEstimator } from '../../cel/cost-estimate.ts';
import { LIMITS } from '../../cel/kubernetes-environment.ts';
import { EvaluationError } from '../../cel/evaluation-error.ts';
import type { EvaluateOptions, Program } from '../../cel/program.ts';
import { toJson } from '../../cel/to-json.ts';
import { typeName } from '../../cel/types.ts';

/** An expression that failed for its data, or was ended because it cost too much. */
export class CelEvaluationError extends Error {
  /** In the engine's units of work, up to where it ended. */
  readonly cost: number;
  /** The limit was reached, or the time was over: nothing is known of what the outcome would have been. */
  readonly cancelled: boolean;

  constructor(message: string, { cost, cancelled, cause }: { readonly cost: number; readonly cancelled: boolean; readonly cause?: unknown }) {
    super(message, { cause });
    this.name = 'CelEvaluationError';
    this.cost = cost;
    this.cancelled = cancelled;
  }
}

export interface CelResult {
  /**
   * As JSON: ints are numbers, or bigints beyond 2^53; bytes are base64, timestamps and durations text. What came from the
   * data is shared with it, not copied.
   */
  readonly value: unknown;
  /** In the engine's units of work. */
  readonly cost: number;
}

/** A compiled expression: immutable, and free to be evaluated any number of times, also at once. */
export class CelExpression {
  readonly #program: Program;
  readonly #sizes: SizeEstimator;

  constructor(program: Program, sizes: SizeEstimator) {
    this.#program = program;
    this.#sizes = sizes;
  }

  get text(): string {
    return this.#program.expression;
  }

  /** Of what it evaluates to: `bool`, `list(string)`, `dyn`. */
  get type(): string {
    return typeName(this.#program.type);
  }

  /** Whether it reads this variable. */
  uses(variable: string): boolean {
    return this.#program.uses(variable);
  }

  /** What evaluating may cost, for data as large as the variables' schemas allow (`maxItems`, `maxLength`, `maxProperties`). */
  estimateCost(): CostRange {
    return this.#program.estimateCost(this.#sizes);
  }

  /** Evaluates for this data. Throws CelEvaluationError; a variable that is left out fails when it is read. */
  evaluate(data: Readonly<Record<string, unknown>>, options: EvaluateOptions = {}): CelResult {
    const result = this.#program.evaluate(data, { costLimit: DEFAULT_COST_LIMIT, ...options });
    if (result.error !== undefined) throw new CelEvaluationError(result.error, result);
    try {
      return { value: toJson(result.value), cost: result.cost };
    } catch (error) {
      if (error instanceof EvaluationError) throw new CelEvaluationError(error.message, { cost: result.cost, cancelled: false, cause: error });
      throw error;
    }
  }

  /** Evaluates an expression of type bool, without the way over JSON. Throws as `evaluate`, and when the answer is no bool. */
  test(data: Readonly<Record<string, unknown>>, options: EvaluateOptions = {}): boolean {
    const result = this.#program.evaluate(data, { costLimit: DEFAULT_COST_LIMIT, ...options });
    if (result.error !== undefined) throw new CelEvaluationError(result.error, result);
    if (typeof result.value !== 'boolean') throw new CelEvaluationError(`the expression is of type ${this.type}, not bool`, { cost: result.cost, cancelled: false });
    return result.value;
  }
}

/** Kubernetes' limit for one expression. */
const DEFAULT_COST_LIMIT = LIMITS.perCall;

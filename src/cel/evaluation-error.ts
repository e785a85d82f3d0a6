/**
 * What an expression answers with instead of a value. Thrown, and caught by the operators that can do without the side
 * that failed (`&&`, `||`, `all`, `exists`); it carries no stack, since failing is an ordinary outcome here.
 */
export class EvaluationError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
  toString(): string {
    return this.message;
  }
}

/** The budget is spent, or the caller's time: nothing inside the expression may catch it. */
export class EvaluationCancelled {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Never returns; a function, so that it can stand where a value is expected. */
export function fail(message: string): never {
  // oxlint-disable-next-line typescript/only-throw-error
  throw new EvaluationError(message);
}

export const noSuchKey = (key: unknown): never => fail(`no such key: ${String(key)}`);
export const noSuchOverload = (): never => fail('no such overload');
export const indexOutOfBounds = (index: unknown): never => fail(`index out of bounds: ${String(index)}`);

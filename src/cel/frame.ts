import { EvaluationCancelled } from './evaluation-error.ts';
import type { CelValue } from './values.ts';

/** What one evaluation works with: its variables by slot, and what it has cost so far. */
export class Frame {
  readonly slots: unknown[];
  cost = 0;
  readonly limit: number;
  constructor(slots: unknown[], limit: number) {
    this.slots = slots;
    this.limit = limit;
  }
}

/** A piece of a compiled expression. */
export type Evaluate = (frame: Frame) => CelValue;

/** Adds to the cost, and ends the evaluation when its limit is passed. Called wherever work can repeat or grow. */
export function charge(frame: Frame, cost: number): void {
  if ((frame.cost += cost) > frame.limit) costLimitExceeded();
}

export function costLimitExceeded(): never {
  // oxlint-disable-next-line typescript/only-throw-error
  throw new EvaluationCancelled('operation cancelled: actual cost limit exceeded');
}

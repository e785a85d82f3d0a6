import { EvaluationCancelled } from './evaluation-error.ts';
import type { CelValue } from './values.ts';

/** What one evaluation works with: its variables by slot, and what it has cost so far. */
export class Frame {
  readonly slots: unknown[];
  cost = 0;
  /** Beyond this the evaluation ends, or is looked at before it goes on. */
  limit: number;
  readonly #costLimit: number;
  readonly #isOver: (() => boolean) | undefined;

  constructor(slots: unknown[], costLimit: number, isOver?: () => boolean) {
    this.slots = slots;
    this.#costLimit = costLimit;
    this.#isOver = isOver;
    this.limit = isOver === undefined ? costLimit : Math.min(costLimit, LOOK_EVERY_COST);
  }

  /** Called when the limit is passed: returns if the evaluation may go on. */
  checkLimit(): void {
    if (this.cost > this.#costLimit) costLimitExceeded();
    // oxlint-disable-next-line typescript/only-throw-error
    if (this.#isOver?.() === true) throw new EvaluationCancelled('operation interrupted');
    this.limit = Math.min(this.#costLimit, this.cost + LOOK_EVERY_COST);
  }
}

/** Some tenths of a millisecond. */
const LOOK_EVERY_COST = 10_000;

/** A piece of a compiled expression. */
export type Evaluate = (frame: Frame) => CelValue;

/** Adds to the cost, and ends the evaluation when its limit is passed. Called wherever work can repeat or grow. */
export function charge(frame: Frame, cost: number): void {
  if ((frame.cost += cost) > frame.limit) frame.checkLimit();
}

function costLimitExceeded(): never {
  // oxlint-disable-next-line typescript/only-throw-error
  throw new EvaluationCancelled('operation cancelled: actual cost limit exceeded');
}

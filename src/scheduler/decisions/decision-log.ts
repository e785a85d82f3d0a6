import type { Clock } from '../../machinery/clock.ts';
import type { CycleOutcome } from '../cycle/schedule-pod.ts';
import { FitError } from '../framework/fit-error.ts';
import type { QueuedPod } from '../queue/queued-pod.ts';
import { partsOf, renderDecision, type Decision, type RecordedCycle } from './decision.ts';

/** Verdicts and scores of so many nodes are kept, over all pods; and so many pods at most. */
const MAX_NODES = 200_000;
const MAX_PODS = 1000;

/** The last scheduling cycle of each pod that was scheduled lately. Keeping one costs nothing but memory. */
export class DecisionLog {
  readonly #clock: Clock;
  readonly #nodeCount: () => number;
  readonly #cycles = new Map<string, RecordedCycle>();
  #nodes = 0;

  constructor(clock: Clock, nodeCount: () => number) {
    this.#clock = clock;
    this.#nodeCount = nodeCount;
  }

  record({ info, attempts }: QueuedPod, outcome: CycleOutcome): void {
    this.#forget(info.key);
    const cycle: RecordedCycle = { info, attempt: attempts, timeMs: this.#clock.now(), nodeCount: this.#nodeCount(), ...partsOf(outcome) };
    this.#cycles.set(info.key, cycle);
    this.#nodes += sizeOf(cycle);
    for (const key of this.#cycles.keys()) {
      if (this.#cycles.size <= MAX_PODS && this.#nodes <= MAX_NODES) break;
      this.#forget(key);
    }
  }

  /** Undefined when the pod was not scheduled lately, or by another scheduler. */
  decision(namespace: string, name: string): Decision | undefined {
    const cycle = this.#cycles.get(`${namespace}/${name}`);
    return cycle && renderDecision(cycle);
  }

  #forget(key: string): void {
    const cycle = this.#cycles.get(key);
    if (!cycle) return;
    this.#cycles.delete(key);
    this.#nodes -= sizeOf(cycle);
  }
}

function sizeOf({ error, found }: RecordedCycle): number {
  return 1 + (error instanceof FitError ? error.diagnosis.statuses.size : 0) + (found ? found.feasible.length + found.statuses.size : 0);
}

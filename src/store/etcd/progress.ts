import type { Clock, Timer } from '../../machinery/clock.ts';

export interface ProgressOptions {
  readonly clock: Clock;
  /** How many answers in a row it takes until the first of them is believed; see `progressTrustOf`. */
  readonly rounds: number;
  /** Asks the server, if a stream is open. */
  readonly send: () => void;
}

/** etcd says nothing at all while one of the stream's watches is still catching up. */
const askAgainMs = 100;

/**
 * Asks a watch stream how far it is, until an answer can be believed: one question is under way at a time, and whoever
 * asks meanwhile is served by the next one, so that the answer is never older than the question.
 */
export class Progress {
  readonly #options: ProgressOptions;
  #asking: { left: number; revision: number | undefined } | undefined;
  /** Somebody asked after the question under way was sent. */
  #again = false;
  #unanswered = 0;
  /** Answers still on their way to questions of before. */
  #stale = 0;
  #timer: Timer | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  request(): void {
    if (this.#asking) this.#again = true;
    else this.#ask();
  }

  /** A new stream was opened: what was asked on the old one is asked again. */
  reopened(): void {
    this.#unanswered = 0;
    this.#stale = 0;
    if (this.#asking) this.#ask();
  }

  close(): void {
    this.#timer?.cancel();
    this.#asking = undefined;
  }

  /** Takes an answer; returns the revision up to which everything was delivered, as soon as that is known. */
  answered(revision: number): number | undefined {
    this.#unanswered = Math.max(0, this.#unanswered - 1);
    if (!this.#asking) return undefined;
    if (this.#stale > 0) {
      this.#stale--;
      this.#send();
      return undefined;
    }
    this.#asking.revision ??= revision;
    if (--this.#asking.left > 0) {
      this.#send();
      return undefined;
    }
    const reached = this.#asking.revision;
    this.#asking = undefined;
    this.#timer?.cancel();
    if (this.#again) this.#ask();
    return reached;
  }

  #ask(): void {
    this.#again = false;
    this.#stale = this.#unanswered;
    this.#asking = { left: this.#options.rounds, revision: undefined };
    this.#send();
  }

  #send(): void {
    this.#timer?.cancel();
    this.#unanswered++;
    this.#options.send();
    this.#timer = this.#options.clock.setTimer(askAgainMs, () => this.#send());
  }
}

export interface ProgressTrust {
  readonly rounds: number;
  /** How long a watch that begins in the past is not believed to have caught up. */
  readonly catchUpMs: number;
}

/**
 * Before 3.4.31 and 3.5.13 etcd's answer can overtake events that wait beside it, and counts watches that have not
 * caught up. Each answer overtakes an event with less than even odds, and catching up begins within 100 ms: with these
 * servers several answers and a wait stand in for the promise that newer ones give.
 */
export function progressTrustOf(serverVersion: string): ProgressTrust {
  return progressIsOrdered(serverVersion) ? { rounds: 1, catchUpMs: 0 } : { rounds: 8, catchUpMs: 500 };
}

/** Whether a server of this version (`3.5.13`) tells progress only after the events before it. */
export function progressIsOrdered(serverVersion: string): boolean {
  const [major = 0, minor = 0, patch = 0] = serverVersion.split(/[.-]/).map(Number);
  if (major !== 3) return major > 3;
  if (minor === 4) return patch >= 31;
  if (minor === 5) return patch >= 13;
  return minor > 5;
}

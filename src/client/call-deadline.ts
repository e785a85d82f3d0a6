import type { Clock, Timer } from '../machinery/clock.ts';
import { abortReason } from './abortable.ts';
import { CallTimeoutError } from './transport.ts';

/** One signal out of the caller's own and a timeout. `clear` ends the timeout, `dispose` both. */
export class CallDeadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timer: Timer;
  readonly #onAbort = (): void => {
    if (this.#outer) this.#controller.abort(abortReason(this.#outer));
    this.#timer.cancel();
  };

  constructor(clock: Clock, timeoutMs: number, outer?: AbortSignal) {
    this.#outer = outer;
    this.#timer = clock.setTimer(timeoutMs, () => this.#controller.abort(new CallTimeoutError(timeoutMs)));
    if (outer?.aborted) this.#onAbort();
    else outer?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The timeout no longer applies; the caller's signal still does. */
  clear(): void {
    this.#timer.cancel();
  }

  dispose(): void {
    this.#timer.cancel();
    this.#outer?.removeEventListener('abort', this.#onAbort);
  }
}

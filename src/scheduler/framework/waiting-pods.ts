import type { Clock, Timer } from '../../machinery/clock.ts';
import type { PodInfo } from './pod-info.ts';
import { Status, type Verdict } from './status.ts';

/** A pod that has its node and waits for permission to be bound. */
export interface WaitingPod {
  readonly info: PodInfo;
  readonly nodeName: string;
  /** Whose permission is missing. */
  readonly pendingPlugins: readonly string[];
  /** The last permission that is missing lets the pod go. */
  allow(plugin: string): void;
  reject(plugin: string, reason: string): void;
}

interface Waiting extends WaitingPod {
  readonly resolve: (verdict: Verdict) => void;
}

/** Pods that Permit plugins hold back, each with a timeout. */
export class WaitingPods {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(uid: string): WaitingPod | undefined {
    return this.#waiting.get(uid);
  }

  all(): readonly WaitingPod[] {
    return [...this.#waiting.values()];
  }

  /** `waits`: milliseconds by plugin, not empty. Resolves with nothing when all allowed it. */
  wait(info: PodInfo, nodeName: string, waits: ReadonlyMap<string, number>): Promise<Verdict> {
    const timers = new Map<string, Timer>();
    return new Promise<Verdict>((resolve) => {
      const end = (verdict: Verdict): void => {
        for (const timer of timers.values()) timer.cancel();
        this.#waiting.delete(info.uid);
        resolve(verdict);
      };
      const waiting: Waiting = {
        info,
        nodeName,
        resolve: end,
        get pendingPlugins() {
          return [...timers.keys()];
        },
        allow: (plugin) => {
          timers.get(plugin)?.cancel();
          timers.delete(plugin);
          if (timers.size === 0) end(undefined);
        },
        reject: (plugin, reason) => end(Status.unschedulable(reason).by(plugin)),
      };
      for (const [plugin, timeoutMs] of waits) {
        timers.set(plugin, this.#clock.setTimer(timeoutMs, () => waiting.reject(plugin, `rejected due to timeout after waiting ${timeoutMs / 1000}s at plugin ${plugin}`)));
      }
      this.#waiting.set(info.uid, waiting);
    });
  }

  /** The scheduler stops: nobody will be allowed any more. */
  close(): void {
    for (const { resolve } of [...this.#waiting.values()]) resolve(Status.failed(new Error('the scheduler was stopped')));
  }
}

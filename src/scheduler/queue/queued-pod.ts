import type { QueueOrderable } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';

/** A pod on its way through the queues. It belongs to the queue, and while it is being scheduled to its cycle. */
export class QueuedPod implements QueueOrderable {
  info: PodInfo;
  timestampMs: number;
  /** How often it was tried. */
  attempts = 0;
  /** How often in a row it was found not to fit, or trying failed: what backoff grows with. */
  unschedulableCount = 0;
  consecutiveErrors = 0;
  /** Who rejected it the last time. */
  unschedulablePlugins: ReadonlySet<string> = new Set();
  pendingPlugins: ReadonlySet<string> = new Set();
  /** Who keeps it out of the active queue; absent: nobody. */
  gatedBy: string | undefined;
  backoffUntilMs = 0;
  /** When it was tried first. */
  firstAttemptMs: number | undefined;

  constructor(info: PodInfo, nowMs: number) {
    this.info = info;
    this.timestampMs = nowMs;
  }
}

import type { Client } from '../client/client.ts';
import type { Clock } from '../machinery/clock.ts';
import type { SharedInformers } from '../runtime/shared-informers.ts';
import type { NodeSettings } from './nodes/node-settings.ts';

/** What every control loop is given. */
export interface ControllerContext {
  readonly client: Client;
  readonly clock: Clock;
  /** 0 ≤ n < 1 */
  readonly random: () => number;
  /** Of `client`; started by whoever made them, when all control loops are. */
  readonly informers: SharedInformers;
  /** Told of failures that will be tried again, one line each. */
  readonly log: (line: string) => void;
  /** PEM of the authorities that vouch for the API server; absent: pods are told of none. */
  readonly rootCertificates?: string;
  /**
   * How long after its deletion a namespace is emptied, so that requests admitted before can come through. Several API
   * servers see a deletion at different times, hence Kubernetes' 5 s, the default.
   */
  readonly namespaceDeletionGraceMs?: number;
  readonly nodes?: NodeSettings;
}

/** A control loop at work. */
export interface RunningController {
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

export type StartController = (context: ControllerContext) => RunningController;

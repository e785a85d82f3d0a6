import type { AuditSettings } from '../../server/audit/auditor.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { ConvertFunction } from '../../extensions/webhooks/conversion/function-converter.ts';
import type { NodeTemplate } from '../../node/simulated/compute-node.ts';
import type { PodScript } from '../../node/simulated/container-script.ts';
import type { InProcessSchedulerOptions } from '../scheduler/in-process-scheduler.ts';
import type { TokenWebhookSettings } from '../../extensions/webhooks/authentication/token-webhook.ts';
import type { AdmissionFunction } from '../../extensions/webhooks/functions/admission-function.ts';
import type { Authenticator, TokenAuthenticator } from '../../server/authentication/authenticator.ts';
import type { AuthorizationStep, FlowControlOptions } from '../cluster/access.ts';

/** What a cluster in a test is made with; all of it may be left out. */
export interface ClusterOptions {
  /** `memory` (default) lives as long as the cluster; `lmdb` keeps its data in `folder`, or in one of its own until `stop`. */
  readonly storage?: 'memory' | 'lmdb';
  readonly folder?: string;
  /** Every timer of the cluster is made on it: a VirtualClock holds time in the test's hands. Default: the machine's. */
  readonly clock?: Clock;
  /** 0 ≤ n < 1; for repeatable names. */
  readonly random?: () => number;
  readonly uuid?: () => string;
  /** Text of a static token file: `token,user,uid,"group1,group2"`. */
  readonly tokens?: string;
  /** Asked in this order; functions among them are made by `authorizer`. Default: Node, RBAC. */
  readonly authorizationModes?: readonly AuthorizationStep[];
  /** Functions made by `authenticator`. */
  readonly authenticators?: readonly (Authenticator | TokenAuthenticator)[];
  /** A webhook that says whose tokens are. */
  readonly tokenWebhook?: TokenWebhookSettings;
  /** What is recorded of requests, and where. Default: nothing. */
  readonly audit?: AuditSettings;
  /** Functions made by `mutate` and `validate`. */
  readonly admission?: readonly AdmissionFunction[];
  /** How many requests are answered at once, and how long they may take; as kube-apiserver's flags. */
  readonly flowControl?: FlowControlOptions;
  /** Control loops to run in it: all, or those of these names (`garbage-collector-controller`). Default: none. */
  readonly controllers?: true | readonly string[];
  /** Functions that convert custom resources between versions, by the names of definitions (`crontabs.example.com`). */
  readonly converters?: Readonly<Record<string, ConvertFunction>>;
  /** Simulated nodes to have in it: so many (`node-1`, `node-2`, …), or these. Default: none. */
  readonly nodes?: number | readonly NodeTemplate[];
  /** Whether a scheduler runs in it, or what it runs with. Default: where there are simulated nodes. */
  readonly scheduler?: boolean | Pick<InProcessSchedulerOptions, 'plugins' | 'configuration' | 'extenders'>;
  /** What the containers of pods on them do, ahead of what annotations say. */
  readonly podScript?: PodScript;
  /** Told of the server's own failures. */
  readonly log?: (line: string) => void;
}

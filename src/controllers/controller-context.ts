import type { CertificateRequest } from '../api/certificates/certificate-request.ts';
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
  /** Signs what the cluster's own signers sign; absent: requests for certificates are left to others. */
  readonly certificateAuthority?: CertificateAuthority;
  /** Makes the tokens of Secrets that ask for one of a service account; absent: nobody does. */
  readonly signServiceAccountToken?: (claims: ServiceAccountTokenClaims) => string;
  /**
   * How long after its deletion a namespace is emptied, so that requests admitted before can come through. Several API
   * servers see a deletion at different times, hence Kubernetes' 5 s, the default.
   */
  readonly namespaceDeletionGraceMs?: number;
  readonly nodes?: NodeSettings;
}

export interface CertificateToSign {
  readonly request: CertificateRequest;
  /** As the API names them: `client auth`. */
  readonly usages: readonly string[];
  readonly notBeforeMs: number;
  /** The certificate ends no later than its issuer. */
  readonly notAfterMs: number;
}

export interface CertificateAuthority {
  /** The certificate, PEM. Throws when the request was not signed with its own key. */
  readonly sign: (certificate: CertificateToSign) => string;
  /** The longest that certificates last; default a year. */
  readonly durationMs?: number;
}

/** Whom the token of a Secret stands for. */
export interface ServiceAccountTokenClaims {
  readonly namespace: string;
  readonly serviceAccountName: string;
  readonly serviceAccountUid: string;
  readonly secretName: string;
}

/** A control loop at work. */
export interface RunningController {
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

export type StartController = (context: ControllerContext) => RunningController;

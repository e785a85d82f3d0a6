import type { GroupVersionKind, GroupVersionResource } from '../../machinery/group-version.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { Reinvocation } from './reinvocation.ts';

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** One write on its way to the store, as admission sees it. */
export interface AdmissionRequest {
  readonly operation: AdmissionOperation;
  readonly user: UserInfo;
  /** The version the client used. */
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subresource: string;
  readonly namespace: string;
  /** '' while a generated name is not made yet. */
  readonly name: string;
  /** A mutating plugin changes it in place; validating plugins must not. Absent for DELETE. */
  readonly object?: KubeObject;
  readonly oldObject?: KubeObject;
  readonly dryRun: boolean;
  /** The verb's options (CreateOptions, DeleteOptions…), as JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Shown to the client as a Warning header. */
  warn(text: string): void;
  /** Recorded with the audit event and the trace. */
  annotate(key: string, value: string): void;
}

/** Refuses by throwing a StatusError. Both hooks may answer at once or with a promise. */
export interface AdmissionPlugin {
  /** Kubernetes' name: `NamespaceLifecycle`, `ServiceAccount`… */
  readonly name: string;
  handles(operation: AdmissionOperation): boolean;
  /** Asked once more when a plugin requested it from `reinvocation`. */
  admit?(request: AdmissionRequest, reinvocation?: Reinvocation): void | Promise<void>;
  validate?(request: AdmissionRequest): void | Promise<void>;
}

import type { JsonValue } from '../machinery/json.ts';
import type { RequestSpec } from './request.ts';
import type { ApiObject, ResourceDefinition } from './resource-definition.ts';
import type { TransportResponse } from './transport.ts';

/** What resource clients and discovery need of a client. */
export interface Caller {
  /** The answer's JSON. Throws StatusError, TransportError, CallTimeoutError, or the signal's reason. */
  json(request: RequestSpec, options?: CallOptions): Promise<JsonValue>;
  /** An answer that goes on; the timeout is for its head. */
  open(request: RequestSpec, options?: CallOptions): Promise<TransportResponse>;
  /** A write was answered. */
  noteWrite(notice: WriteNotice): void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Default: the client's. */
  readonly timeoutMs?: number;
}

/** What a write came to, told to those who watch the same resource. */
export interface WriteNotice {
  readonly resource: ResourceDefinition<ApiObject>;
  /**
   * The object as the server answered it, with its new revision; for a scale only that and its metadata. Absent when the
   * server told only of its end.
   */
  readonly object?: ApiObject;
  /** True when the write was a deletion. The object may live on until its finalizers are done. */
  readonly deletion: boolean;
  readonly namespace: string;
  readonly name: string;
  /** Of the object that is gone, where the server told it. */
  readonly uid?: string;
}

export type WriteListener = (notice: WriteNotice) => void;

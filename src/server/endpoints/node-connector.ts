import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { serviceUnavailable } from '../../machinery/status-error.ts';
import type { ApiRequest, ApiResponse } from '../http/api-request.ts';

/** What is asked of a node's own API, or of an address in the cluster's network. */
export interface ForwardedRequest {
  readonly method: string;
  /** Percent-encoded, beginning with `/`. */
  readonly path: string;
  /** Without `?`; '' when there is none. */
  readonly query: string;
  /** The client's own request: its headers and body go along where the endpoint forwards them. */
  readonly source: ApiRequest;
}

export interface NetworkAddress {
  readonly scheme: 'http' | 'https';
  readonly ip: string;
  readonly port: number;
}

/**
 * How the server reaches what runs on nodes. Implemented by whoever has nodes: over HTTPS to their agents, or in the
 * same process. Either method throws a StatusError when there is no way.
 */
export interface NodeConnector {
  /** The node agent's API: `/containerLogs/…`, `/exec/…`, `/attach/…`, `/portForward/…`, or any path for `nodes/proxy`. `port`: '' is the agent's own. */
  askNode(node: DeepReadonly<KubeObject>, request: ForwardedRequest, port: string): Promise<ApiResponse>;
  /** What listens in a pod. */
  askAddress(address: NetworkAddress, request: ForwardedRequest): Promise<ApiResponse>;
}

/** Of a cluster without nodes that answer. */
export function noNodes(): NodeConnector {
  return {
    askNode: (node) => Promise.reject(serviceUnavailable(`error dialing backend: nothing connects this server to node ${JSON.stringify(node.metadata.name ?? '')}`)),
    askAddress: ({ ip, port }) => Promise.reject(serviceUnavailable(`error trying to reach service: nothing connects this server to ${ip.includes(':') ? `[${ip}]` : ip}:${port}`)),
  };
}

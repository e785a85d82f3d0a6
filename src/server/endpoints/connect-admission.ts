import type { JsonObject, JsonValue } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import type { EndpointHandler } from '../registry/dispatch.ts';
import { admissionRequest } from '../registry/write-support.ts';
import { queryFlag } from './query-options.ts';

/** The parameters that a connection takes in its query: those of its options kind. */
interface ConnectOptions {
  readonly kind: string;
  read(query: URLSearchParams, call: ApiCall): JsonObject;
}

const streams = (query: URLSearchParams): JsonObject => {
  const options: JsonObject = {};
  for (const name of ['stdin', 'stdout', 'stderr', 'tty']) if (queryFlag(query, name)) options[name] = true;
  const container = query.get('container') ?? '';
  return container === '' ? options : { ...options, container };
};

const path = (kind: string): ConnectOptions => ({ kind, read: (_query, { info }) => (info.rest.length === 0 ? {} : { path: info.rest.join('/') }) });

export const EXEC: ConnectOptions = { kind: 'PodExecOptions', read: (query) => ({ ...streams(query), command: query.getAll('command') as JsonValue[] }) };
export const ATTACH: ConnectOptions = { kind: 'PodAttachOptions', read: streams };
export const PORT_FORWARD: ConnectOptions = { kind: 'PodPortForwardOptions', read: (query) => (query.has('ports') ? { ports: query.getAll('ports').map(Number) } : {}) };
export const POD_PROXY = path('PodProxyOptions');
export const SERVICE_PROXY = path('ServiceProxyOptions');
export const NODE_PROXY = path('NodeProxyOptions');

/** Asks admission before a connection is made to what an object stands for: its options are the object that is judged. */
export function admittedConnection(options: ConnectOptions, connect: EndpointHandler): EndpointHandler {
  return async (context: RegistryContext, call: ApiCall) => {
    const object = { kind: options.kind, apiVersion: 'v1', metadata: {}, ...options.read(call.query, call) } as unknown as KubeObject;
    const request = { ...admissionRequest(call, 'CONNECT', { name: call.info.name, object, dryRun: false, options: {} }), kind: { group: '', version: 'v1', kind: options.kind } };
    await context.admission.admit(request);
    await context.admission.validate(request);
    return connect(context, call);
  };
}

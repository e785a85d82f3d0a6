import type { Facts } from '../../api/facts/facts.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { endpointKey, type EndpointHandler, type EndpointHandlers } from '../registry/dispatch.ts';
import { admittedConnection, ATTACH, EXEC, NODE_PROXY, POD_PROXY, PORT_FORWARD, SERVICE_PROXY } from './connect-admission.ts';
import type { NodeConnector } from './node-connector.ts';

export interface ResourceEndpointOptions {
  readonly facts: Facts;
  readonly authorizer: Authorizer;
  /** How pods and nodes are reached. */
  readonly connector: NodeConnector;
}

/** What built-in resources serve beside the registry's own operations. Each handler is loaded with its first request. */
export function resourceEndpoints({ facts, authorizer, connector }: ResourceEndpointOptions): EndpointHandlers {
  const binding: EndpointHandler = async (context, call) => (await import('./pod-binding.ts')).createBinding(facts, context, call);
  const stream =
    (name: 'exec' | 'attach' | 'portforward'): EndpointHandler =>
    async (context, call) =>
      (await import('./pod-streams.ts')).connectPodStream(context, call, { stream: name, authorizer });
  const handlers: readonly (readonly [resource: string, subresource: string, handler: EndpointHandler])[] = [
    ['bindings', '', binding],
    ['pods', 'binding', binding],
    ['pods', 'eviction', async (context, call) => (await import('./pod-eviction.ts')).evictPod(facts, context, call)],
    ['pods', 'log', async (context, call) => (await import('./pod-log.ts')).readLog(context, call, connector)],
    ['pods', 'exec', admittedConnection(EXEC, stream('exec'))],
    ['pods', 'attach', admittedConnection(ATTACH, stream('attach'))],
    ['pods', 'portforward', admittedConnection(PORT_FORWARD, stream('portforward'))],
    ['pods', 'proxy', admittedConnection(POD_PROXY, async (context, call) => (await import('./proxy.ts')).proxyToPod(context, call, connector))],
    ['services', 'proxy', admittedConnection(SERVICE_PROXY, async (context, call) => (await import('./proxy.ts')).proxyToService(context, call, connector))],
    ['nodes', 'proxy', admittedConnection(NODE_PROXY, async (context, call) => (await import('./proxy.ts')).proxyToNode(context, call, connector))],
    ['componentstatuses', '', async (context, call) => (await import('./component-status.ts')).readComponentStatus(context, call)],
  ];
  return new Map(handlers.map(([resource, subresource, handler]) => [endpointKey('', resource, subresource), handler]));
}

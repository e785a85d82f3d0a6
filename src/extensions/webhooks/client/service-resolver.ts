import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { RegistryContext } from '../../../server/registry/api-call.ts';
import { objectKey } from '../../../server/registry/resource-type.ts';
import type { WatchCache } from '../../../server/watch-cache/watch-cache.ts';
import { WebhookCallError } from './webhook-call-error.ts';
import type { ServiceReference } from './webhook-target.ts';

export interface NetworkEndpoint {
  readonly host: string;
  readonly port: number;
}

/** Finds out where a Service can be reached. Rejects with WebhookCallError for one that cannot. */
export interface ServiceResolver {
  resolve(service: ServiceReference): Promise<NetworkEndpoint>;
}

type Context = Pick<RegistryContext, 'caches' | 'catalog' | 'random'>;

interface ServiceShape extends KubeObject {
  spec?: { type?: string; externalName?: string; ports?: { name?: string; port?: number }[] };
}

interface SliceShape extends KubeObject {
  endpoints?: { addresses?: string[]; conditions?: { ready?: boolean } }[];
  ports?: { name?: string; port?: number }[];
}

interface EndpointsShape extends KubeObject {
  subsets?: { addresses?: { ip?: string }[]; ports?: { name?: string; port?: number }[] }[];
}

const SERVICE_NAME = 'kubernetes.io/service-name';

/**
 * Services by the endpoints behind them: this process stands outside of the network in which a cluster IP leads
 * somewhere. EndpointSlices count, and where a Service has none, its Endpoints object; either may be written by hand.
 */
export function clusterServiceResolver(context: Context): ServiceResolver {
  return {
    async resolve({ namespace, name, port }) {
      const service = (await cacheOf(context, '', 'services')).get(objectKey(namespace, name))?.object() as DeepReadonly<ServiceShape> | undefined;
      if (!service) throw new WebhookCallError(`service ${JSON.stringify(name)} not found`);
      if (service.spec?.type === 'ExternalName') return { host: service.spec.externalName ?? '', port };
      const servicePort = service.spec?.ports?.find((candidate) => candidate.port === port);
      if (!servicePort) throw new WebhookCallError(`no service port ${port} found for service ${JSON.stringify(name)}`);
      const found = await endpointsOf(context, { namespace, name, portName: servicePort.name ?? '' });
      const chosen = found[Math.floor(context.random() * found.length)];
      if (!chosen) throw new WebhookCallError(`no endpoints available for service ${JSON.stringify(name)}`);
      return chosen;
    },
  };
}

interface PortOfService {
  readonly namespace: string;
  readonly name: string;
  readonly portName: string;
}

async function endpointsOf(context: Context, service: PortOfService): Promise<readonly NetworkEndpoint[]> {
  const slices: DeepReadonly<SliceShape>[] = [];
  for (const item of (await cacheOf(context, 'discovery.k8s.io', 'endpointslices')).range(`${service.namespace}/`)) {
    const slice = item.object() as DeepReadonly<SliceShape>;
    if (slice.metadata.labels?.[SERVICE_NAME] === service.name) slices.push(slice);
  }
  if (slices.length > 0) return slices.flatMap((slice) => endpointsOfSlice(slice, service.portName));
  const endpoints = (await cacheOf(context, '', 'endpoints')).get(objectKey(service.namespace, service.name))?.object() as DeepReadonly<EndpointsShape> | undefined;
  return (endpoints?.subsets ?? []).flatMap(({ addresses = [], ports }) => pairs(addresses.flatMap(({ ip }) => ip ?? []), portNamed(ports, service.portName)));
}

/** An endpoint that says nothing of being ready is. */
function endpointsOfSlice({ endpoints = [], ports }: DeepReadonly<SliceShape>, portName: string): NetworkEndpoint[] {
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
  return pairs(ready.flatMap(({ addresses = [] }) => addresses[0] ?? []), portNamed(ports, portName));
}

function portNamed(ports: DeepReadonly<{ name?: string; port?: number }[]> | undefined, name: string): number | undefined {
  return ports?.find((port) => (port.name ?? '') === name)?.port;
}

function pairs(hosts: readonly string[], port: number | undefined): NetworkEndpoint[] {
  return port === undefined ? [] : hosts.map((host) => ({ host, port }));
}

async function cacheOf({ catalog, caches }: Context, group: string, resource: string): Promise<WatchCache> {
  const type = catalog.findStored(group, resource);
  if (!type) throw new WebhookCallError(`${resource} are not served`);
  return caches.get(type.storage);
}

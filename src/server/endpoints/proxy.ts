import { parseIpAddress } from '../../api/pod-template/ip-address.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, serviceUnavailable } from '../../machinery/status-error.ts';
import type { ApiResponse } from '../http/api-request.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import { objectKey } from '../registry/resource-type.ts';
import type { Outcome } from '../registry/outcome.ts';
import type { ForwardedRequest, NetworkAddress, NodeConnector } from './node-connector.ts';
import { parseProxyTarget, proxiedPath, type ProxyTarget } from './proxy-target.ts';
import { freshCache, readStored, storedType } from './stored-objects.ts';

interface PodShape extends KubeObject {
  spec?: { containers?: { ports?: { containerPort?: number }[] }[] };
  status?: { podIP?: string; podIPs?: { ip?: string }[] };
}

interface ServiceShape extends KubeObject {
  spec?: { ports?: { name?: string; port?: number }[] };
}

interface EndpointAddress {
  ip?: string;
  targetRef?: { kind?: string; namespace?: string; name?: string };
}

interface EndpointsShape extends KubeObject {
  subsets?: { addresses?: EndpointAddress[]; ports?: { name?: string; port?: number }[] }[];
}

/** Any request to `nodes/proxy`: goes to the node's agent. */
export async function proxyToNode(context: RegistryContext, call: ApiCall, connector: NodeConnector): Promise<Outcome> {
  const target = targetOf(call, 'node');
  const node = await readStored(context, call.type.storage, { namespace: '', name: target.name });
  return answer(call, (request) => connector.askNode(node, request, target.port));
}

/** Any request to `pods/proxy`: goes to the pod's address. */
export async function proxyToPod(context: RegistryContext, call: ApiCall, connector: NodeConnector): Promise<Outcome> {
  const target = targetOf(call, 'pod');
  const pod = (await readStored(context, call.type.storage, { namespace: call.info.namespace, name: target.name })) as DeepReadonly<PodShape>;
  const ip = pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? '';
  if (!isGlobalUnicast(ip)) throw badRequest('address not allowed');
  const port = target.port === '' ? firstPort(pod) : Number(target.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw badRequest(`invalid pod request ${JSON.stringify(call.info.name)}`);
  return answer(call, (request) => connector.askAddress({ scheme: target.scheme, ip, port }, request));
}

function firstPort({ spec }: DeepReadonly<PodShape>): number {
  for (const container of spec?.containers ?? []) {
    const port = container.ports?.[0]?.containerPort;
    if (port !== undefined) return port;
  }
  return 80;
}

/** Any request to `services/proxy`: goes to one of the pods behind the service, as its Endpoints name them. */
export async function proxyToService(context: RegistryContext, call: ApiCall, connector: NodeConnector): Promise<Outcome> {
  const target = targetOf(call, 'service');
  const { namespace } = call.info;
  const portName = await servicePortName(context, call, target);
  const at = { namespace, name: target.name, asked: 'services' };
  const endpoints = (await readStored(context, storedType(context, '', 'endpoints').storage, at)) as DeepReadonly<EndpointsShape>;
  if ((endpoints.subsets ?? []).length === 0) throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(target.name)}`);
  const address = await chooseEndpoint(context, { endpoints, portName, namespace });
  if (!address) throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(call.info.name)}`);
  return answer(call, (request) => connector.askAddress({ scheme: target.scheme, ...address }, request));
}

/** A port given by number is one of the service's, and goes on by its name. */
async function servicePortName(context: RegistryContext, call: ApiCall, { name, port }: ProxyTarget): Promise<string> {
  if (!/^[+-]?\d+$/.test(port)) return port;
  const service = (await readStored(context, call.type.storage, { namespace: call.info.namespace, name })) as DeepReadonly<ServiceShape>;
  const found = service.spec?.ports?.find((candidate) => candidate.port === Number(port));
  if (!found) throw serviceUnavailable(`no service port ${Number(port)} found for service ${JSON.stringify(name)}`);
  return found.name ?? '';
}

interface EndpointChoice {
  readonly endpoints: DeepReadonly<EndpointsShape>;
  readonly portName: string;
  readonly namespace: string;
}

/** At random among those that are pods: an address that somebody wrote there is not to be reached through this server. */
async function chooseEndpoint(context: RegistryContext, { endpoints, portName, namespace }: EndpointChoice): Promise<Omit<NetworkAddress, 'scheme'> | undefined> {
  const pods = await freshCache(context, storedType(context, '', 'pods').storage);
  const isPod = ({ ip, targetRef }: DeepReadonly<EndpointAddress>): boolean => {
    if (targetRef?.kind !== 'Pod' || targetRef.namespace !== namespace) return false;
    const pod = pods.get(objectKey(namespace, targetRef.name ?? ''))?.object() as DeepReadonly<PodShape> | undefined;
    return pod?.status?.podIPs?.some((candidate) => candidate.ip === ip) ?? false;
  };
  for (const { addresses = [], ports = [] } of rotated(endpoints.subsets ?? [], context.random)) {
    const port = ports.find((candidate) => (candidate.name ?? '') === portName)?.port;
    if (port === undefined) continue;
    for (const address of rotated(addresses, context.random)) if (isPod(address)) return { ip: address.ip ?? '', port };
  }
  return undefined;
}

function* rotated<T>(items: readonly T[], random: () => number): Generator<T> {
  const start = Math.floor(random() * items.length);
  yield* items.slice(start);
  yield* items.slice(0, start);
}

function targetOf(call: ApiCall, kind: 'node' | 'pod' | 'service'): ProxyTarget {
  const target = parseProxyTarget(call.info.name);
  if (!target) throw badRequest(`invalid ${kind} request ${JSON.stringify(call.info.name)}`);
  return target;
}

/** Neither this machine, nor its neighbours on the link, nor a group: what a pod's status says is not to be trusted with more. */
function isGlobalUnicast(ip: string): boolean {
  const address = parseIpAddress(ip);
  if (!address) return false;
  const [a = 0, b = 0] = address.bytes;
  if (address.family === 'IPv4') {
    const unspecified = address.bytes.every((byte) => byte === 0);
    const broadcast = address.bytes.every((byte) => byte === 255);
    return !unspecified && !broadcast && a !== 127 && (a & 0xf0) !== 0xe0 && !(a === 169 && b === 254);
  }
  const low = address.bytes.slice(0, 15).every((byte) => byte === 0) && (address.bytes[15] ?? 0) <= 1;
  return !low && a !== 0xff && !(a === 0xfe && (b & 0xc0) === 0x80);
}

async function answer(call: ApiCall, ask: (request: ForwardedRequest) => Promise<ApiResponse>): Promise<Outcome> {
  const { request, info } = call;
  const path = proxiedPath(request.path, (info.group === '' ? 2 : 3) + (info.namespace === '' ? 0 : 2) + 3);
  if (path === '' && (request.method === 'GET' || request.method === 'HEAD')) return { type: 'response', response: redirect(`${request.path}/`, request.query) };
  const response = await ask({ method: request.method, path: path === '' ? '/' : path, query: request.query, source: request });
  return { type: 'response', response };
}

/** So that relative links of what is behind the proxy stay behind it. */
function redirect(path: string, query: string): ApiResponse {
  return { type: 'bytes', status: 301, contentType: '', headers: { location: query === '' ? path : `${path}?${query}` }, body: [] };
}

import type { Node } from '../../api/types/generated/core-v1.ts';
import type { Endpoint, EndpointPort } from '../../api/types/generated/discovery-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { isReady, type SharedPod } from '../pods/pod-state.ts';
import { portOrder } from '../services/port-order.ts';
import { computeZoneHints, dividesByZone } from './zone-hints.ts';
import { ZONE_LABEL, type ZoneShares } from './zone-shares.ts';
import { isHeadless, isPublished, podAddresses, podHostname, podPort, type AddressFamily, type SharedService } from '../services/service-pods.ts';

export interface DesiredGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Endpoint[];
}

export interface DesiredEndpoints {
  /** Pods by the ports that they have of the service's: a slice has one list of ports for all its endpoints. */
  readonly groups: ReadonlyMap<string, DesiredGroup>;
  /** Pods left out because their node is not known; they want another look. */
  readonly withoutNode: readonly SharedPod[];
  /** Why the service's endpoints are not divided among zones, though it asks for that; '' when they are. */
  readonly undivided?: string;
}

export interface ServiceObservation {
  readonly service: SharedService;
  readonly pods: readonly SharedPod[];
  readonly nodeOf: (name: string) => DeepReadonly<Node> | undefined;
  /** Asked only where endpoints are to be divided by it. */
  readonly shares: () => ZoneShares;
}

/** What slices of one address type should hold. */
export function desiredEndpoints({ service, pods, nodeOf, shares }: ServiceObservation, family: AddressFamily): DesiredEndpoints {
  const groups = new Map<string, DesiredGroup>();
  const withoutNode: SharedPod[] = [];
  const inOrder = portOrder<EndpointPort>('endpointSlice');
  const keys = new Map<readonly EndpointPort[], string>();
  for (const pod of pods) {
    if (!isPublished(pod, true)) continue;
    const ports = inOrder(portsOf(pod, service));
    const key = keys.get(ports) ?? portsKey(ports);
    keys.set(ports, key);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    const nodeName = pod.spec?.nodeName ?? '';
    const node = nodeName === '' ? undefined : nodeOf(nodeName);
    if (nodeName !== '' && !node && service.spec?.publishNotReadyAddresses !== true) {
      withoutNode.push(pod);
      continue;
    }
    const addresses = podAddresses(pod, family);
    if (addresses.length > 0) group.endpoints.push(endpointOf(pod, { service, node, addresses }));
  }
  return { groups, withoutNode, ...(dividesByZone(service) && { undivided: divide([...groups.values()], shares()) }) };
}

/** Gives the endpoints of all groups hints by zones; the answer is why not, or ''. */
function divide(groups: readonly DesiredGroup[], shares: ZoneShares): string {
  const endpoints = groups.flatMap((group) => group.endpoints);
  const hints = computeZoneHints(endpoints, shares);
  if (hints.type === 'undivided') return hints.why;
  for (const [i, zone] of hints.zones.entries()) {
    const endpoint = endpoints[i];
    if (endpoint && zone !== undefined) endpoint.hints = { forZones: [{ name: zone }] };
  }
  return '';
}

export function portsKey(ports: readonly DeepReadonly<EndpointPort>[] | undefined | null): string {
  const texts = (ports ?? []).map(({ name = '', port, protocol, appProtocol }) => JSON.stringify([name, port, protocol, appProtocol]));
  return texts.toSorted().join();
}

function endpointOf(pod: SharedPod, { service, node, addresses }: { service: SharedService; node: DeepReadonly<Node> | undefined; addresses: string[] }): Endpoint {
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const nodeName = pod.spec?.nodeName ?? '';
  const zone = node?.metadata.labels?.[ZONE_LABEL] ?? '';
  const hostname = podHostname(pod, service);
  const endpoint: Endpoint = {
    addresses,
    conditions: { ready: service.spec?.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(hostname !== undefined && { hostname }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName !== '' && { nodeName }),
    ...(zone !== '' && { zone }),
  };
  const hints = dividesByZone(service) ? undefined : hintsFor(endpoint, service.spec?.trafficDistribution);
  return hints ? { ...endpoint, hints } : endpoint;
}

/** Where traffic to the endpoint should come from; only ready ones give a hint. */
function hintsFor({ conditions, zone, nodeName }: Endpoint, distribution: string | undefined): Endpoint['hints'] | undefined {
  const nearby = distribution === 'PreferClose' || distribution === 'PreferSameZone' || distribution === 'PreferSameNode';
  if (!nearby || conditions?.ready !== true) return undefined;
  const hints = {
    ...(zone !== undefined && { forZones: [{ name: zone }] }),
    ...(distribution === 'PreferSameNode' && nodeName !== undefined && { forNodes: [{ name: nodeName }] }),
  };
  return Object.keys(hints).length === 0 ? undefined : hints;
}

function portsOf(pod: SharedPod, service: SharedService): EndpointPort[] {
  const { ports = [] } = service.spec ?? {};
  if (isHeadless(service) && ports.length === 0) return [];
  return ports.flatMap((servicePort) => {
    const port = podPort(pod, servicePort);
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    return port === undefined ? [] : [{ name, port, protocol, ...(appProtocol !== undefined && { appProtocol }) }];
  });
}

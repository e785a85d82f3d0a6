import type { EndpointAddress, EndpointPort, EndpointSubset } from '../../api/types/generated/core-v1.ts';
import { isReady, type SharedPod } from '../pods/pod-state.ts';
import { portOrder } from '../services/port-order.ts';
import { isHeadless, isPublished, podAddresses, podHostname, podPort, type AddressFamily, type SharedService } from '../services/service-pods.ts';

/** So many addresses one object holds at most. */
export const MAX_ADDRESSES = 1000;

/** Pods by the ports that they have of the service's: each such set of ports is one subset. */
export function computeSubsets(service: SharedService, pods: readonly SharedPod[]): EndpointSubset[] {
  const subsets = new Map<readonly EndpointPort[], { ports: readonly EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  const inOrder = portOrder<EndpointPort>('endpoints');
  const { ports: servicePorts = [], publishNotReadyAddresses = false } = service.spec ?? {};
  for (const pod of pods) {
    if (!isPublished(pod, publishNotReadyAddresses)) continue;
    const address = addressOf(pod, service);
    if (!address) continue;
    const ports = inOrder(portsOf(pod, service));
    if (ports.length === 0 && (!isHeadless(service) || servicePorts.length > 0)) continue;
    const subset = subsets.get(ports) ?? { ports, ready: [], notReady: [] };
    subsets.set(ports, subset);
    (publishNotReadyAddresses || isReady(pod) ? subset.ready : subset.notReady).push(address);
  }
  return [...subsets.values()]
    .toSorted((a, b) => (JSON.stringify(a.ports) < JSON.stringify(b.ports) ? -1 : 1))
    .map(({ ports, ready, notReady }) => ({
      ...(ready.length > 0 && { addresses: ready.toSorted(byAddress) }),
      ...(notReady.length > 0 && { notReadyAddresses: notReady.toSorted(byAddress) }),
      ...(ports.length > 0 && { ports: [...ports] }),
    }));
}

/**
 * Leaves as many addresses as one object may hold, ready ones before others, and of each subset its share. The same list
 * when they are few enough.
 */
export function truncateSubsets(subsets: readonly EndpointSubset[], limit = MAX_ADDRESSES): readonly EndpointSubset[] {
  const ready = subsets.reduce((sum, { addresses = [] }) => sum + addresses.length, 0);
  const notReady = subsets.reduce((sum, { notReadyAddresses = [] }) => sum + notReadyAddresses.length, 0);
  if (ready + notReady <= limit) return subsets;
  const shareReady = ready > limit;
  const room = shareReady ? limit : limit - ready;
  let left = room;
  const take = (addresses: readonly EndpointAddress[], all: number): EndpointAddress[] => {
    const taken = addresses.slice(0, Math.min(left, all === 0 ? 0 : Math.ceil((addresses.length / all) * room)));
    left -= taken.length;
    return taken;
  };
  return subsets.map(({ addresses = [], notReadyAddresses = [], ...subset }) => {
    const keptReady = shareReady ? take(addresses, ready) : addresses;
    const keptNotReady = shareReady ? [] : take(notReadyAddresses, notReady);
    return { ...(keptReady.length > 0 && { addresses: keptReady }), ...(keptNotReady.length > 0 && { notReadyAddresses: keptNotReady }), ...subset };
  });
}

/** One address of the service's first family; undefined when the pod has none of it. */
function addressOf(pod: SharedPod, service: SharedService): EndpointAddress | undefined {
  const family = (service.spec?.ipFamilies?.[0] ?? 'IPv4') as AddressFamily;
  const [ip] = podAddresses(pod, family);
  if (ip === undefined) return undefined;
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  const hostname = podHostname(pod, service);
  const nodeName = pod.spec?.nodeName ?? '';
  return { ip, ...(hostname !== undefined && { hostname }), ...(nodeName !== '' && { nodeName }), targetRef: { kind: 'Pod', namespace, name, uid } };
}

function portsOf(pod: SharedPod, { spec }: SharedService): EndpointPort[] {
  return (spec?.ports ?? []).flatMap((servicePort) => {
    const port = podPort(pod, servicePort);
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    return port === undefined ? [] : [{ ...(name !== '' && { name }), port, protocol, ...(appProtocol !== undefined && { appProtocol }) }];
  });
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  if (a.ip !== b.ip) return a.ip < b.ip ? -1 : 1;
  return (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1;
}
